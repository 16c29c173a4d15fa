'use client';

import { useTranslations } from 'next-intl';
import { TimeChart } from '@/components/charts';
import { formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import type { Range } from '@/domain/database/input';
import type { QueryDetail, QueryPoint, QuerySeries } from '@/domain/database/query-detail';
import styles from '../database.module.css';

type Figure = {
  id: 'mean' | 'share' | 'calls' | 'rows';
  key: keyof QueryPoint & string;
  kind: 'line' | 'bars';
  format: (value: number | null) => string;
};

/** `5 ms`, `1.5 s`: short enough for the axis. */
const tick = (value: number) =>
  value >= 1_000 ? `${formatNumber(value / 1_000, value % 1_000 ? 1 : 0)}\u00a0s` : formatMs(value);
const percent = (value: number | null) =>
  value === null ? '–' : `${formatNumber(value, value < 10 && value > 0 ? 1 : 0)}\u00a0%`;
const count = (value: number | null) => formatNumber(value);

const figures: Figure[] = [
  { id: 'mean', key: 'meanMs', kind: 'line', format: (value) => formatMs(value) },
  { id: 'share', key: 'sharePercent', kind: 'line', format: percent },
  { id: 'calls', key: 'calls', kind: 'bars', format: count },
  { id: 'rows', key: 'rows', kind: 'bars', format: count },
];

export const useQuerySeries = (queryId: string, range: Range) =>
  useLive<QuerySeries>('database.query-series', { queryId, range }, undefined, ['health']);

/** The newest value that is known. */
const latest = (points: QueryPoint[], key: Figure['key']): number | null => {
  const value = points.findLast((point) => point[key] !== null && point[key] !== 0)?.[key];
  return typeof value === 'number' ? value : null;
};

type Props = { query: QueryDetail; range: Range };

/** Mean time with its limit, part of all time, calls and rows, one under the other with the same hours. */
export function QueryCharts({ query, range }: Props) {
  const t = useTranslations('database');
  const series = useQuerySeries(query.queryId, range);
  if (!series.data)
    return <PanelState problem={problemOf(series)} height={320} retry={() => series.refetch()} />;
  const { points, stepSeconds } = series.data;
  const known = points.filter((point) => point.meanMs !== null).length;
  const highest = Math.max(0, ...points.map((point) => point.meanMs ?? 0));
  // Drawn where the mean comes anywhere near it: a line at the bottom would show nothing of the rest.
  const limits =
    highest >= query.slowMs / 5
      ? [
          {
            value: query.slowMs,
            label: t('slowAbove', { limit: formatMs(query.slowMs) }),
            tone: 'review' as const,
          },
        ]
      : [];
  return figures.map(({ id, key, kind, format }) => (
    <section key={id} aria-label={t(`figures.${id}`)}>
      <div className={styles.figure}>
        <h3>
          {t(`figures.${id}`)}
          <span>
            {t(`ranges.${range}`)}
            {id === 'mean' && limits.length === 0 && `, ${t('slowFrom', { limit: formatMs(query.slowMs) })}`}
          </span>
        </h3>
        <span className="vg-num">{format(latest(points, key))}</span>
      </div>
      <TimeChart
        label={t(`figures.${id}`)}
        // A line needs more than two points to be one.
        kind={kind === 'line' && known <= 2 ? 'bars' : kind}
        points={points.map((point) => ({ at: point.at, [key]: point[key] }))}
        stepSeconds={stepSeconds}
        series={[{ key, label: t(`figures.${id}`), color: 'var(--vg-link)' }]}
        limits={id === 'mean' ? limits : []}
        ceiling={id === 'mean' && limits.length > 0 ? query.slowMs * 1.25 : undefined}
        format={format}
        tickFormat={id === 'mean' ? tick : format}
        height={id === 'mean' ? 116 : 72}
      />
    </section>
  ));
}
