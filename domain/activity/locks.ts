import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import type { LockWait } from './lock-tree';

/** More than these are counted and not looked into. */
const mostWaiters = 500;

/** Two locks are on the same object. */
const object = (alias: 'w' | 'h') =>
  sql.raw(
    `concat_ws(':', ${[
      'locktype',
      'database',
      'relation',
      'page',
      'tuple',
      'virtualxid',
      'transactionid',
      'classid',
      'objid',
      'objsubid',
    ]
      .map((column) => `coalesce(${alias}.${column}::text, '-')`)
      .join(', ')})`,
  );

/**
 * Everybody who waits for a lock, with all that are in the way. pg_blocking_pids() stops the lock manager for a moment,
 * so it is asked once a waiter and for nobody else. Who waits for a row waits for the transaction that changed it;
 * its table is that of the tuple lock which the waiter holds meanwhile.
 */
export const readLockWaits = async (db: Db | Tx): Promise<LockWait[]> => {
  const rows = await db.execute(sql`
    with waiters as materialized (
      select a.pid, pg_blocking_pids(a.pid) as blockers from pg_stat_activity a
      where a.wait_event_type = 'Lock' and a.pid <> pg_backend_pid() order by a.query_start limit ${mostWaiters}
    ), locks as materialized (
      select l.* from pg_locks l join waiters using (pid)
    ), wanted as (
      select distinct on (w.pid) w.pid, w.locktype, w.mode, ${object('w')} as object,
        coalesce(w.relation, (select h.relation from locks h where h.pid = w.pid and h.granted and h.locktype = 'tuple' limit 1)) as relation,
        coalesce(extract(epoch from clock_timestamp() - w.waitstart)::float8, 0) as seconds,
        exists (select from locks h where h.pid = w.pid and h.granted and ${object('h')} = ${object('w')}) as holds
      from locks w where not w.granted order by w.pid, w.waitstart
    )
    select wanted.*, to_json(waiters.blockers) as blockers, c.relname::text as relation_name
    from wanted join waiters using (pid)
    left join pg_class c on c.oid = wanted.relation
    where cardinality(waiters.blockers) > 0`);
  return rows.map((row) => ({
    pid: Number(row.pid),
    blockers: row.blockers as number[],
    lockType: String(row.locktype),
    mode: String(row.mode),
    relation: row.relation_name as string | null,
    object: String(row.object),
    holds: row.holds === true,
    seconds: Math.max(0, Number(row.seconds)),
  }));
};

export type HeldLock = {
  lockType: string;
  mode: string;
  relation: string | null;
  granted: boolean;
  /** Of that kind on that table: rows, pages, tuples. */
  count: number;
};

/** Weakest first, as PostgreSQL's manual lists them; what others can wait for stands out by it. */
const strengths = [
  'AccessShareLock',
  'RowShareLock',
  'RowExclusiveLock',
  'ShareUpdateExclusiveLock',
  'ShareLock',
  'ShareRowExclusiveLock',
  'ExclusiveLock',
  'AccessExclusiveLock',
];

export type LocksOfSession = {
  /** What it waits for, then the strongest, at most 50 kinds; locks on indexes say no more than those on their tables. */
  rows: HeldLock[];
  /** Kinds in all. */
  found: number;
};

/** What a session holds and waits for; that each transaction holds its own number is left out. */
export const readLocksOf = async (db: Db | Tx, pid: number): Promise<LocksOfSession> => {
  const strength = sql`array_position(array[${sql.join(
    strengths.map((mode) => sql`${mode}`),
    sql`, `,
  )}]::text[], l.mode)`;
  const rows = await db.execute(sql`
    select l.locktype, l.mode, c.relname::text as relation, l.granted, count(*)::int as count, count(*) over ()::int as found
    from pg_locks l left join pg_class c on c.oid = l.relation
      and l.database in (0, (select d.oid from pg_database d where d.datname = current_database()))
    where l.pid = ${pid}
      and (not l.granted or l.locktype <> 'virtualxid' and (c.relkind is null or c.relkind not in ('i', 'I')))
    group by 1, 2, 3, 4 order by 4, max(${strength}) desc nulls last, 3 nulls last, 1 limit 50`);
  return {
    found: Number(rows[0]?.found ?? 0),
    rows: rows.map((row) => ({
      lockType: String(row.locktype),
      mode: String(row.mode),
      relation: row.relation as string | null,
      granted: row.granted === true,
      count: Number(row.count),
    })),
  };
};
