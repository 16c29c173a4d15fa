-- Which indexes are read, and which are only kept? One row an index as people know it: an index of a partitioned table
-- stands for those of all its partitions.
--
-- bytes are the server's estimate, as of the last vacuum or analyze. scans and last_scan (PostgreSQL 16 on) count since
-- counted_since and on this server only: a standby counts for itself. guards says what an index is needed for whether it
-- is read or not; unused only where it is needed for nothing. duplicate_of names an index of the same table with the same
-- columns, order, operator classes and condition; covered_by one that begins with these columns and so can answer for it.
-- incomplete: not every partition has its part (an index of which the making was broken off); invalid: so, or a part of
-- it is not to be read; building: it is being made right now. Left out: the parts that archived months keep of indexes
-- of transactions, which wait there to come back.
DO $view$
BEGIN
  EXECUTE format($text$
    CREATE OR REPLACE VIEW v_index_usage AS
    WITH RECURSIVE pages AS (
      SELECT i.indexrelid, i.indrelid, i.indisunique, i.indisprimary, i.indisexclusion, i.indisreplident,
        i.indisvalid AND i.indisready AND i.indislive AS valid, i.indnkeyatts,
        c.relname, c.relkind, c.relispartition, c.relam, c.relpages,
        string_to_array(i.indkey::text, ' ')::smallint[] AS columns, string_to_array(i.indclass::text, ' ')::oid[] AS classes,
        string_to_array(i.indcollation::text, ' ')::oid[] AS collations, string_to_array(i.indoption::text, ' ')::smallint[] AS options,
        -- Where in its statement something stood does not make it another condition.
        regexp_replace(coalesce(i.indpred::text, ''), ':location -?\d+', '', 'g') AS condition,
        regexp_replace(coalesce(i.indexprs::text, ''), ':location -?\d+', '', 'g') AS expressions,
        t.relname AS table_name, t.relispartition AS on_partition, t.relkind AS table_kind, t.relpages AS table_pages
      FROM pg_index i
      JOIN pg_class c ON c.oid = i.indexrelid
      JOIN pg_class t ON t.oid = i.indrelid
      WHERE c.relnamespace = 'public'::regnamespace AND t.relkind IN ('r', 'p', 'm')
    ), parts AS (
      SELECT p.indexrelid AS root, p.indexrelid FROM pages p WHERE NOT p.relispartition
      UNION ALL
      SELECT r.root, h.inhrelid FROM parts r JOIN pg_inherits h ON h.inhparent = r.indexrelid
    ), sums AS (
      SELECT r.root, count(*) FILTER (WHERE p.relkind = 'i') AS leaves,
        count(*) FILTER (WHERE p.relkind = 'i' AND NOT p.valid) AS invalid_leaves,
        sum(CASE WHEN p.relkind <> 'i' THEN 0
                 WHEN p.table_pages = 0 AND pg_stat_get_live_tuples(p.indrelid) > 0 THEN pg_relation_size(p.indexrelid)
                 ELSE p.relpages * current_setting('block_size')::bigint END)::bigint AS bytes,
        coalesce(sum(pg_stat_get_numscans(p.indexrelid)) FILTER (WHERE p.relkind = 'i'), 0)::bigint AS scans,
        %s AS last_scan
      FROM parts r JOIN pages p USING (indexrelid) GROUP BY r.root
    ), ancestors AS (
      SELECT c.oid, c.oid AS above FROM pg_class c WHERE c.relispartition AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
      UNION ALL
      SELECT a.oid, i.inhparent FROM ancestors a JOIN pg_inherits i ON i.inhrelid = a.above
    ), tops AS (
      SELECT a.oid, c.relname FROM ancestors a JOIN pg_class c ON c.oid = a.above WHERE NOT c.relispartition
    ), building AS (
      SELECT coalesce(r.root, b.index_relid) AS root FROM pg_stat_progress_create_index b
      LEFT JOIN parts r ON r.indexrelid = b.index_relid WHERE b.datname = current_database()
    ), known AS (
      SELECT p.*, s.leaves, s.invalid_leaves, s.bytes, s.scans, s.last_scan, coalesce(t.relname, p.table_name) AS top_name
      FROM pages p JOIN sums s ON s.root = p.indexrelid LEFT JOIN tops t ON t.oid = p.indrelid AND p.on_partition
      WHERE NOT p.relispartition
    ), guarded AS (
      SELECT k.*, CASE WHEN k.indisprimary OR k.indisexclusion OR k.indisreplident THEN 3 WHEN k.indisunique THEN 2 ELSE 1 END AS rank,
        CASE WHEN k.indisprimary THEN 'primary key' WHEN k.indisexclusion THEN 'exclusion'
        WHEN k.indisunique THEN 'unique' WHEN k.indisreplident THEN 'replica identity'
        WHEN EXISTS (SELECT FROM pg_constraint f WHERE f.contype = 'f' AND f.conrelid = k.indrelid AND k.condition = ''
          AND k.columns[1:cardinality(f.conkey)] @> f.conkey AND f.conkey @> k.columns[1:cardinality(f.conkey)]) THEN 'foreign key' END AS guards
      FROM known k
    ), judged AS (
      SELECT k.*, m.amname,
        (SELECT o.relname::text FROM guarded o WHERE o.indrelid = k.indrelid AND o.indexrelid <> k.indexrelid AND o.relam = k.relam
          AND o.columns = k.columns AND o.indnkeyatts = k.indnkeyatts AND o.classes = k.classes AND o.collations = k.collations
          AND o.options = k.options AND o.condition = k.condition AND o.expressions = k.expressions AND o.valid
          -- Of two that are alike the one that holds a rule stays, else the older.
          AND k.rank < 3 AND (o.rank > k.rank OR (o.rank = k.rank AND o.indexrelid < k.indexrelid))
        ORDER BY o.indexrelid LIMIT 1) AS duplicate_of,
        (SELECT o.relname::text FROM guarded o WHERE o.indrelid = k.indrelid AND o.indexrelid <> k.indexrelid AND o.relam = k.relam
          AND m.amname = 'btree' AND k.rank = 1 AND o.valid AND o.indnkeyatts > k.indnkeyatts
          AND NOT 0 = ANY(k.columns)
          AND o.columns[1:k.indnkeyatts] = k.columns[1:k.indnkeyatts] AND o.columns @> k.columns
          AND o.classes[1:k.indnkeyatts] = k.classes AND o.collations[1:k.indnkeyatts] = k.collations
          AND o.options[1:k.indnkeyatts] = k.options AND o.condition = k.condition
        ORDER BY o.indnkeyatts, o.indexrelid LIMIT 1) AS covered_by
      FROM guarded k JOIN pg_am m ON m.oid = k.relam
    )
    SELECT k.relname::text AS name, k.top_name::text AS table_name,
      CASE WHEN k.on_partition THEN k.table_name::text END AS on_partition,
      k.amname::text AS method, pg_get_indexdef(k.indexrelid) AS definition,
      k.indisunique AS is_unique, k.guards, k.leaves::integer AS leaves, k.invalid_leaves::integer AS invalid_leaves,
      k.bytes, k.scans, k.last_scan,
      coalesce(d.stats_reset, pg_postmaster_start_time()) AS counted_since,
      k.scans = 0 AND k.guards IS NULL AND k.valid AND k.invalid_leaves = 0 AS unused,
      k.duplicate_of, k.covered_by,
      k.relkind = 'I' AND NOT k.valid AND b.root IS NULL AS incomplete,
      (NOT k.valid OR k.invalid_leaves > 0) AND b.root IS NULL AS invalid,
      b.root IS NOT NULL AS building, k.indexrelid AS relation,
      (k.guards IS NULL OR NOT k.valid OR k.invalid_leaves > 0 OR k.duplicate_of IS NOT NULL) AND NOT k.indisreplident
        AND NOT EXISTS (SELECT FROM pg_constraint x WHERE x.conindid = k.indexrelid) AS droppable
    FROM judged k
    LEFT JOIN pg_stat_database d ON d.datname = current_database()
    LEFT JOIN (SELECT DISTINCT root FROM building) b ON b.root = k.indexrelid
    WHERE NOT (k.top_name = 'transactions_archive' AND k.on_partition AND k.valid AND k.invalid_leaves = 0
      AND EXISTS (SELECT FROM guarded o WHERE o.table_name = 'transactions' AND o.relam = k.relam AND o.columns = k.columns
        AND o.classes = k.classes AND o.options = k.options AND o.condition = k.condition AND o.expressions = k.expressions))
  $text$, CASE WHEN current_setting('server_version_num')::integer >= 160000
    THEN 'max(pg_stat_get_lastscan(p.indexrelid)) FILTER (WHERE p.relkind = ''i'')' ELSE 'NULL::timestamptz' END);
END
$view$;
