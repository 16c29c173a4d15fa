'use client';

import { useTranslations } from 'next-intl';
import { formatDuration, formatNumber } from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { HealthSeries } from '@/domain/database/queries';
import { sessionKey } from './activity-params';

/** Connections of now against what is allowed, and what deserves a look. */
export function ActivityFigures({ snapshot, series }: { snapshot: ActivitySnapshot; series?: HealthSeries }) {
  const t = useTranslations('activity');
  const { connections, sessions } = snapshot;
  const { byState } = connections;
  const points = series?.points ?? [];
  const longest = sessions.find((session) => session.transactionSeconds !== null);
  const waits = (snapshot.locks?.tree.rows ?? []).filter(
    (row) => row.kind === 'session' && row.wait !== null,
  );
  const waited = Math.max(0, ...waits.map((row) => (row.kind === 'session' && row.wait?.seconds) || 0));
  const stats: Stat[] = [
    {
      label: t('stats.connections'),
      value: formatNumber(connections.used),
      note: t('stats.ofLimit', {
        limit: formatNumber(connections.limit),
        others: connections.otherDatabases,
      }),
      spark: { values: points.map((point) => point.connections) },
    },
    {
      label: t('stats.active'),
      value: formatNumber(byState.active),
      note: t('stats.idle', { count: byState.idle }),
      href: '?state=active',
      spark: { values: points.map((point) => point.active) },
    },
    {
      label: t('stats.idleInTransaction'),
      value: formatNumber(byState.idle_in_transaction + byState.aborted),
      note: t('stats.aborted', { count: byState.aborted }),
      href: '?state=idle_in_transaction',
      spark: { values: points.map((point) => point.idleInTransaction) },
    },
    {
      label: t('stats.waiting'),
      value: formatNumber(connections.waiting),
      note: t('stats.roots', { count: snapshot.locks?.tree.roots.length ?? 0 }),
      href: '?waiting=yes',
      spark: { values: points.map((point) => point.lockWaits) },
    },
    {
      label: t('stats.longestWait'),
      value: formatDuration(waited),
      note: t('stats.forLock'),
    },
    {
      label: t('stats.longest'),
      value: formatDuration(longest?.transactionSeconds ?? 0),
      note: longest ? longest.application || longest.role : t('stats.noTransaction'),
      ...(longest?.backendStart ? { href: `?open=${sessionKey(longest)}` } : {}),
      spark: { values: points.map((point) => point.longestTransaction) },
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}
