'use client';

import { SegmentedControl } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DecisionBadge, OutcomeBadge } from '@/components/badge';
import { TimeChart } from '@/components/charts';
import { formatMoney, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Time } from '@/components/time';
import type { RuleHitPayment, RuleHits } from '@/domain/rules/queries';
import styles from '../rules.module.css';

/** How often the rule fired, by hour or day, and the newest payments that it hit. */
export function HitsPanel({ ruleId, initial }: { ruleId: number; initial: RuleHits | undefined }) {
  const t = useTranslations('rules');
  const [by, setBy] = useState<'hour' | 'day'>('hour');
  const live = useLive<RuleHits>('rule.hits', { ruleId, by }, initial, ['rules'], { every: 15_000 });
  const points = live.data?.points ?? [];
  const total = points.reduce((sum, point) => sum + point.hits, 0);
  return (
    <>
      <Panel
        title={t('hits')}
        question={t(live.data?.by === 'day' ? 'hitsByDay' : 'hitsByHour', { count: total })}
        live={live}
        height={148}
        table={{ head: [t('timeUtc'), t('hits')], rows: points.map((p) => [p.at, p.hits]) }}
        csvName={`rule-${ruleId}-hits`}
        actions={
          <SegmentedControl
            size="xs"
            aria-label={t('hitsBy')}
            value={by}
            onChange={(value) => setBy(value === 'day' ? 'day' : 'hour')}
            data={[
              { value: 'hour', label: t('byHour') },
              { value: 'day', label: t('byDay') },
            ]}
          />
        }
        empty={total === 0 && { title: t('noHits'), hint: t('noHitsHint') }}
      >
        <TimeChart
          label={t('hits')}
          kind="bars"
          points={points.map((p) => ({ at: p.at, hits: p.hits }))}
          series={[{ key: 'hits', label: t('hits'), color: 'var(--vg-review)' }]}
          current={points.at(-1)?.at}
        />
      </Panel>
      <RecentHits rows={live.data?.recent ?? []} />
    </>
  );
}

function RecentHits({ rows }: { rows: RuleHitPayment[] }) {
  const t = useTranslations('rules');
  const columns: Column<RuleHitPayment>[] = [
    { id: 'at', head: t('time'), width: 128, wide: true, cell: (r) => <Time at={r.at} style="short" /> },
    {
      id: 'payment',
      head: t('payment'),
      cell: (r) => (
        <Link className={styles.nameText} href={`/transactions/${encodeURIComponent(r.transactionId)}`}>
          {r.transactionId}
        </Link>
      ),
    },
    {
      id: 'amount',
      head: t('amount'),
      width: 112,
      align: 'right',
      cell: (r) => formatMoney(r.amount, r.currency),
    },
    {
      id: 'version',
      head: t('versionShort'),
      width: 64,
      wide: true,
      cell: (r) => t('version', { version: r.version }),
    },
    {
      id: 'outcome',
      head: t('outcome'),
      width: 104,
      cell: (r) =>
        r.isFraud === null ? <DecisionBadge decision={r.decision} /> : <OutcomeBadge fraud={r.isFraud} />,
    },
  ];
  return (
    <Panel
      title={t('recent')}
      question={rows.length > 0 && t('recentQuestion', { count: formatNumber(rows.length) })}
      flush
      empty={rows.length === 0 && { title: t('noRecent') }}
    >
      <DataTable
        name="rule-hits"
        label={t('recent')}
        columns={columns}
        rows={rows}
        rowKey={(r) => r.transactionId}
        inPanel
      />
    </Panel>
  );
}
