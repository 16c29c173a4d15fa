import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { cutText, withoutSecrets } from './hide-secrets';
import type { SessionState } from './input';

/** Why a session is left alone, whoever asks: worded in `activity.refused.<code>`. */
export type Refusal =
  | 'own'
  | 'replication'
  | 'background'
  | 'other_database'
  | 'superuser'
  /** The maintainer may not signal it: pg_signal_backend was not granted. */
  | 'not_granted'
  /** What it is this login may not see, so nobody can say that it still is the same. */
  | 'unseen';

export type Session = {
  pid: number;
  /** To the microsecond: with `queryStart` they say which session is meant, since a pid is used again. */
  backendStart: string | null;
  queryStart: string | null;
  /** Null for the server's own processes. */
  role: string | null;
  application: string;
  client: string | null;
  backendType: string;
  state: SessionState;
  connectedSeconds: number;
  /** Since its transaction began; null outside one. */
  transactionSeconds: number | null;
  /** Since its query began, for one that is active. */
  querySeconds: number | null;
  /** Since it came into its state. */
  stateSeconds: number | null;
  wait: { type: string; event: string; description: string | null } | null;
  /** The last or present query, passwords cut out; null where this login may not see it. */
  query: string | null;
  refusal: Refusal | null;
};

/** From PostgreSQL 17 on the server describes its wait events. */
export const describesWaits = 170_000;

export const stateCode = sql`case a.state when 'active' then 'active' when 'idle' then 'idle'
  when 'idle in transaction' then 'idle_in_transaction' when 'idle in transaction (aborted)' then 'aborted' else 'other' end`;

/** Clients of this database. Whose details this login may not see has no backend_type. */
export const isClient = sql`a.datname = current_database() and (a.backend_type = 'client backend' or a.backend_type is null)`;

const hidden = '<insufficient privilege>';

const micros = (column: SQL) => sql`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const since = (column: SQL) => sql`extract(epoch from clock_timestamp() - ${column})::float8`;

/** Columns of a Session from `pg_stat_activity a`, at most `length` characters of its query. */
const columns = (version: number, length: number) => sql`
  a.pid, ${micros(sql`a.backend_start`)} as backend_start, ${micros(sql`a.query_start`)} as query_start,
  a.usename::text as role, coalesce(a.application_name, '') as application, host(a.client_addr) as client,
  coalesce(a.backend_type, 'client backend') as backend_type, ${stateCode} as state,
  ${since(sql`a.backend_start`)} as connected, ${since(sql`a.xact_start`)} as transaction,
  case when a.state = 'active' then ${since(sql`a.query_start`)} end as query_time, ${since(sql`a.state_change`)} as state_time,
  a.wait_event_type as wait_type, a.wait_event,
  ${version >= describesWaits ? sql`(select w.description from pg_wait_events w where w.type = a.wait_event_type and w.name = a.wait_event)` : sql`null`} as wait_words,
  nullif(left(a.query, ${length + 1}), '') as query,
  case when a.pid = pg_backend_pid() then 'own' when a.backend_type = 'walsender' then 'replication'
    when a.backend_type <> 'client backend' then 'background' when a.datname <> current_database() then 'other_database'
    when (select r.rolsuper from pg_roles r where r.oid = a.usesysid) then 'superuser'
    when a.backend_start is null then 'unseen' end as refusal`;
const seconds = (value: unknown): number | null => (value === null ? null : Math.max(0, Number(value)));

const session = (row: Record<string, unknown>, length: number): Session => ({
  pid: Number(row.pid),
  backendStart: row.backend_start as string | null,
  queryStart: row.query_start as string | null,
  role: row.role as string | null,
  application: String(row.application),
  client: row.client as string | null,
  backendType: String(row.backend_type),
  state: row.state as SessionState,
  connectedSeconds: seconds(row.connected) ?? 0,
  transactionSeconds: seconds(row.transaction),
  querySeconds: seconds(row.query_time),
  stateSeconds: seconds(row.state_time),
  wait:
    row.wait_type === null
      ? null
      : {
          type: String(row.wait_type),
          event: String(row.wait_event),
          description: row.wait_words as string | null,
        },
  query:
    row.query === null || row.query === hidden ? null : cutText(withoutSecrets(String(row.query)), length),
  refusal: row.refusal as Refusal | null,
});

type Wanted = {
  version: number;
  where: SQL;
  /** Characters of each query. */
  length: number;
  limit: number;
};

/**
 * Sessions, those with the oldest open transaction first, then those that did something last. Our own is left out.
 * Within a transaction all of them are of one moment: the server reads its table of sessions once.
 */
export const readSessions = async (db: Db | Tx, wanted: Wanted): Promise<Session[]> => {
  const rows = await db.execute(sql`select ${columns(wanted.version, wanted.length)} from pg_stat_activity a
    where (${wanted.where}) and a.pid <> pg_backend_pid()
    order by a.xact_start nulls last, a.state_change desc nulls last, a.pid limit ${wanted.limit}`);
  return rows.map((row) => session(row, wanted.length));
};

export type ConnectionCount = { state: SessionState; role: string; application: string; count: number };

export type Connections = {
  /** max_connections less what is kept for superusers and, from PostgreSQL 16 on, for reserved roles. */
  limit: number;
  /** Clients of every database of this server: what counts against the limit. */
  used: number;
  otherDatabases: number;
  byState: Record<SessionState, number>;
  waiting: number;
  /** By state, role and application, most first. */
  groups: ConnectionCount[];
  /** Sessions of whose details this login may know nothing. */
  unseen: number;
};

/** Client connections as they are now, by state, role and application, against the limit. */
export const readConnections = async (db: Db | Tx): Promise<Connections> => {
  const [totals] = await db.execute(sql`
    select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0) as allowed,
      count(*) filter (where a.datid is not null and coalesce(a.backend_type, 'client backend') = 'client backend')::int as used,
      count(*) filter (where a.backend_type = 'client backend' and a.datname <> current_database())::int as others,
      count(*) filter (where ${isClient} and a.wait_event_type = 'Lock')::int as waiting,
      count(*) filter (where ${isClient} and a.query = ${hidden})::int as unseen
    from pg_stat_activity a`);
  const rows = await db.execute(sql`
    select ${stateCode} as state, coalesce(a.usename::text, '') as role, coalesce(a.application_name, '') as application,
      count(*)::int as count
    from pg_stat_activity a where ${isClient} group by 1, 2, 3 order by 4 desc, 1, 2, 3`);
  const groups = rows.map((row) => ({
    state: row.state as SessionState,
    role: String(row.role),
    application: String(row.application),
    count: Number(row.count),
  }));
  const byState = { active: 0, idle: 0, idle_in_transaction: 0, aborted: 0, other: 0 };
  for (const group of groups) byState[group.state] += group.count;
  return {
    limit: Number(totals?.allowed),
    used: Number(totals?.used),
    otherDatabases: Number(totals?.others),
    byState,
    waiting: Number(totals?.waiting),
    groups,
    unseen: Number(totals?.unseen),
  };
};
