'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { HourLanes, type HourPoint, type LaneSpec, Legend, projected } from '@/components/charts';
import { formatNumber, formatTime } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { useZone } from '@/components/time';
import type { OverviewHours } from '@/domain/overview/hours';
import { hourLink } from './links';
import styles from './overview.module.css';

function lanePoints(data: OverviewHours | undefined): HourPoint[] {
  return (data?.hours ?? []).map((hour, i, all) => {
    const whole = i === all.length - 1 ? projected(hour.transactions, data?.elapsedSeconds ?? 0) : null;
    return {
      at: hour.at,
      transactions: hour.transactions,
      transactionsBefore: hour.before?.transactions ?? null,
      rest: whole === null ? null : Math.max(0, whole - hour.transactions),
      blocked: hour.blocked,
      reviewed: hour.reviewed,
      stoppedBefore: hour.before ? hour.before.blocked + hour.before.reviewed : null,
      fraud: hour.fraud,
      fraudBefore: hour.before?.fraud ?? null,
      score: hour.meanScore,
      scoreBefore: hour.before?.meanScore ?? null,
    };
  });
}

function useLanes(payments: boolean): LaneSpec[] {
  const t = useTranslations('overview');
  const counts = (value: number | null) => formatNumber(value);
  const link = (decisions?: string) => (payments ? (at: string) => hourLink(at, decisions) : undefined);
  return [
    {
      title: t('transactions'),
      kind: 'bars',
      series: [{ key: 'transactions', label: t('transactions'), color: 'var(--vg-allowed)' }],
      compare: 'transactionsBefore',
      projection: 'rest',
      height: 170,
      format: counts,
      href: link(),
    },
    {
      title: t('stopped'),
      kind: 'bars',
      series: [
        { key: 'blocked', label: t('blocked'), color: 'var(--vg-blocked)' },
        { key: 'reviewed', label: t('review'), color: 'var(--vg-review)' },
      ],
      compare: 'stoppedBefore',
      height: 104,
      format: counts,
      href: link('BLOCK,REVIEW'),
    },
    {
      title: t('confirmedLane'),
      kind: 'bars',
      series: [{ key: 'fraud', label: t('confirmed'), color: 'var(--vg-fraud)' }],
      compare: 'fraudBefore',
      height: 56,
      ceiling: 4,
      format: counts,
      href: link(),
    },
    {
      title: t('meanScore'),
      kind: 'line',
      series: [{ key: 'score', label: t('meanScore'), color: 'var(--vg-allowed)' }],
      compare: 'scoreBefore',
      height: 56,
      ceiling: 0.15,
      format: (value) => formatNumber(value, 3),
      tickFormat: (value) => formatNumber(value, 2),
      href: link(),
    },
  ];
}

/** Volume, decisions, confirmed fraud and mean score by hour, each over the same hour of the day before. */
export function VolumePanel({
  hours,
  payments,
}: {
  hours: UseQueryResult<OverviewHours, LiveError>;
  payments: boolean;
}) {
  const t = useTranslations('overview');
  const zone = useZone();
  const data = hours.data;
  const points = lanePoints(data);
  const lanes = useLanes(payments);
  const current = points.at(-1)?.at;
  const quiet = data && data.total.transactions + data.totalBefore.transactions === 0;
  return (
    <Panel
      title={t('volumeTitle')}
      question={t('volumeQuestion')}
      live={hours}
      at={data?.refreshedAt}
      staleAfter={1200}
      height={480}
      empty={quiet && { title: t('noPayments'), hint: t('noPaymentsHint') }}
      csvName="payments-by-hour"
      table={{
        head: [
          t('hour'),
          t('transactions'),
          t('dayBefore'),
          t('blocked'),
          t('review'),
          t('confirmedLane'),
          t('meanScore'),
        ],
        rows: points.map(
          (p) =>
            [
              String(p.at),
              p.transactions,
              p.transactionsBefore,
              p.blocked,
              p.reviewed,
              p.fraud,
              p.score === null ? null : Number(Number(p.score).toFixed(4)),
            ] as (string | number | null)[],
        ),
      }}
    >
      <Legend
        entries={[
          { label: `${t('transactions')}, ${t('meanScore').toLowerCase()}`, color: 'var(--vg-allowed)' },
          { label: t('blocked'), color: 'var(--vg-blocked)' },
          { label: t('review'), color: 'var(--vg-review)' },
          { label: t('confirmed'), color: 'var(--vg-fraud)' },
          { label: t('sameHour'), kind: 'line' },
          ...(current && points.at(-1)?.rest !== null
            ? [
                {
                  label: t('projected', { hour: formatTime(current, zone, 'time') }),
                  kind: 'dashed' as const,
                },
              ]
            : []),
        ]}
      />
      <div className={styles.lanes}>
        <HourLanes points={points} lanes={lanes} current={current} compareLabel={t('dayBefore')} />
      </div>
    </Panel>
  );
}
