import type { Sql } from 'postgres';
import { type Db, database, kept, openAnalytics } from './client';

/** A standby that is further behind answers nobody: what it would say is too old. */
const maxLagSeconds = (): number => Number(process.env.VIGIL_ANALYTICS_MAX_LAG_SECONDS || 30);
/** How long one answer about its state holds. */
const trustedForMs = 5_000;

export type AnalyticsState = 'none' | 'used' | 'behind' | 'away';

/**
 * Whether the server of ANALYTICS_DATABASE_URL can stand in for this process's database: a streaming standby (a subscriber
 * holds some tables only) that has replayed all it received, or lacks no more than the last 30 s.
 */
export const analyticsState = async (): Promise<AnalyticsState> => {
  const analytics = openAnalytics();
  if (!analytics) return 'none';
  const now = Date.now();
  if (now - analytics.askedAt > trustedForMs) {
    analytics.askedAt = now;
    analytics.state = ask(analytics.sql).catch(() => 'away');
  }
  return analytics.state;
};

const ask = async (sql: Sql): Promise<AnalyticsState> => {
  const [row] = await sql`select pg_is_in_recovery() as standby,
    exists (select from pg_stat_wal_receiver where status = 'streaming') as streaming,
    coalesce(pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()
      or now() - pg_last_xact_replay_timestamp() < make_interval(secs => ${maxLagSeconds()}), false) as fresh`;
  if (row?.standby !== true || row.streaming !== true) return 'away';
  return row.fresh === true ? 'used' : 'behind';
};

/**
 * Reads what is long on the standby, where there is one that keeps up, and otherwise, or when it fails, on this process's
 * database. The answer may be some seconds old.
 */
export const readLong = async <T>(read: (db: Db) => Promise<T>): Promise<T> => {
  if ((await analyticsState()) !== 'used') return read(database());
  const analytics = kept.vigilAnalytics;
  if (!analytics) return read(database());
  try {
    return await read(analytics.db);
  } catch {
    // Gone meanwhile, or cancelled so that replay can go on; what is really wrong with the query the other server says too.
    analytics.state = Promise.resolve('away');
    return read(database());
  }
};
