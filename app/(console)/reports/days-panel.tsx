'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { HourLanes, type HourPoint, type LaneSpec, Legend } from '@/components/charts';
import { formatMoney, formatMs, formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { Figures, ReportDays } from '@/domain/reports/days';
import { periodWords } from './words';

type Props = { days: UseQueryResult<ReportDays, LiveError>; payments: boolean };
type Key = keyof Figures | 'rate';

const keys: Key[] = ['transactions', 'amount', 'fraud', 'fraudAmount', 'rate', 'meanScore', 'latencyMs'];
const beside = (key: Key) => `${key}Against`;
const figureOf = (figures: Figures | null | undefined, key: Key): number | null => {
  if (!figures) return null;
  if (key !== 'rate') return figures[key];
  return figures.transactions > 0 ? figures.fraud / figures.transactions : null;
};

const pointsOf = (data: ReportDays | undefined): HourPoint[] =>
  (data?.days ?? []).map((day) => ({
    at: `${day.date}T00:00:00.000Z`,
    ...Object.fromEntries(
      keys.flatMap((key) => [
        [key, figureOf(day.figures, key)],
        [beside(key), figureOf(day.against?.figures, key)],
      ]),
    ),
  }));

function useLanes(currency: string): LaneSpec[] {
  const t = useTranslations('reports');
  const money = (value: number | null) => formatMoney(value, currency, true);
  const lane = (
    key: Key,
    kind: LaneSpec['kind'],
    format: LaneSpec['format'],
    rest: Partial<LaneSpec> & { color?: string } = {},
  ): LaneSpec => {
    const { color = 'var(--vg-allowed)', ...others } = rest;
    return {
      title: t(`lanes.${key}`),
      kind,
      series: [{ key, label: t(`lanes.${key}`), color }],
      compare: beside(key),
      height: 72,
      format,
      ...others,
    };
  };
  const fraud = 'var(--vg-fraud)';
  return [
    lane('transactions', 'bars', (value) => formatNumber(value), { height: 104 }),
    lane('amount', 'bars', money),
    lane('fraud', 'bars', (value) => formatNumber(value), { color: fraud, ceiling: 4 }),
    lane('fraudAmount', 'bars', money, { color: fraud }),
    lane('rate', 'line', (value) => formatPercent(value, 2), {
      color: fraud,
      tickFormat: (value) => formatPercent(value),
    }),
    lane('meanScore', 'line', (value) => formatNumber(value, 3), {
      tickFormat: (value) => formatNumber(value, 2),
      ceiling: 0.15,
    }),
    lane('latencyMs', 'line', (value) => formatMs(value), { tickFormat: (value) => formatMs(value) }),
  ];
}

/** Every day of the period over the day as far into the other one; today at 55 %. */
export function DaysPanel({ days, payments }: Props) {
  const t = useTranslations('reports');
  const data = days.data;
  const points = pointsOf(data);
  const lanes = useLanes(data?.currency ?? 'EUR');
  const open = data?.days.find((day) => day.state === 'open');
  return (
    <Panel
      title={t('daysTitle')}
      question={t('daysQuestion')}
      live={days}
      at={data?.computedAt}
      staleAfter={3600}
      height={620}
      empty={
        data?.total === null && {
          title: t('noPayments', { period: periodWords(data.period) }),
          hint: t('noPaymentsHint', { first: periodWords({ from: data.first!, to: data.first! }) }),
        }
      }
      csvName="report-days"
      table={{
        head: [
          t('day'),
          t('state'),
          ...keys.map((key) => t(`lanes.${key}`)),
          t('againstDay'),
          ...keys.map((key) => t('againstLane', { lane: t(`lanes.${key}`) })),
        ],
        rows: (data?.days ?? []).map((day) => [
          day.date,
          t(`states.${day.state}`),
          ...keys.map((key) => rounded(figureOf(day.figures, key))),
          day.against?.date ?? null,
          ...keys.map((key) => rounded(figureOf(day.against?.figures, key))),
        ]),
      }}
    >
      <Legend
        entries={[
          { label: t('legend.figures'), color: 'var(--vg-allowed)' },
          { label: t('legend.fraud'), color: 'var(--vg-fraud)' },
          { label: data ? periodWords(data.against) : '', kind: 'line' },
          ...(open ? [{ label: t('legend.open'), kind: 'none' as const }] : []),
        ]}
      />
      <HourLanes
        points={points}
        lanes={lanes}
        stepSeconds={86_400}
        current={open && `${open.date}T00:00:00.000Z`}
        compareLabel={t('before')}
        href={payments ? (at) => `/transactions?days=${at.slice(0, 10)}..${at.slice(0, 10)}` : undefined}
      />
    </Panel>
  );
}

const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(6)));
