import type { SeriesName } from '@/domain/metrics/input';
import type { MetricSeries } from '@/domain/metrics/queries';

type One = MetricSeries['series'][number];

/** The series of a metric over all processes. */
export const seriesOf = (series: MetricSeries | undefined, name: SeriesName): One | undefined =>
  series?.series.find((one) => one.metric === name);

/** What some totals come to together over the whole range, or the one before; null where nothing was sampled. */
export const sumsOf = (
  series: MetricSeries | undefined,
  names: readonly SeriesName[],
  of: 'whole' | 'before',
): number | null => {
  const found = names.map((name) => seriesOf(series, name)?.[of]).filter((figures) => figures != null);
  return found.length === 0 ? null : found.reduce((sum, figures) => sum + figures.sum, 0);
};

/** What some totals come to together in each step, a so many seconds; null where nothing was sampled. */
export const countedPer = (
  series: MetricSeries | undefined,
  names: readonly SeriesName[],
  seconds: number,
): (number | null)[] => {
  const all = names.map((name) => seriesOf(series, name)?.points ?? []);
  return (all[0] ?? []).map((_, i) => {
    const sums = all.map((points) => points[i]?.sum ?? null).filter((sum) => sum !== null);
    if (sums.length === 0 || !series) return null;
    return (seconds * sums.reduce((total, sum) => total + sum, 0)) / series.stepSeconds;
  });
};

const share = (hits: number | null, misses: number | null): number | null =>
  hits === null || misses === null || hits + misses === 0 ? null : hits / (hits + misses);

/** Reads of busy entities that the feature cache answered, 0…1; null where there were none. */
export const rateOf = (series: MetricSeries | undefined, of: 'whole' | 'before'): number | null =>
  share(sumsOf(series, ['pipeline.cache_hits'], of), sumsOf(series, ['pipeline.cache_misses'], of));

/** The same of each step. */
export const ratePoints = (series: MetricSeries | undefined): (number | null)[] => {
  const misses = seriesOf(series, 'pipeline.cache_misses')?.points ?? [];
  return (seriesOf(series, 'pipeline.cache_hits')?.points ?? []).map((hits, i) =>
    share(hits.sum, misses[i]?.sum ?? null),
  );
};
