import type { TransactionSql } from 'postgres';
import { totalsWrapAt } from '@/domain/database/sample-health';
import { readPool } from './read-pool';
import { sumOf } from './reading';

/** What a minute's sample keeps, all pools together; `total` counts since PgBouncer began. */
export const poolMetrics = {
  pool_clients_active: 'count',
  pool_clients_waiting: 'count',
  pool_max_wait: 'seconds',
  pool_servers_active: 'count',
  pool_servers_idle: 'count',
  pool_transactions: 'total',
  pool_queries: 'total',
  /** Milliseconds that clients have waited for a connection. */
  pool_wait: 'total',
} as const;

/**
 * Writes the pools of now into system_metrics as `db.pool_…`.
 * @returns rows written; null where no PgBouncer is set up
 * @throws when it does not answer: the run of the job says so
 */
export const samplePool = async (tx: TransactionSql, now: Date): Promise<number | null> => {
  const reading = await readPool();
  if (!reading) return null;
  const sum = sumOf(reading);
  const values: Record<keyof typeof poolMetrics, number> = {
    pool_clients_active: sum.clientsActive,
    pool_clients_waiting: sum.clientsWaiting,
    pool_max_wait: sum.maxWaitSeconds,
    pool_servers_active: sum.serversActive,
    pool_servers_idle: sum.serversIdle,
    pool_transactions: sum.transactions % totalsWrapAt,
    pool_queries: sum.queries % totalsWrapAt,
    pool_wait: Math.round(sum.waitSeconds * 1000) % totalsWrapAt,
  };
  const rows = Object.entries(poolMetrics).map(([name, unit]) => ({
    name: `db.${name}`,
    value: values[name as keyof typeof poolMetrics],
    unit,
  }));
  const result = await tx`
    insert /* vigil:sample */ into system_metrics (metric_name, metric_value, labels, timestamp)
    select m.name, round(m.value, 4), jsonb_build_object('unit', m.unit), ${now.toISOString()}::text::timestamptz
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as m(name text, value numeric, unit text)`;
  return result.count;
};
