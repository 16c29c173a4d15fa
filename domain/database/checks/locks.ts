import type { TransactionSql } from 'postgres';
import { group, withoutValues } from './group';
import type { Cell, Reading } from './judge';

type Waiter = {
  pid: number;
  role: string;
  query: string;
  seconds: number;
  mode: string;
  relation: string | null;
  locktype: string;
  /** 0 stands for a prepared transaction. */
  blockers: number[];
};
type Holder = { pid: number; role: string; application: string; state: string; query: string };

/** pg_blocking_pids() stops the lock manager for a moment, so it is asked of waiting sessions only, once. */
const readWaiters = async (tx: TransactionSql): Promise<Waiter[]> => {
  const rows = await tx`
    select /* vigil:sample */ a.pid, coalesce(a.usename, '') as role, left(a.query, 2000) as query,
      greatest(0, extract(epoch from clock_timestamp() - coalesce(l.waitstart, a.state_change)))::float8 as seconds,
      l.mode, l.locktype, pg_blocking_pids(a.pid) as blockers,
      case when l.database = (select oid from pg_database where datname = current_database())
        then l.relation::regclass::text end as relation
    from pg_stat_activity a join pg_locks l on l.pid = a.pid and not l.granted
    where a.wait_event_type = 'Lock' and a.backend_type <> 'parallel worker' limit 200`;
  return rows as unknown as Waiter[];
};

const readHolders = async (tx: TransactionSql, pids: number[]): Promise<Map<number, Holder>> => {
  if (pids.length === 0) return new Map();
  const rows = await tx`
    select /* vigil:sample */ pid, coalesce(usename, '') as role, coalesce(application_name, '') as application,
      coalesce(state, '') as state, left(query, 2000) as query
    from pg_stat_activity where pid in ${tx(pids)}`;
  return new Map((rows as unknown as Holder[]).map((row) => [row.pid, row]));
};

/** Everybody who waits because of `pid`, through any number of others. */
const behind = (pid: number, waiters: Waiter[]): Set<number> => {
  const found = new Set<number>();
  const look = (of: number) => {
    for (const waiter of waiters) {
      if (!waiter.blockers.includes(of) || found.has(waiter.pid)) continue;
      found.add(waiter.pid);
      look(waiter.pid);
    }
  };
  look(pid);
  return found;
};

const wanted = (waiter: Waiter | undefined): string =>
  waiter ? `${waiter.mode.replace(/Lock$/, '')} ${waiter.relation ?? waiter.locktype}` : '';

/** The sessions at the roots: they block and wait for nobody. */
const lockWaits = async (tx: TransactionSql, waiters: Waiter[], examined: number): Promise<Reading> => {
  const waiting = new Set(waiters.map(({ pid }) => pid));
  const roots = [...new Set(waiters.flatMap(({ blockers }) => blockers))].filter((pid) => !waiting.has(pid));
  const holders = await readHolders(tx, roots.slice(0, 50));
  const trees = roots
    .map((pid) => {
      const blocked = behind(pid, waiters);
      const mine = waiters.filter((waiter) => blocked.has(waiter.pid));
      return {
        pid,
        blocked,
        longest: mine.sort((a, b) => b.seconds - a.seconds)[0],
        holder: holders.get(pid),
      };
    })
    .sort((a, b) => b.blocked.size - a.blocked.size);
  const worst = trees[0];
  const row = ({ pid, blocked, longest, holder }: (typeof trees)[number]): Cell[] => [
    pid === 0 ? 'prepared' : pid,
    holder?.role ?? '',
    holder?.application ?? '',
    holder?.state ?? '',
    blocked.size,
    Math.round(longest?.seconds ?? 0),
    wanted(longest),
  ];
  return {
    value: Math.max(0, ...waiters.map(({ seconds }) => seconds)),
    examined,
    facts: {
      object: worst ? String(worst.pid) : '',
      role: worst?.holder?.role ?? '',
      state: worst?.holder?.state ?? '',
      blocked: worst?.blocked.size ?? 0,
      roots: roots.length,
      wanted: wanted(worst?.longest),
    },
    evidence: trees.map(row),
    sql: trees
      .filter(({ pid, holder }) => pid !== 0 && holder)
      .map(
        ({ pid, holder }) =>
          `SELECT pg_${holder?.state === 'active' ? 'cancel' : 'terminate'}_backend(${pid});`,
      ),
  };
};

/** A statement that waits for a whole table makes everybody behind it wait, readers too. */
const lockQueue = (waiters: Waiter[], examined: number): Reading => {
  const queues = waiters
    .filter((waiter) => waiter.mode === 'AccessExclusiveLock' && waiter.locktype === 'relation')
    .map((waiter) => ({ waiter, behind: behind(waiter.pid, waiters).size }))
    .sort((a, b) => b.behind - a.behind);
  const worst = queues[0];
  return {
    value: worst?.behind ?? 0,
    examined,
    facts: {
      object: worst ? String(worst.waiter.pid) : '',
      role: worst?.waiter.role ?? '',
      relation: worst?.waiter.relation ?? '',
    },
    evidence: queues.map(({ waiter, behind: count }) => [
      waiter.pid,
      waiter.role,
      wanted(waiter),
      count,
      Math.round(waiter.seconds),
      withoutValues(waiter.query),
    ]),
    sql: queues
      .filter((one) => one.behind > 0)
      .map(({ waiter }) => `SELECT pg_cancel_backend(${waiter.pid});`),
  };
};

/** How full the shared table of locks is: it is one for all, and full means that statements fail. */
const lockTable = async (tx: TransactionSql): Promise<Reading> => {
  const [row] = await tx`
    with /* vigil:sample */ held as materialized (
      select pid, locktype, database, relation, page, tuple, virtualxid, transactionid, classid, objid, objsubid
      from pg_locks where not fastpath and mode <> 'SIReadLock'
    ), used as (select count(*)::float8 as n from (select distinct locktype, database, relation, page, tuple, virtualxid,
      transactionid, classid, objid, objsubid from held) as one)
    select used.n as used, current_setting('max_locks_per_transaction')::float8
      * (current_setting('max_connections')::float8 + current_setting('max_prepared_transactions')::float8) as room,
      (select coalesce(json_agg(m), '[]') from (select h.pid, coalesce(a.usename, '') as role,
          coalesce(a.application_name, '') as application, count(*)::int as count
        from held h left join pg_stat_activity a on a.pid = h.pid where h.pid <> pg_backend_pid()
        group by 1, 2, 3 order by 4 desc limit 10) as m) as most
    from used`;
  const most = row?.most as { pid: number; role: string; application: string; count: number }[];
  return {
    value: (100 * Number(row?.used)) / Number(row?.room),
    examined: Number(row?.room),
    facts: {
      object: most[0] ? String(most[0].pid) : '',
      most: most[0]?.count ?? 0,
      used: Number(row?.used),
      room: Number(row?.room),
    },
    evidence: most.map(({ pid, role, application, count }) => [pid, role, application, count]),
  };
};

/** Who waits for whom, and how many locks are taken. */
export const lockChecks = group({
  name: 'locks',
  timeoutMs: 1_000,
  needsMonitor: true,
  checks: ['lockWaits', 'lockQueue', 'lockTable'],
  read: async (tx) => {
    const [sessions] = await tx`
      select /* vigil:sample */ count(*)::int as count from pg_stat_activity where backend_type = 'client backend'`;
    const waiters = await readWaiters(tx);
    const examined = Number(sessions?.count);
    return {
      lockWaits: await lockWaits(tx, waiters, examined),
      lockQueue: lockQueue(waiters, examined),
      lockTable: await lockTable(tx),
    };
  },
});
