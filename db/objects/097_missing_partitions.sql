-- Which tables are partitioned, and how? By month or by day of a column; a month of payments further by risk, a day of
-- measurements by hour. Only tables of payments get past months that an import asks for.
CREATE OR REPLACE FUNCTION partitioned_tables()
RETURNS TABLE (parent text, key_column text, step text, split text, of_payments boolean)
LANGUAGE sql IMMUTABLE ROWS 8 SET search_path = public, pg_temp AS $$
  VALUES ('transactions', 'transaction_timestamp', 'month', 'risk', true),
    ('ml_features', 'transaction_timestamp', 'month', NULL, true),
    ('model_predictions', 'transaction_timestamp', 'month', NULL, true),
    ('rule_hits', 'transaction_timestamp', 'month', NULL, true),
    ('audit_trail', 'timestamp', 'month', NULL, false),
    ('security_events', 'created_at', 'month', NULL, false),
    ('api_usage', 'timestamp', 'day', NULL, false),
    ('system_metrics', 'timestamp', 'day', 'hour', false)
$$;

-- Which parts does a month or a day have, and with which bounds?
CREATE OR REPLACE FUNCTION partition_leaves(p_name text, p_split text, p_from timestamptz)
RETURNS TABLE (name text, bound text) LANGUAGE sql STABLE ROWS 24
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
  SELECT p_name || r.suffix, format('FOR VALUES IN (%s)', r.levels)
  FROM (VALUES ('_high_risk', $v$'HIGH', 'CRITICAL'$v$), ('_low_risk', $v$'MINIMAL', 'LOW', 'MEDIUM'$v$)) AS r(suffix, levels)
  WHERE p_split = 'risk'
  UNION ALL
  SELECT p_name || to_char(h, '"h"HH24'), format('FOR VALUES FROM (%L) TO (%L)', h, h + interval '1 hour')
  FROM generate_series(p_from, p_from + interval '23 hours', interval '1 hour') h
  WHERE p_split = 'hour'
$$;

-- Where would a row find no place? Every partition that should be there and is not, a whole month or day, or one of its
-- parts: from the oldest partition of each table to the newest, at least two months back and three ahead (days: one
-- back, three ahead), and the months of [p_from, p_to] that an import needs. A month in the archive is not missing.
-- beside: a table of that name stands beside its parent, detached; only a person lets it be attached again.
CREATE OR REPLACE FUNCTION missing_partitions(p_from timestamptz DEFAULT NULL, p_to timestamptz DEFAULT NULL)
RETURNS TABLE (parent text, within text, name text, from_at timestamptz, to_at timestamptz, bound text, split text,
  key_column text, beside boolean)
LANGUAGE sql STABLE ROWS 10 SET search_path = public, pg_temp SET timezone = 'UTC' SET jit = off AS $$
  WITH present AS MATERIALIZED (
    SELECT p.parent, p.within, p.name, p.level, p.leaf, p.from_at, p.to_at,
      CASE WHEN p.list_values IS NULL THEN format('FOR VALUES FROM (%L) TO (%L)', p.from_at, p.to_at)
           ELSE format('FOR VALUES IN (%s)', p.list_values) END AS bound
    FROM v_partitions p
  ), kinds AS (
    SELECT k.*, ('1 ' || k.step)::interval AS length,
      date_trunc(k.step, least(s.first_at, now() - k.back, CASE WHEN k.of_payments THEN p_from END)) AS first_at,
      date_trunc(k.step, greatest(s.last_at, now() + k.ahead, CASE WHEN k.of_payments THEN p_to END)) AS last_at
    FROM (SELECT t.*, CASE step WHEN 'month' THEN interval '2 months' ELSE interval '1 day' END AS back,
        CASE step WHEN 'month' THEN interval '3 months' ELSE interval '3 days' END AS ahead
      FROM partitioned_tables() t WHERE to_regclass('public.' || t.parent) IS NOT NULL) k
    LEFT JOIN (SELECT p.parent, min(p.from_at) AS first_at, max(p.from_at) AS last_at FROM present p
      WHERE p.level = 1 GROUP BY p.parent) s USING (parent)
  ), spans AS (
    SELECT k.parent, k.key_column, k.split, s.at AS from_at, s.at + k.length AS to_at,
      k.parent || to_char(s.at, CASE k.step WHEN 'month' THEN '"_y"YYYY"m"MM' ELSE '"_y"YYYY"m"MM"d"DD' END) AS name
    FROM kinds k CROSS JOIN LATERAL generate_series(k.first_at, k.last_at, k.length) AS s(at)
  ), wanted AS (
    SELECT s.parent, s.parent AS within, s.name, s.from_at, s.to_at,
      format('FOR VALUES FROM (%L) TO (%L)', s.from_at, s.to_at) AS bound, s.split, s.key_column
    FROM spans s
    WHERE NOT EXISTS (SELECT FROM present p WHERE p.level = 1 AND p.from_at < s.to_at AND p.to_at > s.from_at
      AND (p.parent = s.parent OR (s.parent = 'transactions' AND p.parent = 'transactions_archive')))
    UNION ALL
    SELECT m.parent, m.name, l.name, coalesce(h.from_at, m.from_at), coalesce(h.to_at, m.to_at), l.bound, NULL, s.key_column
    FROM present m
    JOIN spans s ON s.parent = m.parent AND s.from_at = m.from_at AND s.split IS NOT NULL
    CROSS JOIN LATERAL partition_leaves(m.name, s.split, m.from_at) l
    CROSS JOIN LATERAL (SELECT substring(l.bound FROM 'FROM \(''([^'']+)''\)')::timestamptz AS from_at,
      substring(l.bound FROM 'TO \(''([^'']+)''\)')::timestamptz AS to_at) h
    WHERE m.level = 1 AND NOT m.leaf AND NOT EXISTS (SELECT FROM present p WHERE p.within = m.name AND p.bound = l.bound)
  )
  SELECT w.*, to_regclass(format('public.%I', w.name)) IS NOT NULL FROM wanted w ORDER BY w.parent, w.from_at, w.name
$$;

CREATE OR REPLACE VIEW v_missing_partitions AS SELECT * FROM missing_partitions();

-- Until when has every row a place? The beginning of the first gap that lies ahead, else the end of the last partition.
CREATE OR REPLACE VIEW v_partition_runway AS
SELECT t.parent, coalesce(m.missing, 0)::integer AS missing,
  least(m.first_gap, coalesce(p.last_end, now())) AS covered_until
FROM partitioned_tables() t
LEFT JOIN (SELECT parent, max(to_at) AS last_end FROM v_partitions WHERE level = 1 GROUP BY parent) p USING (parent)
LEFT JOIN (SELECT parent, count(*) AS missing, min(from_at) FILTER (WHERE to_at > now()) AS first_gap
  FROM v_missing_partitions GROUP BY parent) m USING (parent);

REVOKE ALL ON FUNCTION partitioned_tables() FROM PUBLIC;
REVOKE ALL ON FUNCTION partition_leaves(text, text, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION missing_partitions(timestamptz, timestamptz) FROM PUBLIC;
