'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { DecisionBadge } from '@/components/badge';
import { TimeChart } from '@/components/charts';
import { formatChange, formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { DataTable } from '@/components/table';
import type { HourSums, OverviewHours } from '@/domain/overview/hours';
import { hourLink, paymentsLink } from './links';
import styles from './overview.module.css';

type Row = { decision: string; count: number; share: number; change: string };

function decisionRows(data: OverviewHours | undefined): Row[] {
  if (!data) return [];
  const row = (decision: string, key: 'allowed' | 'reviewed' | 'blocked'): Row => ({
    decision,
    count: data.total[key],
    share: data.total.transactions > 0 ? data.total[key] / data.total.transactions : 0,
    change: formatChange(data.total[key], data.totalBefore[key]),
  });
  return [row('ALLOW', 'allowed'), row('REVIEW', 'reviewed'), row('BLOCK', 'blocked')];
}

function stoppedShare(sums: HourSums | null): number | null {
  return sums && sums.transactions > 0 ? (sums.blocked + sums.reviewed) / sums.transactions : null;
}

/** What was answered, and which share of an hour's payments was stopped. */
export function DecisionsPanel({
  hours,
  payments,
}: {
  hours: UseQueryResult<OverviewHours, LiveError>;
  payments: boolean;
}) {
  const t = useTranslations('overview');
  const router = useRouter();
  const data = hours.data;
  const rows = decisionRows(data);
  const points = (data?.hours ?? []).map((hour) => ({
    at: hour.at,
    share: stoppedShare(hour),
    before: stoppedShare(hour.before),
  }));
  const from = data?.hours[0]?.at;
  return (
    <Panel
      title={t('decisionsTitle')}
      question={t('decisionsQuestion')}
      live={hours}
      height={260}
      flush
      csvName="decisions"
      table={{
        head: [t('decision'), t('day'), t('share'), t('versus')],
        rows: rows.map((row) => [row.decision, row.count, Number(row.share.toFixed(6)), row.change]),
      }}
    >
      <DataTable
        name="overview-decisions"
        label={t('decisionsTitle')}
        inPanel
        rows={rows}
        rowKey={(row) => row.decision}
        href={
          payments && from
            ? (row) => paymentsLink({ from, to: data?.now, decision: row.decision })
            : undefined
        }
        columns={[
          { id: 'decision', head: t('decision'), cell: (row) => <DecisionBadge decision={row.decision} /> },
          { id: 'count', head: t('day'), align: 'right', cell: (row) => formatNumber(row.count) },
          { id: 'share', head: t('share'), align: 'right', cell: (row) => formatPercent(row.share, 2) },
          {
            id: 'change',
            head: t('versus'),
            align: 'right',
            cell: (row) => <span className={styles.quiet}>{row.change}</span>,
          },
        ]}
      />
      <div className={styles.under}>
        <h3>{t('stoppedShare')}</h3>
        <TimeChart
          label={t('stoppedShare')}
          kind="line"
          height={92}
          points={points}
          series={[{ key: 'share', label: t('share'), color: 'var(--vg-blocked)' }]}
          compare="before"
          ceiling={0.01}
          format={(value) => formatPercent(value, 2)}
          tickFormat={(value) => formatPercent(value, value < 0.1 && value > 0 ? 1 : 0)}
          onPick={payments ? (at) => router.push(hourLink(at, 'BLOCK,REVIEW')) : undefined}
        />
      </div>
    </Panel>
  );
}
