import type { TransactionSql } from 'postgres';
import { group, literal, quoted, type Server } from './group';
import type { Reading } from './judge';

type Receiver = {
  application: string;
  state: string;
  lag: number;
  shipping: number;
  apply: number;
  /** Null while nothing is sent: that is no lag. */
  seconds: number | null;
};

const readReceivers = async (tx: TransactionSql): Promise<Receiver[]> => {
  const rows = await tx`
    select /* vigil:sample */ application_name as application, state,
      pg_wal_lsn_diff(now_at, replay_lsn)::float8 as lag, pg_wal_lsn_diff(now_at, sent_lsn)::float8 as shipping,
      pg_wal_lsn_diff(sent_lsn, replay_lsn)::float8 as apply, extract(epoch from replay_lag)::float8 as seconds
    from pg_stat_replication, (select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as now_at) n
    order by 3 desc nulls last limit 50`;
  return rows as unknown as Receiver[];
};

const standbyLag = (receivers: Receiver[]): Reading => {
  const worst = receivers[0];
  return {
    value: Math.max(0, worst?.lag ?? 0),
    examined: receivers.length,
    facts: {
      object: worst?.application ?? '',
      where: (worst?.shipping ?? 0) > (worst?.apply ?? 0) ? 'shipping' : 'apply',
    },
    evidence: receivers.map((one) => [one.application, one.state, one.lag, one.shipping, one.apply]),
  };
};

const standbyDelay = (receivers: Receiver[]): Reading => {
  const late = [...receivers].sort((a, b) => (b.seconds ?? 0) - (a.seconds ?? 0));
  return {
    value: late[0]?.seconds ?? 0,
    examined: receivers.length,
    facts: { object: late[0]?.application ?? '' },
    evidence: late.map((one) => [
      one.application,
      one.state,
      one.seconds === null ? null : Math.round(one.seconds),
    ]),
  };
};

type Slot = {
  slot: string;
  kind: string;
  active: boolean;
  temporary: boolean;
  retained: number | null;
  left: number | null;
  status: string | null;
  cause: string | null;
  /** Seconds since it was last used; known from PostgreSQL 17 on. */
  idle: number | null;
};

const readSlots = async (tx: TransactionSql, server: Server): Promise<Slot[]> => {
  const since =
    server.version >= 170_000
      ? tx`extract(epoch from clock_timestamp() - inactive_since)::float8 as idle, invalidation_reason as cause`
      : server.version >= 160_000
        ? tx`null::float8 as idle, case when conflicting then 'conflicting' end as cause`
        : tx`null::float8 as idle, null::text as cause`;
  const rows = await tx`
    select /* vigil:sample */ slot_name as slot, coalesce(plugin, slot_type) as kind, active, temporary, wal_status as status,
      pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
        restart_lsn)::float8 as retained,
      safe_wal_size::float8 as left, ${since}
    from pg_replication_slots order by 6 desc nulls last limit 100`;
  return rows as unknown as Slot[];
};

const lost = (slot: Slot): boolean => slot.status === 'lost' || slot.cause !== null;
const drop = ({ slot }: Slot) => `SELECT pg_drop_replication_slot(${literal(slot)});`;

const retainedWal = (slots: Slot[]): Reading => {
  const worst = slots[0];
  return {
    value: worst?.retained ?? 0,
    examined: slots.length,
    facts: { object: worst?.slot ?? '', state: worst?.active ? 'active' : 'inactive' },
    evidence: slots.map((one) => [one.slot, one.kind, one.retained, one.left]),
    sql: worst && !worst.active ? [drop(worst)] : [],
  };
};

const inactiveSlots = (slots: Slot[]): Reading => {
  // One that is lost keeps nothing any more; lostSlots says so.
  const idle = slots.filter((one) => !one.active && !one.temporary && !lost(one));
  return {
    value: idle.length,
    examined: slots.length,
    facts: { object: idle[0]?.slot ?? '', lag: { value: idle[0]?.retained ?? 0, unit: 'bytes' } },
    evidence: idle.map((one) => [
      one.slot,
      one.kind,
      one.retained,
      one.idle === null ? null : Math.round(one.idle),
    ]),
    sql: idle.map(drop),
  };
};

const lostSlots = (slots: Slot[]): Reading => {
  const gone = slots.filter(lost);
  return {
    value: gone.length,
    examined: slots.length,
    facts: { object: gone[0]?.slot ?? '', why: gone[0]?.cause ?? 'wal_removed' },
    evidence: gone.map((one) => [one.slot, one.kind, one.cause ?? 'wal_removed']),
    sql: gone.map(drop),
  };
};

const slotLimit = async (tx: TransactionSql, slots: Slot[]): Promise<Reading> => {
  const [row] = await tx`select /* vigil:sample */ current_setting('max_slot_wal_keep_size') as keep`;
  const open = row?.keep === '-1';
  return {
    value: open ? slots.length : 0,
    examined: slots.length,
    facts: { object: 'max_slot_wal_keep_size', slots: slots.length },
    evidence: [['max_slot_wal_keep_size', String(row?.keep)]],
    sql: open ? ["ALTER SYSTEM SET max_slot_wal_keep_size = '10GB';", 'SELECT pg_reload_conf();'] : [],
  };
};

/** Tables that are published with their updates and that a subscriber could not find the row in: the update fails here. */
const replicaIdentity = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    with recursive /* vigil:sample */ published as materialized (
      select distinct p.pubname, g.relid as oid from pg_publication p
      cross join lateral pg_get_publication_tables(p.pubname) as g where p.pubupdate or p.pubdelete
    ), tree as (
      select pubname, oid from published
      union
      select t.pubname, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid
    ), leaves as (
      -- What is checked is the identity of the partition that a row lies in.
      select t.pubname, c.oid, c.relname, c.relreplident from tree t join pg_class c on c.oid = t.oid where c.relkind = 'r'
    )
    select relname as "table", pubname as publication, count(*) over ()::int as examined,
      case when relreplident = 'n' then 'nothing'
           when relreplident = 'd' and not exists (select from pg_index i where i.indrelid = l.oid and i.indisprimary) then 'no_key'
           when relreplident = 'i' and not exists (select from pg_index i where i.indrelid = l.oid and i.indisreplident) then 'no_index'
      end as why
    from leaves l order by 4 nulls last, 1 limit 50`;
  const bare = rows.filter((row) => row.why !== null);
  return {
    value: bare.length,
    examined: Number(rows[0]?.examined ?? 0),
    facts: { object: bare[0]?.table ?? '', publication: bare[0]?.publication ?? '' },
    evidence: bare.map((row) => [row.table, row.publication, row.why]),
    sql: bare.map(
      (row) => `ALTER TABLE ${quoted(row.table)} REPLICA IDENTITY FULL; -- or give it a primary key`,
    ),
  };
};

const archiver = async (tx: TransactionSql): Promise<Reading> => {
  const [row] = await tx`
    select /* vigil:sample */ current_setting('archive_mode') as mode, archived_count::float8 as done, failed_count::float8 as failed,
      last_failed_wal as file, extract(epoch from clock_timestamp() - last_failed_time)::float8 as age,
      last_failed_time > coalesce(last_archived_time, '-infinity') as failing,
      extract(epoch from clock_timestamp() - greatest(last_archived_time, stats_reset))::float8 as since
    from pg_stat_archiver`;
  if (row?.mode === 'off') return { skipped: 'switched_off' };
  if (Number(row?.done) + Number(row?.failed) === 0) return { tooLittle: 'few_events' };
  return {
    // Since the last file that was archived, while a later one fails.
    value: row?.failing ? Number(row.since) : 0,
    examined: Number(row?.done) + Number(row?.failed),
    atLeast: row?.failing ? 'warning' : undefined,
    facts: { object: row?.file ?? '', failed: Number(row?.failed) },
    evidence: row?.failing ? [[row.file, Number(row.failed), Math.round(row.age)]] : [],
  };
};

/** Standbys, subscribers and their slots, and what a subscriber needs of us. */
export const replicationChecks = group({
  name: 'replication',
  timeoutMs: 2_000,
  needsMonitor: true,
  checks: [
    'standbyLag',
    'standbyDelay',
    'retainedWal',
    'inactiveSlots',
    'lostSlots',
    'slotLimit',
    'replicaIdentity',
    'archiver',
  ],
  read: async (tx, server) => {
    const receivers = await readReceivers(tx);
    const slots = await readSlots(tx, server);
    return {
      standbyLag: standbyLag(receivers),
      standbyDelay: standbyDelay(receivers),
      retainedWal: retainedWal(slots),
      inactiveSlots: inactiveSlots(slots),
      lostSlots: lostSlots(slots),
      slotLimit: await slotLimit(tx, slots),
      replicaIdentity: await replicaIdentity(tx),
      archiver: await archiver(tx),
    };
  },
});
