import type { TransactionSql } from 'postgres';

/** Bytes of the log that a receiver lacks, each counted from the end of the log; null where this login may not see it. */
type Behind = {
  unsent: number | null;
  unwritten: number | null;
  unflushed: number | null;
  lag: number | null;
};

export type Receiver = Behind & {
  pid: number;
  application: string;
  client: string | null;
  /** `copy` is a base backup under way. */
  kind: 'standby' | 'subscriber' | 'copy';
  slot: string | null;
  /** Null where this login may not see it. */
  state: string | null;
  sync: string | null;
  /** Sent and not yet applied. */
  unapplied: number | null;
  /** From writing the log here until it was written, flushed and applied there; null while nothing is sent: that is no lag. */
  writeSeconds: number | null;
  flushSeconds: number | null;
  seconds: number | null;
};

const most = 50;

/** Who receives the log from this server now, the furthest behind first; at most 50. */
export const readReceivers = async (tx: TransactionSql): Promise<Receiver[]> => {
  const rows = await tx`
    select /* vigil:sample */ r.pid, coalesce(r.application_name, '') as application, host(r.client_addr) as client,
      case when r.state = 'backup' then 'copy' when s.slot_type = 'logical' then 'subscriber' else 'standby' end as kind,
      s.slot_name as slot, r.state, r.sync_state as sync,
      pg_wal_lsn_diff(now_at, r.sent_lsn)::float8 as unsent, pg_wal_lsn_diff(now_at, r.write_lsn)::float8 as unwritten,
      pg_wal_lsn_diff(now_at, r.flush_lsn)::float8 as unflushed, pg_wal_lsn_diff(now_at, r.replay_lsn)::float8 as lag,
      pg_wal_lsn_diff(r.sent_lsn, r.replay_lsn)::float8 as unapplied,
      extract(epoch from r.write_lag)::float8 as "writeSeconds", extract(epoch from r.flush_lag)::float8 as "flushSeconds",
      extract(epoch from r.replay_lag)::float8 as seconds
    from pg_stat_replication r left join pg_replication_slots s on s.active_pid = r.pid,
      (select case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end as now_at) n
    order by lag desc nulls last, r.pid limit ${most}`;
  return rows as unknown as Receiver[];
};
