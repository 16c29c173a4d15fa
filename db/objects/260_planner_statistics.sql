-- What does the planner know of a partitioned table as a whole? Autovacuum looks at its partitions only, so this does the
-- rest: one table a run, the one whose rows have changed most since, by a fifth at least, or after a week.
CREATE OR REPLACE FUNCTION analyze_partitioned_table(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
  v_table record;
BEGIN
  affected := 0;
  SELECT t.name, t.rows INTO v_table FROM (
    SELECT p.oid, p.relname AS name, p.reltuples AS known, pg_stat_get_last_analyze_time(p.oid) AS at, (
      SELECT sum(greatest(c.reltuples, 0)) FROM pg_partition_tree(p.oid) l JOIN pg_class c ON c.oid = l.relid WHERE l.isleaf) AS rows
    FROM pg_class p WHERE p.relnamespace = 'public'::regnamespace AND p.relkind = 'p' AND NOT p.relispartition) t
  WHERE t.rows > 0 AND (t.known < 0 OR abs(t.rows - t.known) > 0.2 * t.known OR t.at IS NULL OR t.at < now() - interval '7 days')
  ORDER BY t.known >= 0, abs(t.rows - t.known) / greatest(t.known, 1) DESC LIMIT 1;
  IF FOUND THEN
    -- From 18 on without its partitions, which have their own.
    EXECUTE format(CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN 'ANALYZE ONLY %I' ELSE 'ANALYZE %I' END, v_table.name);
    affected := v_table.rows;
    detail := jsonb_build_object('table', v_table.name);
  END IF;
END $$;

REVOKE ALL ON FUNCTION analyze_partitioned_table() FROM PUBLIC;
