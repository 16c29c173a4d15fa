import type { TransactionSql } from 'postgres';

export type Slot = {
  slot: string;
  type: 'physical' | 'logical';
  /** The plugin of a logical slot, else `physical`. */
  kind: string;
  /** Of a logical slot. */
  database: string | null;
  active: boolean;
  temporary: boolean;
  /** Bytes of the log that it keeps from being deleted. */
  retained: number | null;
  /** Bytes that may still be written before it is lost; null without a limit. */
  left: number | null;
  status: 'reserved' | 'extended' | 'unreserved' | 'lost' | null;
  /** Why it can no longer be used. */
  cause: string | null;
  /** Seconds since it was last used; known from PostgreSQL 17 on. */
  idle: number | null;
  /** Where it stands: with these it is told whether it still is as it was seen. */
  restartLsn: string | null;
  confirmedLsn: string | null;
  /** Transactions of which it keeps old rows from being vacuumed. */
  xids: number | null;
};

const most = 100;

/** Every slot of this server, those that keep most first; at most 100. `version` is server_version_num. */
export const readSlots = async (tx: TransactionSql, version: number): Promise<Slot[]> => {
  const since =
    version >= 170_000
      ? tx`extract(epoch from clock_timestamp() - inactive_since)::float8 as idle, invalidation_reason as cause`
      : version >= 160_000
        ? tx`null::float8 as idle, case when conflicting then 'conflicting' end as cause`
        : tx`null::float8 as idle, null::text as cause`;
  const rows = await tx`
    select /* vigil:sample */ slot_name as slot, slot_type as type, coalesce(plugin, slot_type) as kind, database, active, temporary,
      wal_status as status, pg_wal_lsn_diff(case when pg_is_in_recovery() then pg_last_wal_replay_lsn() else pg_current_wal_lsn() end,
        restart_lsn)::float8 as retained,
      safe_wal_size::float8 as left, restart_lsn::text as "restartLsn", confirmed_flush_lsn::text as "confirmedLsn",
      greatest(age(xmin), age(catalog_xmin))::float8 as xids, ${since}
    from pg_replication_slots order by retained desc nulls last, slot_name limit ${most}`;
  return rows as unknown as Slot[];
};

/** It keeps nothing any more, and its reader cannot go on. */
export const isLost = (slot: Slot): boolean => slot.status === 'lost' || slot.cause !== null;

/** Seconds until it is lost if nobody reads it and log is written at the mean of these rates (bytes a second); null where that says nothing. */
export const secondsLeft = (slot: Pick<Slot, 'left'>, rates: readonly (number | null)[]): number | null => {
  const known = rates.filter((rate) => rate !== null);
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  return slot.left === null || slot.left <= 0 || !(mean > 0) ? null : slot.left / mean;
};
