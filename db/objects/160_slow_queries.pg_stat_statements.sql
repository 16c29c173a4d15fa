-- Which queries are slow? The plan's names for the columns that pg_stat_statements has under others, this database only.
-- The server keeps role statements as they were written, so a password in one is cut out here.
DROP VIEW IF EXISTS v_slow_queries;
CREATE VIEW v_slow_queries AS
SELECT regexp_replace(s.query, '(password\s+)(''[^'']*''|\$[^ ;]*)', '\1''…''', 'gi') AS query, s.calls, s.total_exec_time AS total_time, s.mean_exec_time AS mean_time, s.rows,
  s.queryid AS query_id, r.rolname AS role_name, s.max_exec_time AS max_time, s.stddev_exec_time AS stddev_time,
  s.shared_blks_hit, s.shared_blks_read
FROM pg_stat_statements s
JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
LEFT JOIN pg_roles r ON r.oid = s.userid
WHERE s.mean_exec_time > coalesce((SELECT (config_value #>> '{}')::double precision FROM system_config WHERE config_key = 'database.slow_query_ms'), 1000)
ORDER BY s.mean_exec_time DESC;
