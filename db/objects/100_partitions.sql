-- Which partitions must exist for payments and records of today and the near future? Makes those that are missing.
--
-- What is missing, gaps in the middle too, missing_partitions() says. A partition is made beside its parent and then
-- attached: payments go on meanwhile (CREATE TABLE … PARTITION OF would lock the parent against them; ATTACH takes SHARE
-- UPDATE EXCLUSIVE). Each month and day carries a CHECK equal to its bounds, so that attaching it again, to the archive
-- or back, scans nothing.

-- Before statements could be looked at without being run, these ran them.
DROP FUNCTION IF EXISTS make_partition(text, text, text, timestamptz, timestamptz, text);
DROP FUNCTION IF EXISTS make_partition(v_missing_partitions);
DROP FUNCTION IF EXISTS create_partition_table(text, text, text, text, text);

-- One table that is a partition, or will be: like its parent, with the options of its kind, which only leaves may carry.
CREATE OR REPLACE FUNCTION partition_table_statement(
  p_parent text, p_within text, p_name text, p_split text, p_bounds text DEFAULT NULL
) RETURNS text LANGUAGE sql IMMUTABLE SET search_path = public, pg_temp AS $$
  SELECT format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY%s)%s', p_name, p_within,
    CASE WHEN p_bounds IS NULL THEN '' ELSE format(', CONSTRAINT %I CHECK (%s)', p_name || '_bounds', p_bounds) END,
    CASE WHEN p_split = 'risk' THEN ' PARTITION BY LIST (risk_level)'
         WHEN p_split = 'hour' THEN ' PARTITION BY RANGE ("timestamp")'
         WHEN p_parent IN ('transactions', 'ml_features') THEN ' WITH (toast_tuple_target = 128, fillfactor = 90, '
           || 'autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)'
         ELSE '' END)
$$;

-- How is a missing partition made, with its parts? What stands beside its parent under that name is only attached.
CREATE OR REPLACE FUNCTION partition_statements(p v_missing_partitions) RETURNS SETOF text LANGUAGE plpgsql STABLE ROWS 8
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_leaf record;
BEGIN
  IF NOT p.beside THEN
    RETURN NEXT partition_table_statement(p.parent, p.within, p.name, p.split,
      -- A part carries its parent's.
      CASE WHEN p.within = p.parent THEN format('%1$I IS NOT NULL AND %1$I >= %2$L AND %1$I < %3$L', p.key_column, p.from_at, p.to_at) END);
    FOR v_leaf IN SELECT * FROM partition_leaves(p.name, p.split, p.from_at) LOOP
      RETURN NEXT partition_table_statement(p.parent, p.name, v_leaf.name, NULL);
      RETURN NEXT format('ALTER TABLE %I ATTACH PARTITION %I %s', p.name, v_leaf.name, v_leaf.bound);
    END LOOP;
  END IF;
  RETURN NEXT format('ALTER TABLE %I ATTACH PARTITION %I %s', p.within, p.name, p.bound);
END $$;

-- Makes what is missing, each by itself: one that fails keeps no other from being made. A table whose lock could not be
-- had is left for the next time. With p_beside also attaches what stands beside its parent, detached.
CREATE OR REPLACE FUNCTION make_missing_partitions(
  p_from timestamptz, p_to timestamptz, p_beside boolean, OUT made text[], OUT failed text[]
) LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '3s' AS $$
DECLARE
  v_missing v_missing_partitions;
  v_statement text;
  v_locked text[] := '{}';
BEGIN
  made := '{}';
  failed := '{}';
  PERFORM pg_advisory_xact_lock(hashtext('vigil.partitions'));
  -- Found only now: another may have made them while this waited.
  FOR v_missing IN SELECT m.* FROM missing_partitions(p_from, p_to) m LOOP
    IF v_missing.beside AND NOT p_beside THEN
      failed := failed || format('%s: a table of this name stands beside %s, detached', v_missing.name, v_missing.within);
    ELSIF NOT v_missing.within = ANY (v_locked) THEN
      BEGIN
        FOR v_statement IN SELECT * FROM partition_statements(v_missing) LOOP
          EXECUTE v_statement;
        END LOOP;
        made := made || v_missing.name;
      EXCEPTION WHEN OTHERS THEN
        failed := failed || format('%s: %s', v_missing.name, SQLERRM);
        IF SQLSTATE = '55P03' THEN
          v_locked := v_locked || v_missing.within;
        END IF;
      END;
    END IF;
  END LOOP;
END $$;

CREATE OR REPLACE FUNCTION ensure_partitions(p_from timestamptz DEFAULT NULL, p_to timestamptz DEFAULT NULL)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
  v_done record;
BEGIN
  IF p_from < now() - interval '20 years' OR p_to > now() + interval '2 years' OR p_from > now() + interval '2 years' THEN
    RAISE EXCEPTION 'partitions from % to % are out of bounds', p_from, p_to USING ERRCODE = '22023';
  END IF;
  SELECT * INTO v_done FROM make_missing_partitions(p_from, p_to, false);
  IF cardinality(v_done.failed) > 0 THEN
    RAISE WARNING 'partitions not made: %', array_to_string(v_done.failed, '; ');
  END IF;
  RETURN cardinality(v_done.made);
END $$;

REVOKE ALL ON FUNCTION partition_table_statement(text, text, text, text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION partition_statements(v_missing_partitions) FROM PUBLIC;
REVOKE ALL ON FUNCTION make_missing_partitions(timestamptz, timestamptz, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions(timestamptz, timestamptz) FROM PUBLIC;
