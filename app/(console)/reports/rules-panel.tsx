'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { RuleBadge } from '@/components/badge';
import { formatMoney, formatNumber, formatRuleId } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { AskedPeriods } from '@/domain/reports/period';
import type { ReportRule, ReportRules } from '@/domain/reports/rules';
import styles from './reports.module.css';
import { ShareCell, shareFields } from './share-cell';

function useColumns(currency: string): Column<ReportRule>[] {
  const t = useTranslations('reports');
  return [
    {
      id: 'rule',
      head: t('rule'),
      cell: (row) => (
        <span className={styles.name}>
          <span className="vg-mono">{formatRuleId(row.ruleId)}</span>
          <Link href={`/rules/${row.ruleId}`} prefetch={false}>
            {row.name}
          </Link>
        </span>
      ),
    },
    {
      id: 'state',
      head: t('state'),
      width: 100,
      wide: 'very',
      cell: (row) => <RuleBadge state={row.state} />,
    },
    {
      id: 'hits',
      head: t('hits'),
      width: 80,
      align: 'right',
      wide: true,
      cell: (row) => formatNumber(row.hits),
    },
    {
      id: 'labelled',
      head: t('labelled'),
      width: 80,
      align: 'right',
      wide: 'very',
      cell: (row) => formatNumber(row.labelled),
    },
    {
      id: 'precision',
      head: t('precision'),
      width: 200,
      align: 'right',
      cell: (row) => (
        <ShareCell
          now={row.precision}
          before={row.against?.precision}
          none={row.hits > 0 ? t('noLabels') : undefined}
        />
      ),
    },
    {
      id: 'recall',
      head: t('recall'),
      width: 200,
      align: 'right',
      wide: true,
      cell: (row) => <ShareCell now={row.recall} before={row.against?.recall} />,
    },
    {
      id: 'caught',
      head: t('caught'),
      width: 124,
      align: 'right',
      wide: true,
      cell: (row) => formatMoney(row.caughtAmount, currency, true),
    },
    {
      id: 'stopped',
      head: t('stopped'),
      width: 150,
      align: 'right',
      wide: 'very',
      cell: (row) => formatMoney(row.stoppedAmount, currency, true),
    },
  ];
}

type Props = { asked: AskedPeriods; initial?: ReportRules; currency: string };

/** What each rule hit was worth: how much of it was fraud, how much of all fraud it saw, and the money on both sides. */
export function RulesPanel({ asked, initial, currency }: Props) {
  const t = useTranslations('reports');
  const live = useLive<ReportRules>('report.rules', asked, initial, ['reports'], { every: 60_000 });
  const columns = useColumns(currency);
  const rows = live.data?.rows ?? [];
  const interval = (name: string) => [name, t('lowOf', { name }), t('highOf', { name })];
  return (
    <Panel
      title={t('rulesTitle')}
      question={t('rulesQuestion')}
      live={live}
      flush
      height={240}
      empty={live.data !== undefined && rows.length === 0 && { title: t('noRules'), hint: t('noRulesHint') }}
      csvName="report-rules"
      table={{
        head: [
          t('rule'),
          t('name'),
          t('state'),
          t('hits'),
          t('labelled'),
          ...interval(t('precision')),
          ...interval(t('recall')),
          t('caught'),
          t('stopped'),
        ],
        rows: rows.map((row) => [
          formatRuleId(row.ruleId),
          row.name,
          row.state,
          row.hits,
          row.labelled,
          ...shareFields(row.precision),
          ...shareFields(row.recall),
          row.caughtAmount,
          row.stoppedAmount,
        ]),
      }}
    >
      <DataTable
        name="report-rules"
        label={t('rulesTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.ruleId)}
        foot={t('rulesFoot', { count: live.data?.frauds ?? 0, frauds: formatNumber(live.data?.frauds ?? 0) })}
        inPanel
      />
    </Panel>
  );
}
