import type { TransactionSql } from 'postgres';
import { group, literal } from './group';
import type { Cell, Reading } from './judge';

type Kind = 'session' | 'autovacuum' | 'slot' | 'prepared' | 'standby';
type Holder = {
  kind: Kind;
  holder: string;
  role: string;
  state: string;
  seconds: number | null;
  xids: number;
};

/** Everything that may hold back vacuum in this database, the oldest first. */
const readHolders = async (tx: TransactionSql): Promise<Holder[]> => {
  const rows = await tx`
    select /* vigil:sample */ * from (
      select case when backend_type like 'autovacuum%' then 'autovacuum' else 'session' end as kind,
        case when backend_type like 'autovacuum%' then left(query, 120) else pid::text end as holder,
        coalesce(usename, '') as role, coalesce(state, '') as state,
        extract(epoch from clock_timestamp() - xact_start)::float8 as seconds,
        greatest(age(backend_xmin), age(backend_xid))::float8 as xids
      from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid() and backend_type not in ('walsender', 'parallel worker')
        and (backend_xmin is not null or backend_xid is not null)
      union all
      select 'standby', application_name, coalesce(usename, ''), state, null, age(backend_xmin)::float8
      from pg_stat_replication where backend_xmin is not null
      union all
      select 'slot', slot_name, coalesce(plugin, slot_type), case when active then 'active' else 'inactive' end, null,
        greatest(age(xmin), age(catalog_xmin))::float8
      from pg_replication_slots where xmin is not null or catalog_xmin is not null
      union all
      select 'prepared', gid, owner, '', extract(epoch from clock_timestamp() - prepared)::float8, age(transaction)::float8
      from pg_prepared_xacts where database = current_database()
    ) as holders order by xids desc limit 20`;
  return rows as unknown as Holder[];
};

const release = ({ kind, holder }: Holder): string | null => {
  switch (kind) {
    case 'session':
      return `SELECT pg_terminate_backend(${holder});`;
    case 'slot':
      return `SELECT pg_drop_replication_slot(${literal(holder)});`;
    case 'prepared':
      return `ROLLBACK PREPARED ${literal(holder)};`;
    case 'standby':
      return 'ALTER SYSTEM SET hot_standby_feedback = off; -- on the standby, then SELECT pg_reload_conf();';
    case 'autovacuum':
      return null;
  }
};

/** Where a holder may sit: sessions, standbys, slots, prepared transactions. */
const countPlaces = async (tx: TransactionSql): Promise<number> => {
  const [row] = await tx`
    select /* vigil:sample */ ((select count(*) from pg_stat_activity where datname = current_database())
      + (select count(*) from pg_stat_replication) + (select count(*) from pg_replication_slots)
      + (select count(*) from pg_prepared_xacts))::int as places`;
  return Number(row?.places);
};

const horizon = (holders: Holder[], examined: number): Reading => {
  const worst = holders[0];
  const row = (one: Holder): Cell[] => [
    one.kind,
    one.holder,
    one.role,
    one.state,
    one.seconds === null ? null : Math.round(one.seconds),
    one.xids,
  ];
  return {
    value: worst?.xids ?? 0,
    examined,
    facts: {
      kind: worst?.kind ?? 'nobody',
      object: worst?.holder ?? '',
      role: worst?.role ?? '',
      state: worst?.state ?? '',
      age: { value: worst?.seconds ?? 0, unit: 'seconds' },
    },
    evidence: holders.map(row),
    sql: worst ? [release(worst)].filter((line) => line !== null) : [],
  };
};

const prepared = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ gid, owner::text, database::text,
      extract(epoch from clock_timestamp() - prepared)::float8 as seconds
    from pg_prepared_xacts order by prepared limit 20`;
  const [room] =
    await tx`select /* vigil:sample */ current_setting('max_prepared_transactions')::int as places`;
  if (room?.places === 0) return { skipped: 'switched_off' };
  return {
    value: rows[0]?.seconds ?? 0,
    examined: Number(room?.places),
    facts: { object: rows[0]?.gid ?? '', role: rows[0]?.owner ?? '', count: rows.length },
    evidence: rows.map((row) => [row.gid, row.owner, row.database, Math.round(row.seconds)]),
    sql: rows.map((row) => `ROLLBACK PREPARED ${literal(row.gid)};`),
  };
};

/** What keeps vacuum from cleaning up, by its kind. */
export const horizonChecks = group({
  name: 'horizon',
  timeoutMs: 1_000,
  needsMonitor: true,
  checks: ['xminHorizon', 'preparedTransactions'],
  read: async (tx) => ({
    xminHorizon: horizon(await readHolders(tx), await countPlaces(tx)),
    preparedTransactions: await prepared(tx),
  }),
});
