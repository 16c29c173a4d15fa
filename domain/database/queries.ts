import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { noInput, query } from '@/domain/operation';
import { readSetting } from '@/domain/settings/read';
import { type DatabaseHealth, readDatabaseHealth, readMetrics } from './health';
import {
  getQueryInput,
  healthSeriesInput,
  listQueriesInput,
  querySeriesInput,
  queryTimeInput,
} from './input';
import { type QueryDetail, type QuerySeries, readQueryDetail, readQuerySeries } from './query-detail';
import { type QueryList, type QueryTime, readQueryList, readQueryTime } from './query-stats';
import { type HealthPoint, readHealthPoints } from './samples';
import { timeSteps } from './time-range';

const iso = (value: unknown): string => new Date(String(value)).toISOString();

/** v_database_health as it is now, and every check as it was found last. */
export const databaseHealth = query({
  name: 'database.health',
  can: 'database:read',
  input: noInput,
  live: true,
  run: ({ db }): Promise<DatabaseHealth> => readDatabaseHealth(db),
});

export type HealthSeries = {
  at: string;
  stepSeconds: number;
  connectionLimit: number | null;
  points: HealthPoint[];
};

/** system_metrics over a range, at most 96 points: the highest sample of gauges, rates of totals, null where none is. */
export const healthSeries = query({
  name: 'database.health-series',
  can: 'database:read',
  input: healthSeriesInput,
  live: true,
  run: async ({ db, input }): Promise<HealthSeries> => {
    const now = new Date();
    const steps = timeSteps(input.range, 'line', now);
    const points = await readHealthPoints(db, steps);
    const [limit] = (await readMetrics(db)).filter((row) => row.metric === 'connections');
    return {
      at: now.toISOString(),
      stepSeconds: steps.stepSeconds,
      connectionLimit: limit?.limit ?? null,
      points,
    };
  },
});

export type CapabilityRow = { capability: string; present: boolean; checkedAt: string };

/** What the server has and what was found missing at the last start; each has a substitute. */
export const listCapabilities = query({
  name: 'database.capabilities',
  can: 'database:read',
  input: noInput,
  run: async ({ db }): Promise<CapabilityRow[]> => {
    const rows = await db.execute(sql`select capability, present, checked_at::text
      from server_capabilities order by capability limit 50`);
    return rows.map((row) => ({
      capability: String(row.capability),
      present: row.present === true,
      checkedAt: iso(row.checked_at),
    }));
  },
});

export type SlowQuery = {
  queryId: string;
  query: string;
  role: string | null;
  calls: number;
  totalMs: number;
  meanMs: number;
  maxMs: number;
  rows: number;
};
export type SlowQueries = {
  /** False where the server has no pg_stat_statements: nothing is known then. */
  known: boolean;
  slowMs: number;
  since: string | null;
  rows: SlowQuery[];
};

const hasStatements = async (db: Db): Promise<boolean> => {
  const [row] = await db.execute(sql`select to_regclass('pg_stat_statements') is not null as known`);
  return row?.known === true;
};

/** v_slow_queries: what the server itself has counted since its last reset, slowest first. */
export const slowQueries = query({
  name: 'database.slow-queries',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<SlowQueries> => {
    const known = await hasStatements(db);
    const slowMs = await readSetting(db, 'database.slow_query_ms');
    if (!known) return { known, slowMs, since: null, rows: [] };
    const [info] = await db.execute(sql`select stats_reset::text as since from pg_stat_statements_info`);
    const rows =
      await db.execute(sql`select query_id::text, query, role_name::text, calls::float8, total_time, mean_time,
      max_time, rows::float8 from v_slow_queries where query_id is not null limit 50`);
    return {
      known,
      slowMs,
      since: info?.since ? iso(info.since) : null,
      rows: rows.map((row) => ({
        queryId: String(row.query_id),
        query: String(row.query),
        role: row.role_name as string | null,
        calls: Number(row.calls),
        totalMs: Number(row.total_time),
        meanMs: Number(row.mean_time),
        maxMs: Number(row.max_time),
        rows: Number(row.rows),
      })),
    };
  },
});

/** Queries of a range by time, calls or mean, with their share of all time; 50 a page. */
export const listQueries = query({
  name: 'database.queries',
  can: 'database:read',
  input: listQueriesInput,
  live: true,
  run: async ({ db, input }): Promise<QueryList> =>
    readQueryList(db, input, await readSetting(db, 'database.slow_query_ms'), new Date()),
});

/** Time spent by query and step, for the stacked chart. */
export const queryTime = query({
  name: 'database.query-time',
  can: 'database:read',
  input: queryTimeInput,
  live: true,
  run: async ({ db, input }): Promise<QueryTime> => readQueryTime(db, input, new Date()),
});

/**
 * One query: its text, its last 24 hours and who ran it.
 * @throws AppError('not_found')
 */
export const getQuery = query({
  name: 'database.query',
  can: 'database:read',
  input: getQueryInput,
  live: true,
  run: async ({ db, input }): Promise<QueryDetail> =>
    readQueryDetail(db, input.queryId, await readSetting(db, 'database.slow_query_ms')),
});

/** Mean time, calls, rows and part of all time of one query over a range, at most 96 points. */
export const querySeries = query({
  name: 'database.query-series',
  can: 'database:read',
  input: querySeriesInput,
  live: true,
  run: async ({ db, input }): Promise<QuerySeries> =>
    readQuerySeries(db, input.queryId, input.range, new Date()),
});
