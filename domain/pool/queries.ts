import { sql } from 'drizzle-orm';
import { databaseSql } from '@/db/client';
import { readGauges, readRates } from '@/domain/database/samples';
import { timeSteps } from '@/domain/database/time-range';
import { log } from '@/domain/log';
import { noInput, query } from '@/domain/operation';
import { poolSeriesInput } from './input';
import { readPool } from './read-pool';
import { readRoom } from './read-room';
import { type Capacity, capacityOf, type PoolReading, type PoolSum, type ServerRoom, sumOf } from './reading';
import type { FeatureResult } from './self-test';

export type PoolSnapshot = { at: string } & (
  | { state: 'none'; room: ServerRoom }
  /** It is set up and does not answer. */
  | { state: 'away'; room: ServerRoom | null }
  | { state: 'read'; reading: PoolReading; sum: PoolSum; capacity: Capacity }
);

/** PgBouncer's pools as they are now, and whether the server has room for all that they may open. */
export const poolSnapshot = query({
  name: 'pool.snapshot',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ actor }): Promise<PoolSnapshot> => {
    const at = new Date().toISOString();
    try {
      const reading = await readPool();
      if (!reading) return { at, state: 'none', room: await readRoom(databaseSql()) };
      const capacity = capacityOf(reading, await readRoom(databaseSql()));
      return { at, state: 'read', reading, sum: sumOf(reading), capacity };
    } catch (error) {
      log.warn({ err: error, requestId: actor.requestId }, 'PgBouncer could not be read');
      return { at, state: 'away', room: await readRoom(databaseSql()).catch(() => null) };
    }
  },
});

export type PoolPoint = {
  at: string;
  clientsActive: number | null;
  clientsWaiting: number | null;
  maxWait: number | null;
  serversActive: number | null;
  serversIdle: number | null;
  /** A second. */
  queries: number | null;
  transactions: number | null;
  /** Mean wait of a transaction for its connection, ms. */
  waitMs: number | null;
};

export type PoolSeries = { at: string; stepSeconds: number; points: PoolPoint[] };

const gauges = [
  'pool_clients_active',
  'pool_clients_waiting',
  'pool_max_wait',
  'pool_servers_active',
  'pool_servers_idle',
];
const totals = ['pool_queries', 'pool_transactions', 'pool_wait'];

/** All pools together over a range, at most 96 points: the highest sample of gauges, rates of totals. */
export const poolSeries = query({
  name: 'pool.series',
  can: 'database:read',
  input: poolSeriesInput,
  live: true,
  run: async ({ db, input }): Promise<PoolSeries> => {
    const now = new Date();
    const steps = timeSteps(input.range, 'line', now);
    const highest = await readGauges(db, gauges, steps);
    const rates = await readRates(db, totals, steps);
    const points = steps.starts.map((start): PoolPoint => {
      const gauge = highest.get(start.getTime()) ?? {};
      const rate = rates.get(start.getTime()) ?? {};
      const transactions = rate.pool_transactions ?? null;
      return {
        at: start.toISOString(),
        clientsActive: gauge.pool_clients_active ?? null,
        clientsWaiting: gauge.pool_clients_waiting ?? null,
        maxWait: gauge.pool_max_wait ?? null,
        serversActive: gauge.pool_servers_active ?? null,
        serversIdle: gauge.pool_servers_idle ?? null,
        queries: rate.pool_queries ?? null,
        transactions,
        waitMs: transactions ? (rate.pool_wait ?? 0) / transactions : null,
      };
    });
    return { at: now.toISOString(), stepSeconds: steps.stepSeconds, points };
  },
});

export type LastPoolTest = { at: string; by: string; moved: boolean; results: FeatureResult[] } | null;

/** What the last self-test found: its audit row is the record of it. */
export const lastPoolTest = query({
  name: 'pool.last-test',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<LastPoolTest> => {
    const [row] = await db.execute(sql`
      select timestamp::text as at, actor_name as by, new_values as found from audit_trail
      where action = 'pool:test' and outcome = 'success' and timestamp > now() - interval '90 days'
      order by timestamp desc limit 1`);
    if (!row) return null;
    const found = row.found as { moved: boolean; results: Record<string, boolean | null> };
    return {
      at: new Date(String(row.at)).toISOString(),
      by: String(row.by),
      moved: found.moved,
      results: Object.entries(found.results).map(([feature, holds]) => ({
        feature: feature as FeatureResult['feature'],
        holds,
      })),
    };
  },
});
