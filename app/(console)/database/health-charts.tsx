'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { Limit } from '@/components/charts';
import { formatBytes, formatDuration, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import type { CheckName } from '@/domain/database/checks/definitions';
import type { HealthSeries } from '@/domain/database/queries';
import type { HealthPoint } from '@/domain/database/samples';
import styles from './database.module.css';
import { LanePanel } from './lane-panel';
import { definitionOf } from './words';

type Live = UseQueryResult<HealthSeries, LiveError>;
type Lane = {
  id: 'connections' | 'cache' | 'transactions' | 'longest' | 'lag' | 'wal';
  keys: (keyof HealthPoint & string)[];
  colors: string[];
  limits: Limit[];
  format: (value: number | null) => string;
  tickFormat?: (value: number) => string;
  /** The axis ends here at least; without it a little above the limit, so that its words fit. */
  top?: number;
};

/** From where a check warns. */
const warningOf = (name: CheckName): number => definitionOf(name)?.warning ?? 0;

/** v_database_health over time, each chart with the limit that its check has. */
export function HealthCharts({ series }: { series: Live }) {
  const t = useTranslations('database');
  const allowed = series.data?.connectionLimit ?? null;
  const warnAt = allowed === null ? null : Math.floor((allowed * warningOf('connections')) / 100);
  const number = (value: number | null) => formatNumber(value);
  const rate = (value: number | null) => t('perSecond', { value: formatNumber(value, 1) });
  const limit = (value: number, label: string): Limit => ({ value, label, tone: 'review' });
  const lanes: Lane[] = [
    {
      id: 'connections',
      keys: ['connections', 'idleInTransaction'],
      colors: ['var(--vg-allowed)', 'var(--vg-review)'],
      limits: warnAt === null ? [] : [limit(warnAt, t('warnAbove', { value: formatNumber(warnAt) }))],
      format: number,
    },
    {
      id: 'cache',
      keys: ['cacheHitRatio'],
      colors: ['var(--vg-allowed)'],
      limits: [
        limit(warningOf('cacheHitRatio'), t('warnBelow', { value: `${warningOf('cacheHitRatio')}\u00a0%` })),
      ],
      format: (value) => `${formatNumber(value, 2)}\u00a0%`,
      tickFormat: (value) => `${formatNumber(value)}\u00a0%`,
      top: 100,
    },
    {
      id: 'transactions',
      keys: ['commits', 'rollbacks'],
      colors: ['var(--vg-allowed)', 'var(--vg-fraud)'],
      limits: [],
      format: rate,
      tickFormat: (value) => formatNumber(value, value % 1 ? 1 : 0),
    },
    {
      id: 'longest',
      keys: ['longestTransaction'],
      colors: ['var(--vg-allowed)'],
      limits: [
        limit(
          warningOf('longTransactions'),
          t('warnAbove', { value: formatDuration(warningOf('longTransactions')) }),
        ),
      ],
      format: (value) => formatDuration(value),
    },
    {
      id: 'lag',
      keys: ['streamLag'],
      colors: ['var(--vg-allowed)'],
      limits: [
        limit(warningOf('streamLag'), t('warnAbove', { value: formatDuration(warningOf('streamLag')) })),
      ],
      format: (value) => formatDuration(value),
    },
    {
      id: 'wal',
      keys: ['walBytes', 'temporaryBytes'],
      colors: ['var(--vg-allowed)', 'var(--vg-review)'],
      limits: [],
      format: (value) => t('perSecond', { value: formatBytes(value) }),
      tickFormat: (value) => formatBytes(value),
      top: 100_000,
    },
  ];
  return (
    <div className={styles.charts}>
      {lanes.map((lane) => (
        <HealthLane key={lane.id} lane={lane} series={series} />
      ))}
    </div>
  );
}

/** The end of the last step with samples, or now while it is in progress. */
const sampledUntil = (start: string, stepSeconds: number, now: string): number =>
  Math.min(new Date(start).getTime() + stepSeconds * 1000, new Date(now).getTime());

function HealthLane({ lane, series }: { lane: Lane; series: Live }) {
  const t = useTranslations('database');
  const stepSeconds = series.data?.stepSeconds ?? 60;
  const last = series.data?.points.findLast((point) => lane.keys.some((key) => point[key] !== null));
  return (
    <LanePanel
      words={{
        title: t(`charts.${lane.id}.title`),
        question: t(`charts.${lane.id}.question`),
        time: t('time'),
        empty: { title: t('noSamples'), hint: t('noSamplesHint') },
      }}
      csvName={`database-${lane.id}`}
      live={series}
      lines={lane.keys.map((key, i) => ({
        key,
        label: t(`series.${key}`),
        color: lane.colors[i] ?? 'var(--vg-allowed)',
      }))}
      at={series.data && (last ? sampledUntil(last.at, stepSeconds, series.data.at) : series.data.at)}
      staleAfter={300}
      limits={lane.limits}
      format={lane.format}
      tickFormat={lane.tickFormat}
      ceiling={lane.top ?? Math.max(0, ...lane.limits.map((one) => one.value * 1.25))}
    />
  );
}
