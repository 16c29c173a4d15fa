'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, type Limit, type Series, TimeChart } from '@/components/charts';
import { formatMs, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { PoolPoint, PoolSeries, PoolSnapshot } from '@/domain/pool/queries';
import styles from '../database.module.css';

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
        <LanePanel key={lane.id} lane={lane} series={series} queue={limits?.waitTimeoutSeconds ?? 0} />
      ))}
    </div>
  );
}

function LanePanel({ lane, series, queue }: { lane: Lane; series: Props['series']; queue: number }) {
  const t = useTranslations('pool');
  const points = series.data?.points ?? [];
  const sampled = points.filter((point) => lane.keys.some((key) => point[key] !== null));
  const lines: Series[] = lane.keys.map((key, i) => ({
    key,
    label: t(`series.${key}`),
    color: lane.colors[i] ?? 'var(--vg-allowed)',
  }));
  return (
    <Panel
      title={t(`charts.${lane.id}.title`)}
      question={
        lane.id === 'wait' && queue > 0
          ? t('refusedAfter', { seconds: queue })
          : t(`charts.${lane.id}.question`)
      }
      live={series}
      height={164}
      empty={
        series.data !== undefined &&
        sampled.length === 0 && { title: t('noSamples'), hint: t('noSamplesHint') }
      }
      table={{
        head: [t('time'), ...lines.map((line) => line.label)],
        rows: points.map((point) => [point.at, ...lane.keys.map((key) => point[key])]),
      }}
      csvName={`pool-${lane.id}`}
    >
      {lines.length > 1 && <Legend entries={lines.map(({ label, color }) => ({ label, color }))} />}
      <TimeChart
        label={t(`charts.${lane.id}.title`)}
        kind={lines.length > 1 ? 'bars' : 'line'}
        points={points.map((point) => ({ ...point }))}
        stepSeconds={series.data?.stepSeconds}
        series={lines}
        limits={lane.limits}
        format={lane.format}
        tickFormat={lane.format}
        ceiling={Math.max(0, ...lane.limits.map((one) => one.value * 1.2))}
        height={lines.length > 1 ? 116 : 140}
      />
    </Panel>
  );
}
