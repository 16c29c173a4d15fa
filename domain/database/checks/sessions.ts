import type { TransactionSql } from 'postgres';
import { group, withoutValues } from './group';
import type { Cell, Reading } from './judge';

type Session = {
  pid: number;
  database: string;
  role: string;
  application: string;
  state: string;
  /** Seconds since the transaction, the statement and the state began. */
  transaction: number | null;
  statement: number | null;
  inState: number | null;
  query: string;
};

/** Clients of every database: the server's limit is one for all. Bounded by max_connections. */
const readSessions = async (tx: TransactionSql): Promise<{ sessions: Session[]; allowed: number }> => {
  const rows = await tx`
    select /* vigil:sample */ pid, coalesce(datname, '') as database, coalesce(usename, '') as role,
      coalesce(application_name, '') as application, coalesce(state, '') as state,
      extract(epoch from clock_timestamp() - xact_start)::float8 as transaction,
      extract(epoch from clock_timestamp() - query_start)::float8 as statement,
      extract(epoch from clock_timestamp() - state_change)::float8 as "inState", left(query, 2000) as query,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        -- From PostgreSQL 16 on.
        - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed
    from pg_stat_activity where backend_type = 'client backend' limit 5000`;
  return { sessions: rows as unknown as Session[], allowed: Number(rows[0]?.allowed) };
};

const connections = (sessions: Session[], allowed: number): Reading => {
  const counts = new Map<string, { cells: string[]; count: number }>();
  for (const { database, role, application, state } of sessions) {
    const cells = [database, role, application, state];
    const key = cells.join('\n');
    const entry = counts.get(key) ?? { cells, count: 0 };
    entry.count += 1;
    counts.set(key, entry);
  }
  const most = [...counts.values()].sort((a, b) => b.count - a.count);
  const first = most[0];
  return {
    value: (100 * sessions.length) / allowed,
    examined: sessions.length,
    facts: {
      object: first?.cells[2] || first?.cells[1] || '',
      most: first?.count ?? 0,
      used: sessions.length,
      allowed,
    },
    evidence: most.map(({ cells, count }) => [...cells, count]),
  };
};

type Age = { session: Session; seconds: number };

/** The session that has been at it longest, and all others that have been for `from` seconds. */
const longest = (ages: Age[], examined: number, from: number, end: 'cancel' | 'terminate'): Reading => {
  const sorted = ages.sort((a, b) => b.seconds - a.seconds);
  const worst = sorted[0];
  const listed = sorted.filter(({ seconds }, at) => at === 0 || seconds >= from);
  const row = ({ session, seconds }: Age): Cell[] => [
    session.pid,
    session.role,
    session.application,
    Math.round(seconds),
    withoutValues(session.query),
  ];
  return {
    value: worst?.seconds ?? 0,
    examined,
    facts: {
      object: worst ? String(worst.session.pid) : '',
      role: worst?.session.role ?? '',
      application: worst?.session.application ?? '',
      count: listed.length,
    },
    evidence: listed.map(row),
    sql: listed.map(({ session }) => `SELECT pg_${end}_backend(${session.pid});`),
  };
};

const isIdle = (session: Session) => session.state.startsWith('idle in transaction');

/** Seconds that a transaction of several statements has worked; one long statement is the business of longQueries. */
const worked = (session: Session): number => {
  const { transaction, statement, inState } = session;
  if (transaction === null) return 0;
  if (isIdle(session)) return transaction - (inState ?? 0);
  return statement !== null && transaction - statement > 1 ? transaction : 0;
};

/** Who is connected, and who has been at it for too long. */
export const sessionChecks = group({
  name: 'sessions',
  timeoutMs: 1_000,
  needsMonitor: true,
  checks: ['connections', 'idleInTransaction', 'longQueries', 'longTransactions'],
  read: async (tx) => {
    const { sessions, allowed } = await readSessions(tx);
    const [own] = await tx`select /* vigil:sample */ pg_backend_pid() as pid`;
    const others = sessions.filter((session) => session.pid !== own?.pid);
    const ages = (of: (session: Session) => number | null): Age[] =>
      others.flatMap((session) => {
        const seconds = of(session);
        return seconds === null ? [] : [{ session, seconds }];
      });
    return {
      connections: connections(sessions, allowed),
      idleInTransaction: longest(
        ages((session) => (isIdle(session) ? session.inState : null)),
        sessions.length,
        10,
        'terminate',
      ),
      longQueries: longest(
        ages((session) => (session.state === 'active' ? session.statement : null)),
        sessions.length,
        10,
        'cancel',
      ),
      longTransactions: longest(ages(worked), sessions.length, 60, 'terminate'),
    };
  },
});
