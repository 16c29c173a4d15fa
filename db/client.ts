import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres, { type Sql } from 'postgres';
import type { AnalyticsReading } from './analytics';
import { guardTransactions } from './lost-connection';
import { oneAtATime } from './one-at-a-time';
import * as schema from './schema';

export type Db = PostgresJsDatabase<typeof schema>;
export type Tx = Parameters<Parameters<Db['transaction']>[0]>[0];

type Connection = { sql: Sql; db: Db };

/** The server for long reads, and what it last said about itself. */
type Analytics = Connection & { askedAt: number; reading: Promise<AnalyticsReading> | null };

// Next loads modules more than once in a process; one pool each is what the server is sized for.
export const kept = globalThis as typeof globalThis & {
  vigilConnection?: Connection;
  vigilDirect?: Sql;
  vigilAnalytics?: Analytics;
  vigilPooler?: Sql;
};

/**
 * Opens a pool. Through PgBouncer in transaction mode pass `prepare: false`.
 * Types: bigint and numeric arrive as text, jsonb as values; timestamps as Date, but as text once Drizzle has been
 * given the client (it replaces the date parsers and passes JSON parameters through, so stringify those yourself).
 */
export const connect = (
  url: string,
  options: {
    max?: number;
    prepare?: boolean;
    name?: string;
    arrays?: boolean;
    onclose?: () => void;
    /** For work that outlasts the usual life of a pool's connections: it is closed by its end alone. */
    lasting?: boolean;
    /** Settings of each session, such as its role; not through a pooler. */
    session?: Record<string, string>;
  } = {},
): Sql => {
  const prepare = options.prepare ?? process.env.VIGIL_POOLER !== '1';
  const sql = guardTransactions(
    postgres(url, {
      max: options.max ?? Number(process.env.VIGIL_POOL_SIZE ?? 10),
      prepare,
      connect_timeout: 5,
      ...(options.lasting ? { max_lifetime: null } : { idle_timeout: 300 }),
      // Seconds between attempts to connect: a server that comes back is used again within half a second.
      backoff: (retries: number) => Math.min(0.05 * 2 ** retries, 0.5),
      onnotice: () => {},
      // The client asks for array types before its first query; a connection lost then rejects outside every promise.
      fetch_types: options.arrays ?? true,
      ...(options.onclose ? { onclose: options.onclose } : {}),
      connection: {
        ...options.session,
        application_name: `vigil-${options.name ?? process.env.VIGIL_PROCESS ?? 'cli'}`,
      },
    }),
  );
  return prepare ? sql : oneAtATime(sql);
};

const processUrl = (): string => {
  const name = (process.env.VIGIL_PROCESS ?? 'cli').toUpperCase();
  const url = process.env[`VIGIL_${name}_DATABASE_URL`] ?? process.env.DATABASE_URL;
  if (!url) throw new Error(`no database: set VIGIL_${name}_DATABASE_URL or DATABASE_URL`);
  return url;
};

const connection = (): Connection => {
  if (!kept.vigilConnection) setDatabase(connect(processUrl()));
  return kept.vigilConnection as Connection;
};

/** Makes `sql` this process's database; tests call it with their own. */
export const setDatabase = (sql: Sql): void => {
  kept.vigilConnection = { sql, db: drizzle(sql, { schema }) };
};

/** This process's database through Drizzle. */
export const database = (): Db => connection().db;

/** The same pool as tagged templates, for statements on the hot path. */
export const databaseSql = (): Sql => connection().sql;

/** A connection past any pooler, for LISTEN and session locks. */
export const directSql = (): Sql => {
  kept.vigilDirect ??= connect(process.env.DIRECT_DATABASE_URL ?? processUrl(), {
    max: 2,
    prepare: true,
    name: `${process.env.VIGIL_PROCESS ?? 'cli'}-listen`,
  });
  return kept.vigilDirect;
};

/** The server of ANALYTICS_DATABASE_URL, past any pooler; null without one. Whether it may be read says analyticsState(). */
export const openAnalytics = (): Analytics | null => {
  const url = process.env.ANALYTICS_DATABASE_URL;
  if (!url) return null;
  if (!kept.vigilAnalytics) {
    const sql = connect(url, {
      max: 4,
      prepare: true,
      name: `${process.env.VIGIL_PROCESS ?? 'cli'}-analytics`,
    });
    const db = drizzle(sql, { schema });
    kept.vigilAnalytics = { sql, db, askedAt: 0, reading: null };
  }
  return kept.vigilAnalytics;
};

/**
 * PgBouncer's own console, of VIGIL_POOLER_ADMIN_URL; null without one. It knows no parameters and no prepared
 * statements: `sql.unsafe('SHOW POOLS').simple()`.
 */
export const openPooler = (): Sql | null => {
  const url = process.env.VIGIL_POOLER_ADMIN_URL;
  if (!url) return null;
  kept.vigilPooler ??= connect(url, { max: 1, prepare: false, arrays: false, name: 'pool' });
  return kept.vigilPooler;
};

/** One more connection to this process's database, by the same way. The caller ends it. */
export const anotherConnection = (options: { name: string; prepare: boolean }): Sql =>
  connect(processUrl(), { ...options, max: 1, arrays: false });

/** Ends what this process has opened. */
export const closeDatabase = async (): Promise<void> => {
  const { vigilConnection, vigilDirect, vigilAnalytics, vigilPooler } = kept;
  kept.vigilConnection = undefined;
  kept.vigilDirect = undefined;
  kept.vigilAnalytics = undefined;
  kept.vigilPooler = undefined;
  const opened = [vigilConnection?.sql, vigilDirect, vigilAnalytics?.sql, vigilPooler];
  await Promise.all(opened.map((sql) => sql?.end({ timeout: 5 })));
};
