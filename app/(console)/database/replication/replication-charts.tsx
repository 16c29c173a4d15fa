'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { Limit } from '@/components/charts';
import { formatBytes } from '@/components/format';
import type { LiveError } from '@/components/live';
import { definitions } from '@/domain/database/checks/definitions';
import type { ReplicationPoint, ReplicationSeries } from '@/domain/replication/queries';
import type { ReplicationServer } from '@/domain/replication/server';
import { LanePanel } from '../lane-panel';
import styles from './replication.module.css';
import { delay } from './words';

type Live = UseQueryResult<ReplicationSeries, LiveError>;
type Key = Exclude<keyof ReplicationPoint, 'at'>;
type Lane = {
  id: 'lag' | 'delay' | 'retained';
  keys: Key[];
  limit: { value: number; words: 'warnsFrom' | 'lostFrom'; tone: Limit['tone'] } | null;
  format: (value: number | null) => string;
};

const warning = (name: 'standbyLag' | 'standbyDelay') =>
  definitions.find((check) => check.name === name)!.warning;
const bytes = (value: number | null) => formatBytes(value);
const colors = ['var(--vg-text-2)', 'var(--vg-shade-2)'];

/** Lag, delay and kept log over the range. A limit that is far off is named; one that comes near is drawn. */
export function ReplicationCharts({ series, server }: { series: Live; server: ReplicationServer }) {
  const lanes: Lane[] = [
    {
      id: 'lag',
      keys: ['standbyLag', 'subscriberLag'],
      limit: { value: warning('standbyLag'), words: 'warnsFrom', tone: 'review' },
      format: bytes,
    },
    {
      id: 'delay',
      keys: ['standbyDelay', 'subscriberDelay'],
      limit: { value: warning('standbyDelay'), words: 'warnsFrom', tone: 'review' },
      format: delay,
    },
    {
      id: 'retained',
      keys: ['retained'],
      limit: server.keepBytes === null ? null : { value: server.keepBytes, words: 'lostFrom', tone: 'fraud' },
      format: bytes,
    },
  ];
  return (
    <div className={styles.charts}>
      {lanes.map((lane) => (
        <ReplicationLane key={lane.id} lane={lane} series={series} />
      ))}
    </div>
  );
}

function ReplicationLane({ lane, series }: { lane: Lane; series: Live }) {
  const t = useTranslations('replication');
  const points = series.data?.points ?? [];
  const highest = Math.max(0, ...points.flatMap((point) => lane.keys.map((key) => point[key] ?? 0)));
  const { limit } = lane;
  const named = limit ? t(limit.words, { value: lane.format(limit.value) }) : t('noLimit');
  const near = limit !== null && highest * 4 > limit.value;
  return (
    <LanePanel
      words={{
        title: t(`charts.${lane.id}.title`),
        question: near ? t(`charts.${lane.id}.question`) : named,
        time: t('time'),
        empty: { title: t('noSamples'), hint: t('noSamplesHint') },
      }}
      csvName={`replication-${lane.id}`}
      live={series}
      lines={lane.keys
        .map((key, at) => ({ key, label: t(`series.${key}`), color: colors[at] ?? 'var(--vg-text-2)' }))
        .filter(({ key }) => points.some((point) => point[key] !== null))}
      limits={near && limit ? [{ value: limit.value, label: named, tone: limit.tone }] : []}
      named
      format={lane.format}
      ceiling={near && limit ? limit.value * 1.2 : undefined}
    />
  );
}
