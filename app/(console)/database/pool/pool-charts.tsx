'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { Limit } from '@/components/charts';
import { formatMs, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import type { PoolPoint, PoolSeries, PoolSnapshot } from '@/domain/pool/queries';
import styles from '../database.module.css';
import { LanePanel } from '../lane-panel';

type Props = {
  series: UseQueryResult<PoolSeries, LiveError>;
  snapshot: Extract<PoolSnapshot, { state: 'read' }> | null;
};

type Lane = {
  id: 'clients' | 'servers' | 'wait';
  keys: (keyof PoolPoint & string)[];
  colors: string[];
  limits: Limit[];
  format: (value: number | null) => string;
};

/** The pools over the range, each chart with the limit that PgBouncer has for it. */
export function PoolCharts({ series, snapshot }: Props) {
  const t = useTranslations('pool');
  const limits = snapshot?.reading.limits;
  const most = snapshot?.capacity.possible ?? 0;
  const number = (value: number | null) => formatNumber(value);
  const lanes: Lane[] = [
    {
      id: 'clients',
      keys: ['clientsWaiting', 'clientsActive'],
      colors: ['var(--vg-fraud)', 'var(--vg-allowed)'],
      limits: [],
      format: number,
    },
    {
      id: 'servers',
      keys: ['serversActive', 'serversIdle'],
      colors: ['var(--vg-allowed)', 'var(--vg-shade-4)'],
      limits:
        most > 0 ? [{ value: most, label: t('atMost', { value: formatNumber(most) }), tone: 'fraud' }] : [],
      format: number,
    },
    {
      id: 'wait',
      keys: ['waitMs'],
      colors: ['var(--vg-allowed)'],
      limits: [],
      format: (value) => formatMs(value),
    },
  ];
  return (
    <div className={styles.charts}>
      {lanes.map((lane) => (
        <PoolLane key={lane.id} lane={lane} series={series} queue={limits?.waitTimeoutSeconds ?? 0} />
      ))}
    </div>
  );
}

function PoolLane({ lane, series, queue }: { lane: Lane; series: Props['series']; queue: number }) {
  const t = useTranslations('pool');
  const refused = lane.id === 'wait' && queue > 0;
  return (
    <LanePanel
      words={{
        title: t(`charts.${lane.id}.title`),
        question: refused ? t('refusedAfter', { seconds: queue }) : t(`charts.${lane.id}.question`),
        time: t('time'),
        empty: { title: t('noSamples'), hint: t('noSamplesHint') },
      }}
      csvName={`pool-${lane.id}`}
      live={series}
      lines={lane.keys.map((key, i) => ({
        key,
        label: t(`series.${key}`),
        color: lane.colors[i] ?? 'var(--vg-allowed)',
      }))}
      kind={lane.keys.length > 1 ? 'bars' : 'line'}
      limits={lane.limits}
      format={lane.format}
      ceiling={Math.max(0, ...lane.limits.map((one) => one.value * 1.2))}
    />
  );
}
