'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatMs, formatNumber } from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { AnalyticsReading } from '@/db/analytics';
import type { ReplicationSeries, ReplicationSnapshot } from '@/domain/replication/queries';
import { delay } from './words';

type Props = { snapshot: ReplicationSnapshot; series?: ReplicationSeries; analytics?: AnalyticsReading };

/** The furthest behind, the slot that keeps most, and where long reads go. */
export function ReplicationFigures({ snapshot, series, analytics }: Props) {
  const t = useTranslations('replication');
  const { server, receivers, slots } = snapshot;
  const points = series?.points ?? [];
  const seen = receivers.filter((one) => one.lag !== null);
  const worst = seen[0];
  const slowest = [...seen].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0))[0];
  const kept = slots[0];
  const standbys = receivers.filter((one) => one.kind === 'standby').length;
  const written = points.findLast((point) => point.written !== null)?.written ?? null;
  const stats: Stat[] = [
    {
      label: t('stats.receivers'),
      value: formatNumber(receivers.length),
      note: t('stats.kinds', {
        standbys,
        subscribers: receivers.filter((one) => one.kind === 'subscriber').length,
      }),
    },
    {
      label: t('stats.lag'),
      value: formatBytes(worst?.lag),
      note: worst ? worst.application : t(receivers.length > 0 ? 'hidden' : 'stats.nobody'),
      spark: {
        values: points.map(({ standbyLag, subscriberLag }) =>
          standbyLag === null && subscriberLag === null
            ? null
            : Math.max(standbyLag ?? 0, subscriberLag ?? 0),
        ),
      },
    },
    {
      label: t('stats.delay'),
      value: slowest ? delay(slowest.seconds ?? 0) : '–',
      note: slowest
        ? slowest.seconds === null
          ? t('stats.nothingSent')
          : slowest.application
        : t(receivers.length > 0 ? 'hidden' : 'stats.nobody'),
    },
    {
      label: t('stats.retained'),
      value: formatBytes(kept?.retained ?? (kept ? 0 : null)),
      note: kept ? kept.slot : t('stats.noSlot'),
      spark: { values: points.map((point) => point.retained) },
      ...(kept ? { href: `?open=${kept.slot}` } : {}),
    },
    {
      label: t('stats.written'),
      value: written === null ? '–' : t('perSecond', { value: formatBytes(Math.round(written)) }),
      note: t('stats.slots', { used: slots.length, most: server.maxSlots }),
      spark: { values: points.map((point) => point.written) },
    },
    {
      label: t('stats.reads'),
      value: t(analytics?.state === 'used' ? 'stats.onStandby' : 'stats.onPrimary'),
      note:
        analytics?.state === 'used'
          ? t('stats.behind', { value: formatMs((analytics.lagSeconds ?? 0) * 1000) })
          : t(`reads.${analytics?.state ?? 'none'}`),
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}
