-- Which queries are slow? Without pg_stat_statements nothing is known; the page says how to load it.
DROP VIEW IF EXISTS v_slow_queries;
CREATE VIEW v_slow_queries AS
SELECT NULL::text AS query, NULL::bigint AS calls, NULL::double precision AS total_time, NULL::double precision AS mean_time,
  NULL::bigint AS rows, NULL::bigint AS query_id, NULL::name AS role_name, NULL::double precision AS max_time,
  NULL::double precision AS stddev_time, NULL::bigint AS shared_blks_hit, NULL::bigint AS shared_blks_read
WHERE false;
