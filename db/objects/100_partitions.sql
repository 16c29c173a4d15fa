-- Which partitions must exist for payments and records of today and the near future? Makes those that are missing.
--
-- Months: two back, the current one and three ahead, and every month of [p_from, p_to] that an import needs.
-- Days (api_usage, system_metrics with its hours): yesterday, today and three ahead.
-- A partition is made beside its parent and then attached: payments go on meanwhile (CREATE TABLE … PARTITION OF
-- would lock the parent against them). Each month carries a CHECK equal to its bounds, so that attaching it again,
-- to the archive or back, scans nothing.

CREATE OR REPLACE FUNCTION make_partition(
  p_parent text, p_name text, p_column text, p_from timestamptz, p_to timestamptz, p_split text DEFAULT NULL
) RETURNS boolean LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  v_leaf_options CONSTANT text := CASE WHEN p_parent IN ('transactions', 'ml_features')
    THEN ' WITH (toast_tuple_target = 128, fillfactor = 90, autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)'
    ELSE '' END;
  v_hour timestamptz;
BEGIN
  IF to_regclass(format('public.%I', p_name)) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY, CONSTRAINT %I CHECK (%I IS NOT NULL AND %I >= %L AND %I < %L))%s',
    p_name, p_parent, p_name || '_bounds', p_column, p_column, p_from, p_column, p_to,
    CASE p_split WHEN 'risk' THEN ' PARTITION BY LIST (risk_level)'
                 WHEN 'hour' THEN format(' PARTITION BY RANGE (%I)', p_column)
                 ELSE v_leaf_options END);
  IF p_split = 'risk' THEN
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (''HIGH'', ''CRITICAL'')%s',
      p_name || '_high_risk', p_name, v_leaf_options);
    EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES IN (''MINIMAL'', ''LOW'', ''MEDIUM'')%s',
      p_name || '_low_risk', p_name, v_leaf_options);
  ELSIF p_split = 'hour' THEN
    FOR v_hour IN SELECT generate_series(p_from, p_to - interval '1 hour', interval '1 hour') LOOP
      EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
        p_name || to_char(v_hour, '"h"HH24'), p_name, v_hour, v_hour + interval '1 hour');
    END LOOP;
  END IF;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', p_parent, p_name, p_from, p_to);
  RETURN true;
END $$;

CREATE OR REPLACE FUNCTION ensure_partitions(p_from timestamptz DEFAULT NULL, p_to timestamptz DEFAULT NULL)
RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  v_made integer := 0;
  v_start timestamptz;
  v_parent record;
  v_first timestamptz := date_trunc('month', least(coalesce(p_from, now()), now() - interval '2 months'));
  v_last timestamptz := date_trunc('month', greatest(coalesce(p_to, now()), now() + interval '3 months'));
BEGIN
  IF v_first < now() - interval '20 years' OR v_last > now() + interval '2 years' THEN
    RAISE EXCEPTION 'partitions from % to % are out of bounds', v_first, v_last USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('vigil.partitions'));
  FOR v_parent IN SELECT * FROM (VALUES
      ('transactions', 'transaction_timestamp', 'risk'), ('ml_features', 'transaction_timestamp', NULL),
      ('model_predictions', 'transaction_timestamp', NULL), ('rule_hits', 'transaction_timestamp', NULL),
      ('audit_trail', 'timestamp', NULL), ('security_events', 'created_at', NULL)) AS p(name, col, split) LOOP
    v_start := v_first;
    WHILE v_start <= v_last LOOP
      v_made := v_made + make_partition(v_parent.name, v_parent.name || to_char(v_start, '"_y"YYYY"m"MM'),
        v_parent.col, v_start, v_start + interval '1 month', v_parent.split)::integer;
      v_start := v_start + interval '1 month';
    END LOOP;
  END LOOP;
  FOR v_start IN SELECT generate_series(date_trunc('day', now()) - interval '1 day',
      date_trunc('day', now()) + interval '3 days', interval '1 day') LOOP
    v_made := v_made + make_partition('api_usage', to_char(v_start, '"api_usage_y"YYYY"m"MM"d"DD'), 'timestamp',
      v_start, v_start + interval '1 day')::integer;
    v_made := v_made + make_partition('system_metrics', to_char(v_start, '"system_metrics_y"YYYY"m"MM"d"DD'),
      'timestamp', v_start, v_start + interval '1 day', 'hour')::integer;
  END LOOP;
  RETURN v_made;
END $$;

REVOKE ALL ON FUNCTION make_partition(text, text, text, timestamptz, timestamptz, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION ensure_partitions(timestamptz, timestamptz) FROM PUBLIC;
