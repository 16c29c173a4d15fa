import { z } from 'zod';
import { type MetricName, metrics } from './catalogue';

export const metricRanges = ['1h', '24h', '7d', '30d', '90d'] as const;
export type MetricRange = (typeof metricRanges)[number];

/** Figures of v_database_health that a job writes beside those of the processes, and that charts may ask for. */
export const databaseGauges = ['db.stream_open', 'db.stream_lag', 'db.stream_dead'] as const;

export type SeriesName = MetricName | (typeof databaseGauges)[number];
const names: [SeriesName, ...SeriesName[]] = [...databaseGauges, ...(Object.keys(metrics) as MetricName[])];

export const metricSeriesInput = z.strictObject({
  metrics: z.array(z.enum(names)).min(1).max(8),
  range: z.enum(metricRanges).default('24h'),
  /** A series for each of web, ingest and worker, instead of one for all. */
  perProcess: z.boolean().default(false),
  /** Also of as long a range before. */
  compare: z.boolean().default(false),
});
