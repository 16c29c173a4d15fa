-- How is the database? One number a row, this database only, with its unit and, where there is one, its limit.
-- PostgreSQL 17 moved the counts of checkpoints to a view of their own, so the text is put together here.
DROP VIEW IF EXISTS v_database_health;
DO $do$
BEGIN
EXECUTE replace($view$
CREATE VIEW v_database_health AS
WITH activity AS (
  SELECT count(*) FILTER (WHERE backend_type = 'client backend') AS clients,
    count(*) FILTER (WHERE backend_type = 'client backend' AND state = 'active') AS active,
    count(*) FILTER (WHERE backend_type = 'client backend' AND state LIKE 'idle in transaction%') AS idle_in_transaction,
    count(*) FILTER (WHERE backend_type <> 'client backend') AS others,
    count(*) FILTER (WHERE backend_type = 'client backend' AND wait_event_type = 'Lock') AS lock_waits,
    coalesce(extract(epoch FROM now() - min(xact_start) FILTER (WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())), 0) AS longest_transaction
  FROM pg_stat_activity WHERE datname = current_database() OR backend_type <> 'client backend'
), totals AS (
  SELECT * FROM pg_stat_database WHERE datname = current_database()
), stream AS (
  SELECT count(*) FILTER (WHERE processing_status <> 'DEAD') AS open,
    coalesce(extract(epoch FROM now() - min(received_at) FILTER (WHERE processing_status <> 'DEAD')), 0) AS lag,
    count(*) FILTER (WHERE processing_status = 'DEAD') AS dead
  FROM transaction_stream WHERE processing_status IN ('PENDING', 'PROCESSING', 'FAILED') OR processing_status = 'DEAD'
), days AS (
  SELECT min(covered_until) AS covered_until FROM (
    SELECT max(to_timestamp(substring(c.relname FROM 'y(\d{4}m\d{2}d\d{2})$'), 'YYYY"m"MM"d"DD')) + interval '1 day' AS covered_until
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent IN ('system_metrics'::regclass, 'api_usage'::regclass) AND c.relname ~ 'y\d{4}m\d{2}d\d{2}$'
    GROUP BY i.inhparent) AS tables
), checkpoints AS (
  CHECKPOINTS
), months AS (
  SELECT max(to_timestamp(substring(c.relname FROM 'y(\d{4}m\d{2})$'), 'YYYY"m"MM')) + interval '1 month' AS covered_until
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'transactions'::regclass AND c.relname ~ '^transactions_y\d{4}m\d{2}$'
), log AS (
  SELECT CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END AS ends_at
), receivers AS (
  -- No time of replay means that nothing is under way; no state, that this login may not see it.
  SELECT s.slot_type IS NOT DISTINCT FROM 'logical' AS is_subscriber,
    max(greatest(0, pg_wal_lsn_diff(log.ends_at, r.replay_lsn))) AS lag,
    max(CASE WHEN r.state IS NOT NULL THEN coalesce(extract(epoch FROM r.replay_lag), 0) END) AS delay
  FROM log CROSS JOIN pg_stat_replication r LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
  WHERE r.state IS DISTINCT FROM 'backup' GROUP BY 1
), slots AS (
  SELECT max(pg_wal_lsn_diff(log.ends_at, s.restart_lsn)) AS retained FROM log CROSS JOIN pg_replication_slots s
)
SELECT metric, round(value::numeric, 4) AS value, unit, limit_value::numeric AS limit_value FROM (
  SELECT 1 AS position, 'connections' AS metric, clients::numeric AS value, 'count' AS unit,
    current_setting('max_connections')::numeric - current_setting('superuser_reserved_connections')::numeric
      -- From PostgreSQL 16 on.
      - coalesce(current_setting('reserved_connections', true)::numeric, 0) AS limit_value FROM activity
  UNION ALL SELECT 2, 'cache_hit_ratio', 100.0 * blks_hit / NULLIF(blks_hit + blks_read, 0), 'percent', NULL FROM totals
  UNION ALL SELECT 3, 'connections_active', active, 'count', NULL FROM activity
  UNION ALL SELECT 4, 'connections_idle_in_transaction', idle_in_transaction, 'count', NULL FROM activity
  UNION ALL SELECT 5, 'connections_other', others, 'count', NULL FROM activity
  UNION ALL SELECT 6, 'lock_waits', lock_waits, 'count', NULL FROM activity
  UNION ALL SELECT 7, 'longest_transaction', longest_transaction, 'seconds', NULL FROM activity
  UNION ALL SELECT 8, 'transactions_committed', xact_commit, 'total', NULL FROM totals
  UNION ALL SELECT 9, 'transactions_rolled_back', xact_rollback, 'total', NULL FROM totals
  UNION ALL SELECT 10, 'deadlocks', deadlocks, 'total', NULL FROM totals
  UNION ALL SELECT 11, 'temp_bytes', temp_bytes, 'total', NULL FROM totals
  UNION ALL SELECT 12, 'blocks_hit', blks_hit, 'total', NULL FROM totals
  UNION ALL SELECT 13, 'blocks_read', blks_read, 'total', NULL FROM totals
  UNION ALL SELECT 14, 'database_size', pg_database_size(current_database()), 'bytes', NULL
  UNION ALL SELECT 15, 'transaction_id_age', age(datfrozenxid), 'count', 2000000000 FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 16, 'multixact_id_age', mxid_age(datminmxid), 'count', 2000000000 FROM pg_database WHERE datname = current_database()
  UNION ALL SELECT 17, 'stream_open', open, 'count', NULL FROM stream
  UNION ALL SELECT 18, 'stream_lag', lag, 'seconds', NULL FROM stream
  UNION ALL SELECT 19, 'stream_dead', dead, 'count', NULL FROM stream
  UNION ALL SELECT 20, 'partition_runway', extract(epoch FROM covered_until - now()) / 86400, 'days', NULL FROM months
  -- By its job and not by the view itself, which must not depend on what it measures.
  UNION ALL SELECT 21, 'dashboard_age', extract(epoch FROM now() - (SELECT started_at FROM job_runs
    WHERE job_name = 'refresh-fraud-dashboard' AND status = 'ok' ORDER BY started_at DESC LIMIT 1)), 'seconds', NULL
  UNION ALL SELECT 22, 'jobs_failed_24h', (SELECT count(*) FROM job_runs WHERE status = 'failed' AND started_at > now() - interval '24 hours'), 'count', NULL
  UNION ALL SELECT 23, 'partition_runway_daily', extract(epoch FROM covered_until - now()) / 86400, 'days', NULL FROM days
  UNION ALL SELECT 24, 'checkpoints_timed', timed, 'total', NULL FROM checkpoints
  UNION ALL SELECT 25, 'checkpoints_requested', requested, 'total', NULL FROM checkpoints
  UNION ALL SELECT 26, 'wal_bytes', wal_bytes, 'total', NULL FROM pg_stat_wal
  UNION ALL SELECT 27, 'standby_lag', lag, 'bytes', NULL FROM receivers WHERE NOT is_subscriber
  UNION ALL SELECT 28, 'standby_delay', delay, 'seconds', NULL FROM receivers WHERE NOT is_subscriber
  UNION ALL SELECT 29, 'subscriber_lag', lag, 'bytes', NULL FROM receivers WHERE is_subscriber
  UNION ALL SELECT 30, 'subscriber_delay', delay, 'seconds', NULL FROM receivers WHERE is_subscriber
  UNION ALL SELECT 31, 'slots_retained', retained, 'bytes',
    NULLIF(pg_size_bytes(current_setting('max_slot_wal_keep_size')), -1) FROM slots
) AS rows ORDER BY position
$view$, 'CHECKPOINTS', CASE WHEN current_setting('server_version_num')::integer >= 170000
  THEN 'SELECT num_timed AS timed, num_requested AS requested FROM pg_stat_checkpointer'
  ELSE 'SELECT checkpoints_timed AS timed, checkpoints_req AS requested FROM pg_stat_bgwriter' END);
END $do$;