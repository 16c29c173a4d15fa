import type { TransactionSql } from 'postgres';

export type ReplicationServer = {
  role: 'primary' | 'standby';
  version: string;
  versionNumber: number;
  walLevel: string;
  maxSenders: number;
  maxSlots: number;
  /** Bytes of the log that a slot may keep at most; null without a limit. */
  keepBytes: number | null;
  /** Whom a commit waits for; empty: nobody. */
  synchronous: string;
  /** False: of others' connections this login sees only that they are there. */
  monitor: boolean;
};

/** What this server is and how it is set for replication. */
export const readServer = async (tx: TransactionSql): Promise<ReplicationServer> => {
  const [row] = await tx`
    select /* vigil:sample */ case when pg_is_in_recovery() then 'standby' else 'primary' end as role,
      current_setting('server_version') as version, current_setting('server_version_num')::int as "versionNumber",
      current_setting('wal_level') as "walLevel", current_setting('max_wal_senders')::int as "maxSenders",
      current_setting('max_replication_slots')::int as "maxSlots",
      nullif(pg_size_bytes(current_setting('max_slot_wal_keep_size')), -1)::float8 as "keepBytes",
      current_setting('synchronous_standby_names') as synchronous,
      pg_has_role(current_user, 'pg_read_all_stats', 'usage') as monitor`;
  return row as unknown as ReplicationServer;
};

export type Archiver = {
  /** archive_mode: off, on or always. */
  mode: string;
  archived: number;
  failed: number;
  lastFile: string | null;
  failedFile: string | null;
  /** Seconds since the last file that was archived, and since one last failed. */
  archivedAge: number | null;
  failedAge: number | null;
  /** Seconds for which nothing was archived while a later file fails; null while all is well. */
  failingFor: number | null;
};

/** How the archive of the log goes. */
export const readArchiver = async (tx: TransactionSql): Promise<Archiver> => {
  const [row] = await tx`
    select /* vigil:sample */ current_setting('archive_mode') as mode, archived_count::float8 as archived,
      failed_count::float8 as failed, last_archived_wal as "lastFile", last_failed_wal as "failedFile",
      extract(epoch from clock_timestamp() - last_archived_time)::float8 as "archivedAge",
      extract(epoch from clock_timestamp() - last_failed_time)::float8 as "failedAge",
      case when last_failed_time > coalesce(last_archived_time, '-infinity')
        then extract(epoch from clock_timestamp() - greatest(last_archived_time, stats_reset))::float8 end as "failingFor"
    from pg_stat_archiver`;
  return row as unknown as Archiver;
};
