import type { Sql } from 'postgres';
import { type Db, database, kept, openAnalytics } from './client';

/** A standby that is further behind answers nobody: what it would say is too old. */
const maxLagSeconds = (): number => Number(process.env.VIGIL_ANALYTICS_MAX_LAG_SECONDS || 30);
/** How long one answer about its state holds. */
const trustedForMs = 5_000;

export type AnalyticsState = 'none' | 'used' | 'behind' | 'away';

export type AnalyticsReading = {
  state: AnalyticsState;
  /** Why it is away: it does not answer, is no standby, receives nothing, hides whether it does, or a read on it failed just now. */
  why: 'unreachable' | 'no_standby' | 'not_streaming' | 'unseen' | 'failed' | null;
  maxLagSeconds: number;
  /** Address and port, of the URL. */
  server: string | null;
  version: string | null;
  /** Age of the last transaction it has applied; 0 when it has applied all it received. */
  lagSeconds: number | null;
  /** Received and not yet applied, bytes. */
  unapplied: number | null;
  /** Somebody has stopped applying there. */
  paused: boolean;
};

const nothing = (state: AnalyticsState, why: AnalyticsReading['why'] = null): AnalyticsReading => {
  const url = process.env.ANALYTICS_DATABASE_URL;
  return {
    state,
    why,
    maxLagSeconds: maxLagSeconds(),
    server: url && URL.canParse(url) ? new URL(url).host : null,
    version: null,
    lagSeconds: null,
    unapplied: null,
    paused: false,
  };
};

/**
 * Whether the server of ANALYTICS_DATABASE_URL can stand in for this process's database: a streaming standby (a subscriber
 * holds some tables only) that has replayed all it received, or lacks no more than the last 30 s.
 */
export const readAnalytics = async (): Promise<AnalyticsReading> => {
  const analytics = openAnalytics();
  if (!analytics) return nothing('none');
  const now = Date.now();
  if (!analytics.reading || now - analytics.askedAt > trustedForMs) {
    analytics.askedAt = now;
    analytics.reading = ask(analytics.sql).catch(() => nothing('away', 'unreachable'));
  }
  return analytics.reading;
};

export const analyticsState = async (): Promise<AnalyticsState> => (await readAnalytics()).state;

const ask = async (sql: Sql): Promise<AnalyticsReading> => {
  const [row] = await sql`
    select pg_is_in_recovery() as standby, current_setting('server_version') as version, w.pid is not null as receives, w.status,
      case when pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() then 0
        else extract(epoch from now() - pg_last_xact_replay_timestamp()) end::float8 as lag,
      pg_wal_lsn_diff(pg_last_wal_receive_lsn(), pg_last_wal_replay_lsn())::float8 as unapplied,
      case when pg_is_in_recovery() then pg_get_wal_replay_pause_state() <> 'not paused' end as paused
    from (select) one left join pg_stat_wal_receiver w on true`;
  if (row?.standby !== true) return { ...nothing('away', 'no_standby'), version: row?.version ?? null };
  const found = {
    ...nothing('used'),
    version: String(row.version),
    lagSeconds: row.lag === null ? null : Math.max(0, row.lag),
    unapplied: row.unapplied === null ? null : Math.max(0, row.unapplied),
    paused: row.paused === true,
  };
  // Its status is hidden from a login that is not among pg_monitor.
  if (row.receives === true && row.status === null) return { ...found, state: 'away', why: 'unseen' };
  if (row.status !== 'streaming') return { ...found, state: 'away', why: 'not_streaming' };
  const fresh = found.lagSeconds !== null && found.lagSeconds < found.maxLagSeconds;
  return { ...found, state: fresh ? 'used' : 'behind' };
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
    analytics.reading = Promise.resolve(nothing('away', 'failed'));
    return read(database());
  }
};
