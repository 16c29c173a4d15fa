'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, type Series, TimeChart } from '@/components/charts';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { HealthSeries } from '@/domain/database/queries';

type Props = { series: UseQueryResult<HealthSeries, LiveError>; now: ActivitySnapshot };

/** Connections by state over the range, the last step as it is now, with what the server allows. */
export function ConnectionChart({ series, now }: Props) {
  const t = useTranslations('activity');
  const { byState, limit } = now.connections;
  const sampled = (series.data?.points ?? []).map(({ at, connections, active, idleInTransaction }) => ({
    at,
    idleInTransaction,
    active,
    idle: connections === null ? null : Math.max(0, connections - (active ?? 0) - (idleInTransaction ?? 0)),
  }));
  const points = sampled.map((point, i) =>
    i < sampled.length - 1
      ? point
      : {
          at: point.at,
          idleInTransaction: byState.idle_in_transaction + byState.aborted,
          active: byState.active,
          idle: byState.idle + byState.other,
        },
  );
  const lines: Series[] = [
    { key: 'idleInTransaction', label: t('states.idle_in_transaction'), color: 'var(--vg-review)' },
    { key: 'active', label: t('states.active'), color: 'var(--vg-allowed)' },
    { key: 'idle', label: t('states.idle'), color: 'var(--vg-shade-4)' },
  ];
  return (
    <Panel
      title={t('chartTitle')}
      question={t('chartQuestion')}
      live={series}
      at={now.at}
      height={220}
      table={{
        head: [t('time'), ...lines.map((line) => line.label)],
        rows: points.map((point) => [point.at, point.idleInTransaction, point.active, point.idle]),
      }}
      csvName="connections-by-state"
    >
      <Legend entries={lines.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={t('chartTitle')}
        kind="bars"
        points={points}
        stepSeconds={series.data?.stepSeconds}
        series={lines}
        limits={[{ value: limit, label: t('allowed', { limit: formatNumber(limit) }), tone: 'fraud' }]}
        ceiling={limit * 1.15}
        format={(value) => formatNumber(value)}
        height={172}
      />
    </Panel>
  );
}
