import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Growth } from './checks';
import { bytesPerMiB } from './sample-health';
import type { TimeSteps } from './time-range';

/** Samples further apart than this say nothing about the time between them. */
const longestGapSeconds = 600;

const totals = [
  'blocks_hit',
  'blocks_read',
  'transactions_committed',
  'transactions_rolled_back',
  'deadlocks',
  'temp_bytes',
] as const;

const names = (metrics: readonly string[]) =>
  sql.join(
    metrics.map((metric) => sql`${`db.${metric}`}`),
    sql`, `,
  );

/** Growth between samples that are close enough: a total that went down began again from zero. */
const differences = (metrics: readonly string[], from: Date) => sql`
  select metric_name, timestamp, seconds, case when value >= before then value - before else value end as grown
  from (select metric_name, timestamp, metric_value::float8 as value,
      lag(metric_value::float8) over w as before,
      extract(epoch from timestamp - lag(timestamp) over w)::float8 as seconds
    from system_metrics
    where metric_name in (${names(metrics)}) and timestamp >= ${from.toISOString()}
    window w as (partition by metric_name order by timestamp)) as samples
  where before is not null and seconds > 0 and seconds <= ${longestGapSeconds}`;

/** What the totals grew by since `from`; null without two samples. */
export const readGrowth = async (db: Db, from: Date): Promise<Growth | null> => {
  const rows = await db.execute(sql`select metric_name as name, sum(grown) as grown, sum(seconds) as seconds
    from (${differences(totals, from)}) as d group by metric_name`);
  if (rows.length === 0) return null;
  const grown = Object.fromEntries(rows.map((row) => [String(row.name).slice(3), Number(row.grown)]));
  return { seconds: Math.max(...rows.map((row) => Number(row.seconds))), grown };
};

/** One figure a step: its highest sample (gauges) or its growth a second (totals). */
type StepValues = Map<number, Record<string, number>>;

const stepOf = (steps: TimeSteps) =>
  sql`(floor(extract(epoch from timestamp) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8`;

/** The highest sample of each gauge in each step. */
const readGauges = async (db: Db, metrics: readonly string[], steps: TimeSteps): Promise<StepValues> => {
  const rows = await db.execute(sql`
    select ${stepOf(steps)} as step, metric_name as name,
      max(metric_value * case when labels ->> 'unit' = 'MiB' then ${bytesPerMiB} else 1 end)::float8 as value
    from system_metrics where metric_name in (${names(metrics)}) and timestamp >= ${steps.from.toISOString()}
    group by 1, 2`);
  return collect(rows);
};

/** The growth of each total in each step, a second. */
const readRates = async (db: Db, steps: TimeSteps): Promise<StepValues> => {
  const earlier = new Date(steps.from.getTime() - longestGapSeconds * 1000);
  const rows = await db.execute(sql`
    select ${stepOf(steps)} as step, metric_name as name, sum(grown) / sum(seconds) as value
    from (${differences(totals, earlier)}) as d where timestamp >= ${steps.from.toISOString()}
    group by 1, 2`);
  return collect(rows);
};

const collect = (rows: Iterable<Record<string, unknown>>): StepValues => {
  const values: StepValues = new Map();
  for (const row of rows) {
    const step = Number(row.step) * 1000;
    const point = values.get(step) ?? {};
    point[String(row.name).slice(3)] = Number(row.value);
    values.set(step, point);
  }
  return values;
};

export type HealthPoint = {
  at: string;
  connections: number | null;
  active: number | null;
  idleInTransaction: number | null;
  lockWaits: number | null;
  longestTransaction: number | null;
  streamLag: number | null;
  databaseSize: number | null;
  /** Percent of the blocks of this step, not of all time. */
  cacheHitRatio: number | null;
  /** A second. */
  commits: number | null;
  rollbacks: number | null;
  temporaryBytes: number | null;
};

const gauges = [
  'connections',
  'connections_active',
  'connections_idle_in_transaction',
  'lock_waits',
  'longest_transaction',
  'stream_lag',
  'database_size',
] as const;

/** system_metrics by step: the highest sample of gauges, rates of totals, null where there is none. */
export const readHealthPoints = async (db: Db, steps: TimeSteps): Promise<HealthPoint[]> => {
  const highest = await readGauges(db, gauges, steps);
  const rates = await readRates(db, steps);
  return steps.starts.map((start): HealthPoint => {
    const gauge = highest.get(start.getTime()) ?? {};
    const rate = rates.get(start.getTime()) ?? {};
    const blocks = (rate.blocks_hit ?? 0) + (rate.blocks_read ?? 0);
    return {
      at: start.toISOString(),
      connections: gauge.connections ?? null,
      active: gauge.connections_active ?? null,
      idleInTransaction: gauge.connections_idle_in_transaction ?? null,
      lockWaits: gauge.lock_waits ?? null,
      longestTransaction: gauge.longest_transaction ?? null,
      streamLag: gauge.stream_lag ?? null,
      databaseSize: gauge.database_size ?? null,
      cacheHitRatio: blocks > 0 ? (100 * (rate.blocks_hit ?? 0)) / blocks : null,
      commits: rate.transactions_committed ?? null,
      rollbacks: rate.transactions_rolled_back ?? null,
      temporaryBytes: rate.temp_bytes ?? null,
    };
  });
};
