'use client';

import { useTranslations } from 'next-intl';
import { formatDuration, formatMs, formatNumber } from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { PoolSeries, PoolSnapshot } from '@/domain/pool/queries';

type Props = { snapshot: Extract<PoolSnapshot, { state: 'read' }>; series?: PoolSeries };

/** Seconds as people read waits: short ones in milliseconds. */
export const wait = (seconds: number | null): string =>
  seconds === null ? '–' : seconds < 10 ? formatMs(seconds * 1000) : formatDuration(seconds);

/** All pools together: who waits, what works, how much comes through. */
export function PoolFigures({ snapshot, series }: Props) {
  const t = useTranslations('pool');
  const { sum, reading, capacity } = snapshot;
  const points = series?.points ?? [];
  const traffic = reading.traffic;
  const rate = (of: (one: (typeof traffic)[number]) => number) =>
    traffic.reduce((all, one) => all + of(one), 0);
  const transactions = rate((one) => one.transactionsPerSecond);
  const waited = transactions > 0 ? rate((one) => one.waitMs * one.transactionsPerSecond) / transactions : 0;
  const stats: Stat[] = [
    {
      label: t('stats.waiting'),
      value: formatNumber(sum.clientsWaiting),
      note: sum.clientsWaiting > 0 ? t('stats.since', { age: wait(sum.maxWaitSeconds) }) : t('stats.nobody'),
      spark: { values: points.map((point) => point.clientsWaiting) },
    },
    {
      label: t('stats.clients'),
      value: formatNumber(reading.clientsFound),
      note: t('stats.ofClients', { limit: formatNumber(reading.limits.maxClients) }),
      spark: { values: points.map((point) => point.clientsActive) },
    },
    {
      label: t('stats.busy'),
      value: formatNumber(sum.serversActive),
      note: t('stats.idle', { count: sum.serversIdle }),
      spark: { values: points.map((point) => point.serversActive) },
    },
    {
      label: t('stats.needed'),
      value: formatNumber(capacity.busy, 1),
      note: t('stats.neededNote'),
    },
    {
      label: t('stats.transactions'),
      value: t('perSecond', { value: formatNumber(transactions) }),
      note: t('stats.queries', { value: formatNumber(rate((one) => one.queriesPerSecond)) }),
      spark: { values: points.map((point) => point.transactions) },
    },
    {
      label: t('stats.wait'),
      value: formatMs(waited),
      note: t('stats.waitNote'),
      spark: { values: points.map((point) => point.waitMs) },
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}
