import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { bytesPerMiB } from './sample-health';
import type { TimeSteps } from './time-range';

const names = (metrics: readonly string[]) =>
  sql.join(
    metrics.map((metric) => sql`${`db.${metric}`}`),
    sql`, `,
  );

/** One figure a step: its highest sample (gauges) or its growth a second (totals). */
type StepValues = Map<number, Record<string, number>>;

const totals = [
  'blocks_hit',
  'blocks_read',
  'transactions_committed',
  'transactions_rolled_back',
  'temp_bytes',
  'wal_bytes',
] as const;

const stepOf = (steps: TimeSteps, at = sql`timestamp`) =>
  sql`(floor(extract(epoch from ${at}) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8`;

/** The highest sample of each gauge in each step. */
export const readGauges = async (
  db: Db,
  metrics: readonly string[],
  steps: TimeSteps,
): Promise<StepValues> => {
  const rows = await db.execute(sql`
    select ${stepOf(steps)} as step, metric_name as name,
      max(metric_value * case when labels ->> 'unit' = 'MiB' then ${bytesPerMiB} else 1 end)::float8 as value
    from system_metrics where metric_name in (${names(metrics)}) and timestamp >= ${steps.from.toISOString()}
    group by 1, 2`);
  return collect(rows);
};

/** The growth of each total in each step, a second. */
export const readRates = async (
  db: Db,
  counted: readonly string[],
  steps: TimeSteps,
): Promise<StepValues> => {
  // A little earlier, so that the first step has something to grow from.
  const earlier = new Date(steps.from.getTime() - 600_000);
  const rows = await db.execute(sql`
    select ${stepOf(steps, sql`at`)} as step, metric_name as name, sum(grown) / sum(seconds) as value
    from metric_growth(array[${names(counted)}], ${earlier.toISOString()}) where at >= ${steps.from.toISOString()}
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
  walBytes: number | null;
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
  const rates = await readRates(db, totals, steps);
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
      walBytes: rate.wal_bytes ?? null,
    };
  });
};
