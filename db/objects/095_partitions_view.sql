-- Which partitions are there, and what is in them? One row a partition; rows and bytes are those of leaves.
--
-- parent is the whole table, within the one right above it. from_at and to_at are the time that it covers (a leaf by
-- risk: its month's), list_values the rest of its bound. Figures are the server's estimates, read without a lock on any
-- partition: rows from the statistics, bytes (heap, toast and indexes) as of the last vacuum or analyze; one that was
-- never analyzed and has rows is measured.
CREATE OR REPLACE VIEW v_partitions AS
WITH RECURSIVE tree AS (
  SELECT c.oid AS root, c.relname::text AS parent, c.oid, NULL::oid AS within, 0 AS level, false AS detaching,
    NULL::timestamptz AS from_at, NULL::timestamptz AS to_at, NULL::text COLLATE "C" AS bound
  FROM pg_class c
  WHERE c.relkind = 'p' AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
  UNION ALL
  SELECT t.root, t.parent, c.oid, i.inhparent, t.level + 1, t.detaching OR i.inhdetachpending,
    -- `FOR VALUES FROM ('…') TO ('…')`: what stands between the quotes.
    CASE WHEN b.bound LIKE 'FOR VALUES FROM (''%'') TO (''%'')' THEN split_part(b.bound, '''', 2)::timestamptz ELSE t.from_at END,
    CASE WHEN b.bound LIKE 'FOR VALUES FROM (''%'') TO (''%'')' THEN split_part(b.bound, '''', 4)::timestamptz ELSE t.to_at END,
    b.bound
  FROM tree t
  JOIN pg_inherits i ON i.inhparent = t.oid
  JOIN pg_class c ON c.oid = i.inhrelid
  -- Without a table to print for, pg_get_expr() opens none.
  CROSS JOIN LATERAL (SELECT pg_get_expr(c.relpartbound, 0) AS bound OFFSET 0) b
), pages AS (
  SELECT i.indrelid, sum(c.relpages) AS pages FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid GROUP BY i.indrelid
)
SELECT t.parent, w.relname::text AS within, c.relname::text AS name, t.level, c.relkind <> 'p' AS leaf,
  t.from_at, t.to_at, CASE WHEN t.bound = 'DEFAULT' THEN t.bound ELSE substring(t.bound FROM 'IN \((.*)\)$') END AS list_values,
  CASE WHEN c.relkind <> 'p' THEN CASE WHEN live.rows > 0 THEN live.rows ELSE greatest(c.reltuples, 0)::bigint END END AS rows,
  CASE WHEN c.relkind <> 'p' THEN
    CASE WHEN c.relpages = 0 AND live.rows > 0 THEN pg_total_relation_size(c.oid)
         ELSE (greatest(c.relpages, 0) + coalesce(p.pages, 0) + coalesce(x.relpages, 0) + coalesce(xp.pages, 0))::bigint
           * current_setting('block_size')::bigint END END AS bytes,
  t.parent = 'transactions_archive' AS archived,
  t.parent = 'transactions' AND EXISTS (SELECT FROM partition_holds h
    WHERE h.month = (t.from_at AT TIME ZONE 'UTC')::date AND (h.until IS NULL OR h.until > now())) AS held,
  t.detaching, c.oid AS relation
FROM tree t
JOIN pg_class c ON c.oid = t.oid
JOIN pg_class w ON w.oid = t.within
LEFT JOIN pages p ON p.indrelid = c.oid
LEFT JOIN pg_class x ON x.oid = c.reltoastrelid
LEFT JOIN pages xp ON xp.indrelid = x.oid
CROSS JOIN LATERAL (SELECT pg_stat_get_live_tuples(c.oid) AS rows OFFSET 0) live
WHERE t.level > 0;
