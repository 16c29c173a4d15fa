import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '@/db/client';
import { noInput, query } from '@/domain/operation';
import { type MetricName, type ProcessName, processNames } from './catalogue';
import { metricSeriesInput, type SeriesName } from './input';
import { type MetricSteps, metricSteps } from './steps';

/** A step of a metric: all that was counted in it (totals), or the mean and the highest sample (gauges). */
export type MetricPoint = { at: string; sum: number | null; mean: number | null; max: number | null };

export type MetricSeries = {
  at: string;
  stepSeconds: number;
  /** In the order asked for; `process` is null where all are taken together, and for figures of the database. */
  series: { metric: SeriesName; process: ProcessName | null; points: MetricPoint[] }[];
};

type Input = z.output<typeof metricSeriesInput>;
type Row = Record<string, unknown>;

const listed = (input: Input) =>
  sql.join(
    input.metrics.map((metric) => sql`${metric}`),
    sql`, `,
  );

const processOf = (input: Input) => (input.perProcess ? sql`labels ->> 'process'` : sql`null::text`);

/** Samples by step: each metric is a range of the index on (metric_name, timestamp) of the hours that the range meets. */
const readSamples = (db: Db, input: Input, steps: MetricSteps): Promise<Row[]> =>
  db.execute(sql`
    select (floor(extract(epoch from timestamp) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8 as step,
      metric_name as metric, ${processOf(input)} as process, sum(metric_value)::float8 as sum,
      avg(metric_value)::float8 as mean, max(metric_value)::float8 as max
    from system_metrics
    where metric_name in (${listed(input)}) and timestamp >= ${steps.sampledFrom.toISOString()}
      and timestamp < ${steps.to.toISOString()}
    group by 1, 2, 3`);

const readDays = (db: Db, input: Input, steps: MetricSteps): Promise<Row[]> =>
  db.execute(sql`
    select extract(epoch from day::timestamp at time zone 'UTC')::float8 as step, metric_name as metric,
      ${processOf(input)} as process, sum(mean_value * samples) as sum,
      sum(mean_value * samples) / sum(samples) as mean, max(max_value) as max
    from system_metrics_daily
    where metric_name in (${listed(input)}) and day >= ${steps.starts[0]?.toISOString().slice(0, 10)}::date
      and day < ${steps.sampledFrom.toISOString().slice(0, 10)}::date
    group by 1, 2, 3`);

const keyOf = (metric: unknown, process: unknown, step: number): string =>
  `${metric} ${process ?? ''} ${step}`;

/** Metrics over a range, at most 96 points each: from the samples up to a week, beyond from the daily roll-up. */
export const metricSeries = query({
  name: 'metric.series',
  can: 'metric:read',
  input: metricSeriesInput,
  live: true,
  run: async ({ db, input }): Promise<MetricSeries> => {
    const now = new Date();
    const steps = metricSteps(input.range, now);
    const rows = [
      ...(await readSamples(db, input, steps)),
      ...(steps.daily ? await readDays(db, input, steps) : []),
    ];
    const found = new Map(rows.map((row) => [keyOf(row.metric, row.process, Number(row.step)), row]));
    const series = input.metrics.flatMap((metric) =>
      (input.perProcess && !metric.startsWith('db.') ? processNames : [null]).map((process) => ({
        metric,
        process,
        points: steps.starts.map((start) =>
          pointOf(start, found.get(keyOf(metric, process, start.getTime() / 1000))),
        ),
      })),
    );
    // A process that does not have a metric at all (the web decides no payments) has no series of it.
    const known = new Set(rows.map((row) => `${row.metric} ${row.process ?? ''}`));
    return {
      at: now.toISOString(),
      stepSeconds: steps.stepSeconds,
      series: series.filter(({ metric, process }) => process === null || known.has(`${metric} ${process}`)),
    };
  },
});

const pointOf = (start: Date, row: Row | undefined): MetricPoint => ({
  at: start.toISOString(),
  sum: row ? Number(row.sum) : null,
  mean: row ? Number(row.mean) : null,
  max: row ? Number(row.max) : null,
});

/** A running process by its last sample. */
export type ProcessRow = {
  instance: string;
  process: ProcessName;
  sampledAt: string;
  /** Percent of one core, MiB, ms and seconds; null where the process has not said. */
  cpu: number | null;
  memory: number | null;
  heap: number | null;
  eventLoopDelay: number | null;
  eventLoopDelayMax: number | null;
  uptime: number | null;
};

const shown = {
  'process.cpu': 'cpu',
  'process.memory': 'memory',
  'process.heap': 'heap',
  'process.event_loop_delay': 'eventLoopDelay',
  'process.event_loop_delay_max': 'eventLoopDelayMax',
  'process.uptime': 'uptime',
} as const satisfies Partial<Record<MetricName, keyof ProcessRow>>;

/** Samples come once a minute: one without any for so long has ended, or cannot reach the database. */
const silentAfterSeconds = 180;
const mostProcesses = 100;

/** Every process that has been heard of in the last three minutes, with its last figures. */
export const listProcesses = query({
  name: 'metric.processes',
  can: 'metric:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<ProcessRow[]> => {
    const now = Date.now();
    const rows = await db.execute(sql`
      select labels ->> 'instance' as instance, labels ->> 'process' as process, max(timestamp)::text as at,
        jsonb_object_agg(metric_name, metric_value order by timestamp) as figures
      from system_metrics
      where metric_name in (${sql.join(
        Object.keys(shown).map((name) => sql`${name}`),
        sql`, `,
      )})
        and timestamp >= ${new Date(now - silentAfterSeconds * 1000).toISOString()}
        and timestamp < ${new Date(now + 60_000).toISOString()}
      group by 1, 2 order by 2, 1 limit ${mostProcesses}`);
    return rows
      .filter((row) => processNames.includes(row.process as ProcessName))
      .map((row) => processRow(row));
  },
});

const processRow = (row: Row): ProcessRow => {
  const figures = row.figures as Record<string, number>;
  const figure = (name: keyof typeof shown): number | null =>
    name in figures ? Number(figures[name]) : null;
  return {
    instance: String(row.instance),
    process: row.process as ProcessName,
    sampledAt: new Date(String(row.at)).toISOString(),
    cpu: figure('process.cpu'),
    memory: figure('process.memory'),
    heap: figure('process.heap'),
    eventLoopDelay: figure('process.event_loop_delay'),
    eventLoopDelayMax: figure('process.event_loop_delay_max'),
    uptime: figure('process.uptime'),
  };
};
