import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '@/db/client';
import { noInput, query } from '@/domain/operation';
import { type MetricName, type ProcessName, processNames } from './catalogue';
import { metricSeriesInput, type SeriesName } from './input';
import { type MetricSteps, metricSteps } from './steps';

/** All that was counted (totals), or the mean and the highest sample (gauges). */
export type MetricFigures = { sum: number; mean: number; max: number };
/** A step of a metric; null without a sample. */
export type MetricPoint = { at: string } & { [Figure in keyof MetricFigures]: number | null };

export type MetricSeries = {
  at: string;
  stepSeconds: number;
  /** In the order asked for; `process` is null where all are taken together, and for figures of the database. */
  series: {
    metric: SeriesName;
    process: ProcessName | null;
    points: MetricPoint[];
    /** Of the whole range, and of the one before where that was asked for. */
    whole: MetricFigures | null;
    before: MetricFigures | null;
  }[];
};

type Input = z.output<typeof metricSeriesInput>;
type Row = Record<string, unknown>;

const listed = (input: Input) =>
  sql.join(
    input.metrics.map((metric) => sql`${metric}`),
    sql`, `,
  );

const processOf = (input: Input) => (input.perProcess ? sql`labels ->> 'process'` : sql`null::text`);

/**
 * Samples by step: each metric is a range of the index on (metric_name, timestamp), in the hours that the range meets.
 * Without the length of a step all are one.
 */
const readSamples = (
  db: Db,
  input: Input,
  from: Date,
  to: Date,
  stepSeconds: number | null,
): Promise<Row[]> =>
  db.execute(sql`
    select ${stepSeconds ? sql`(floor(extract(epoch from timestamp) / ${stepSeconds}) * ${stepSeconds})::float8` : sql`0::float8`} as step,
      metric_name as metric, ${processOf(input)} as process, count(*)::float8 as samples, sum(metric_value)::float8 as sum,
      max(metric_value)::float8 as max
    from system_metrics
    where metric_name in (${listed(input)}) and timestamp >= ${from.toISOString()} and timestamp < ${to.toISOString()}
    group by 1, 2, 3`);

const readDays = (db: Db, input: Input, from: Date, to: Date, byDay: boolean): Promise<Row[]> =>
  db.execute(sql`
    select ${byDay ? sql`extract(epoch from day::timestamp at time zone 'UTC')::float8` : sql`0::float8`} as step,
      metric_name as metric, ${processOf(input)} as process, sum(samples)::float8 as samples,
      sum(mean_value * samples) as sum, max(max_value) as max
    from system_metrics_daily
    where metric_name in (${listed(input)}) and day >= ${from.toISOString().slice(0, 10)}::date
      and day < ${to.toISOString().slice(0, 10)}::date
    group by 1, 2, 3`);

const readRange = async (db: Db, input: Input, steps: MetricSteps): Promise<Row[]> => [
  ...(await readSamples(db, input, steps.sampledFrom, steps.to, steps.stepSeconds)),
  ...(steps.daily ? await readDays(db, input, steps.starts[0] as Date, steps.sampledFrom, true) : []),
];

const readBefore = ({ before }: MetricSteps, db: Db, input: Input): Promise<Row[]> =>
  before.daily
    ? readDays(db, input, before.from, before.to, false)
    : readSamples(db, input, before.from, before.to, null);

const figuresOf = (rows: readonly Row[]): MetricFigures | null => {
  const add = (key: 'samples' | 'sum') => rows.reduce((all, row) => all + Number(row[key]), 0);
  const samples = add('samples');
  if (samples === 0) return null;
  const sum = add('sum');
  return { sum, mean: sum / samples, max: Math.max(...rows.map((row) => Number(row.max))) };
};

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
    const rows = await readRange(db, input, steps);
    const earlier = input.compare ? await readBefore(steps, db, input) : [];
    const found = new Map(rows.map((row) => [keyOf(row.metric, row.process, Number(row.step)), row]));
    const series = input.metrics.flatMap((metric) =>
      (input.perProcess && !metric.startsWith('db.') ? processNames : [null]).map((process) => {
        const own = (row: Row) => row.metric === metric && (row.process ?? null) === process;
        return {
          metric,
          process,
          points: steps.starts.map((start) =>
            pointOf(start, found.get(keyOf(metric, process, start.getTime() / 1000))),
          ),
          whole: figuresOf(rows.filter(own)),
          before: figuresOf(earlier.filter(own)),
        };
      }),
    );
    return {
      at: now.toISOString(),
      stepSeconds: steps.stepSeconds,
      // A process that does not have a metric at all (the web decides no payments) has no series of it.
      series: series.filter(({ process, whole }) => process === null || whole !== null),
    };
  },
});

const pointOf = (start: Date, row: Row | undefined): MetricPoint => ({
  at: start.toISOString(),
  ...((row && figuresOf([row])) ?? { sum: null, mean: null, max: null }),
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
