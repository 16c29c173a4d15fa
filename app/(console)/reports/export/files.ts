import type { PersonActor } from '@/domain/actor';
import type { Figures } from '@/domain/reports/days';
import type { ReportName } from '@/domain/reports/input';
import type { AskedPeriods } from '@/domain/reports/period';
import type { Proportion } from '@/domain/reports/proportion';
import {
  exportMerchantsPage,
  getReportAnalysts,
  getReportDays,
  getReportRules,
} from '@/domain/reports/queries';
import type { RuleQuality } from '@/domain/reports/rules';

type Row = (string | number | null)[];
/** Lines of a file, its head first, as many at once as are read at once. */
type Pages = AsyncGenerator<Row[], void, undefined>;

const share = (name: string) => [name, `${name}_low`, `${name}_high`];
const shareOf = (value: Proportion | null): Row =>
  value ? [value.value, value.low, value.high].map((part) => Number(part.toFixed(6))) : [null, null, null];
const against = (names: string[]) => names.map((name) => `against_${name}`);

const figures = ['payments', 'amount', 'fraud', 'fraud_amount', 'mean_score', 'processing_time_ms'];
const figuresOf = (of: Figures | null | undefined): Row =>
  of
    ? [of.transactions, of.amount, of.fraud, of.fraudAmount, of.meanScore, of.latencyMs]
    : figures.map(() => null);

async function* days(actor: PersonActor, asked: AskedPeriods): Pages {
  const report = await getReportDays(actor, asked);
  yield [
    ['date', 'state', 'currency', ...figures, 'against_date', ...against(figures)],
    ...report.days.map((day) => [
      day.date,
      day.state,
      report.currency,
      ...figuresOf(day.figures),
      day.against?.date ?? null,
      ...figuresOf(day.against?.figures),
    ]),
  ];
}

async function* merchants(actor: PersonActor, asked: AskedPeriods): Pages {
  yield [
    [
      'merchant_id',
      'name',
      'category',
      'payments',
      'amount',
      'fraud',
      ...share('fraud_rate'),
      'mean_score',
      'risk_score_trend',
    ],
  ];
  let cursor: string | undefined;
  do {
    const page = await exportMerchantsPage(actor, { ...asked, cursor });
    yield page.rows.map((row) => [
      row.merchantId,
      row.name,
      row.category,
      row.payments,
      row.amount,
      row.frauds,
      ...shareOf(row.rate),
      row.meanScore,
      row.trend,
    ]);
    cursor = page.next ?? undefined;
  } while (cursor);
}

const quality = [
  'hits',
  'labelled',
  ...share('precision'),
  ...share('recall'),
  'money_caught',
  'good_money_stopped',
];
const qualityOf = (of: RuleQuality | null): Row =>
  of
    ? [
        of.hits,
        of.labelled,
        ...shareOf(of.precision),
        ...shareOf(of.recall),
        of.caughtAmount,
        of.stoppedAmount,
      ]
    : quality.map(() => null);

async function* rules(actor: PersonActor, asked: AskedPeriods): Pages {
  const report = await getReportRules(actor, asked);
  yield [
    ['rule_id', 'name', 'state', ...quality, ...against(quality)],
    ...report.rows.map((row) => [
      row.ruleId,
      row.name,
      row.state,
      ...qualityOf(row),
      ...qualityOf(row.against),
    ]),
  ];
}

async function* analysts(actor: PersonActor, asked: AskedPeriods): Pages {
  const report = await getReportAnalysts(actor, asked);
  yield [
    [
      'analyst_id',
      'name',
      'decided',
      'median_seconds',
      'ninety_percent_seconds',
      ...share('share_fraud'),
      ...share('share_in_time'),
      'against_decided',
    ],
    ...report.rows.map((row) => [
      row.userId,
      row.name,
      row.decided,
      row.medianSeconds,
      row.ninetySeconds,
      ...shareOf(row.confirmed),
      ...shareOf(row.inTime),
      row.decidedAgainst,
    ]),
  ];
}

export const reportFiles: Record<ReportName, (actor: PersonActor, asked: AskedPeriods) => Pages> = {
  days,
  merchants,
  rules,
  analysts,
};
