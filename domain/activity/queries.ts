import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { sqlState } from '@/domain/errors';
import { query } from '@/domain/operation';
import { findSessionInput, snapshotInput } from './input';
import { type LockTree, lockTree } from './lock-tree';
import { type LocksOfSession, readLocksOf, readLockWaits } from './locks';
import {
  type Connections,
  isClient,
  readConnections,
  readSessions,
  type Session,
  stateCode,
} from './sessions';

const mostSessions = 200;
const mostTreeRows = 300;
const listedLength = 400;
const wholeLength = 10_000;

/** Looking must not wait for what it looks at. */
const limits = { lock_timeout: '100ms', statement_timeout: '3s' };

/** Runs in one read-only transaction, so that all it reads of sessions is of one moment. */
const inSnapshot = <T>(db: Db, run: (tx: Tx, version: number) => Promise<T>): Promise<T> =>
  db.transaction(
    async (tx) => {
      const [row] = await tx.execute(sql`select current_setting('server_version_num')::int as version,
        set_config('lock_timeout', ${limits.lock_timeout}, true), set_config('statement_timeout', ${limits.statement_timeout}, true)`);
      return run(tx, Number(row?.version));
    },
    { accessMode: 'read only' },
  );

export type Locks = { tree: LockTree; sessions: Session[] };

export type ActivitySnapshot = {
  at: string;
  connections: Connections;
  sessions: Session[];
  /** Sessions that match, those beyond the first 200 too. */
  found: number;
  /** Null when the locks could not be read in time: everything else is of now. */
  locks: Locks | null;
};

/** Who waits for whom, with the sessions that stand in the tree. */
const readLocks = async (tx: Tx, version: number, waiting: boolean): Promise<Locks | null> => {
  if (!waiting) return { tree: lockTree([], mostTreeRows), sessions: [] };
  try {
    // In a savepoint: a catalog that somebody has locked costs the tree and not the rest.
    return await tx.transaction(async (nested) => {
      const tree = lockTree(await readLockWaits(nested), mostTreeRows);
      const pids = [...new Set(tree.rows.map((row) => (row.kind === 'session' ? row.pid : row.parent)))];
      if (pids.length === 0) return { tree, sessions: [] };
      const where = sql`a.pid in (${sql.join(
        pids.map((pid) => sql`${pid}::int`),
        sql`, `,
      )})`;
      return {
        tree,
        sessions: await readSessions(nested, { version, where, length: listedLength, limit: mostTreeRows }),
      };
    });
  } catch (error) {
    if (['55P03', '57014'].includes(sqlState(error) ?? '')) return null;
    throw error;
  }
};

/** Connections by state against the limit, sessions (at most 200) and the lock tree, all of one moment. */
export const activitySnapshot = query({
  name: 'activity.snapshot',
  can: 'database:read',
  input: snapshotInput,
  live: true,
  run: async ({ db, input }): Promise<ActivitySnapshot> =>
    inSnapshot(db, async (tx, version) => {
      const connections = await readConnections(tx);
      const conditions: SQL[] = [
        input.background ? sql`(a.datname = current_database() or a.datname is null)` : isClient,
        input.state ? sql`${stateCode} = ${input.state}` : sql`true`,
        input.role === undefined ? sql`true` : sql`a.usename = ${input.role}`,
        input.application === undefined ? sql`true` : sql`a.application_name = ${input.application}`,
        input.waiting ? sql`a.wait_event_type = 'Lock'` : sql`true`,
      ];
      const where = sql.join(conditions, sql` and `);
      const [count] = await tx.execute(
        sql`select count(*)::int as found from pg_stat_activity a where (${where}) and a.pid <> pg_backend_pid()`,
      );
      const [waits] = await tx.execute(
        sql`select exists (select from pg_stat_activity a where a.wait_event_type = 'Lock') as waiting`,
      );
      return {
        at: new Date().toISOString(),
        connections,
        sessions: await readSessions(tx, { version, where, length: listedLength, limit: mostSessions }),
        found: Number(count?.found),
        locks: await readLocks(tx, version, waits?.waiting === true),
      };
    }),
});

export type SessionDetail = {
  at: string;
  session: Session;
  locks: LocksOfSession;
  /** Whom it waits for; 0 is a prepared transaction. */
  blockedBy: number[];
};

/** One session with its whole query and its locks; null when it has ended: its pid may be another's by now. */
export const findSession = query({
  name: 'activity.session',
  can: 'database:read',
  input: findSessionInput,
  live: true,
  run: async ({ db, input }): Promise<SessionDetail | null> =>
    inSnapshot(db, async (tx, version) => {
      const where = sql`a.pid = ${input.pid} and a.backend_start = ${input.backendStart}::text::timestamptz`;
      const [session] = await readSessions(tx, { version, where, length: wholeLength, limit: 1 });
      if (!session) return null;
      const waiting = session.wait?.type === 'Lock';
      const [blockers] = waiting
        ? await tx.execute(sql`select to_json(pg_blocking_pids(${input.pid})) as pids`)
        : [];
      return {
        at: new Date().toISOString(),
        session,
        locks: await readLocksOf(tx, input.pid),
        blockedBy: [...new Set((blockers?.pids ?? []) as number[])],
      };
    }),
});
