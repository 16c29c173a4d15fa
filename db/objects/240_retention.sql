-- What has passed its time? Partitions go whole, one step a run; rows go in small blocks, a bounded time a run.

-- A period of system_config, or the default when its row is missing or is no positive number.
CREATE OR REPLACE FUNCTION retention_setting(p_key text, p_default integer) RETURNS integer
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT (config_value #>> '{}')::integer FROM system_config
    WHERE config_key = p_key AND config_value #>> '{}' ~ '^[1-9][0-9]{0,5}$'), p_default);
$$;

-- Takes away the oldest partition that has passed its time: detaches it, and in a later run drops what is detached.
-- Both would lock the parent against payments for as long as the files take to go. A parent in use makes this run
-- go on to the next table (200 ms). A month of features that is held (partition_holds) stays, with all after it: a
-- gap would be filled again. A day of measurements, which no payment writes to, is rolled up and dropped at once.
CREATE OR REPLACE FUNCTION drop_expired_partition(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  v_parent record;
  v_part record;
  v_busy text[] := '{}';
BEGIN
  affected := 0;
  FOR v_part IN
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname ~ '_y\d{4}m\d{2}(d\d{2})?_expired$' ORDER BY c.relname
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE %I', v_part.name);
      affected := 1;
      detail := jsonb_build_object('dropped', v_part.name);
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      v_busy := v_busy || v_part.name::text;
    END;
  END LOOP;
  FOR v_parent IN
    SELECT p.name, CASE p.unit WHEN 'days' THEN make_interval(days => retention_setting(p.key, p.usual))
      ELSE make_interval(months => retention_setting(p.key, p.usual)) END AS keep, p.holds
    FROM (VALUES
      ('api_usage', 'retention.api_usage_days', 90, 'days', false),
      ('system_metrics', 'retention.system_metrics_days', 7, 'days', false),
      ('ml_features', 'retention.features_months', 36, 'months', true),
      ('model_predictions', 'retention.features_months', 36, 'months', true),
      ('rule_hits', 'retention.features_months', 36, 'months', true),
      ('audit_trail', 'retention.audit_months', 84, 'months', false),
      ('security_events', 'retention.audit_months', 84, 'months', false)) AS p(name, key, usual, unit, holds)
  LOOP
    SELECT p.name, p.from_at, p.to_at INTO v_part FROM v_partitions p
    WHERE p.parent = v_parent.name AND p.level = 1 ORDER BY p.from_at LIMIT 1;
    CONTINUE WHEN NOT FOUND OR v_part.to_at > now() - v_parent.keep
      OR v_parent.holds AND EXISTS (SELECT FROM partition_holds h
        WHERE h.month = v_part.from_at::date AND (h.until IS NULL OR h.until > now()));
    BEGIN
      IF v_parent.name = 'system_metrics' THEN
        -- From 17 on a day attached with its hours cannot be detached again ("is not an identity column").
        PERFORM roll_up_metrics_day(v_part.from_at::date);
        EXECUTE format('DROP TABLE %I', v_part.name);
        detail := jsonb_build_object('dropped', v_part.name);
      ELSE
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', v_parent.name, v_part.name);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', v_part.name, v_part.name || '_expired');
        detail := jsonb_build_object('detached', v_part.name);
      END IF;
      PERFORM append_audit('system', NULL, 'drop-expired-partitions', 'partition:expire', 'partition', v_part.name, NULL,
        jsonb_build_object('kept', v_parent.keep), 'success', NULL, NULL, NULL, NULL, NULL);
      affected := 1;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      v_busy := v_busy || v_part.name::text;
    END;
  END LOOP;
  IF v_busy <> '{}' THEN
    detail := jsonb_build_object('busy', array_to_string(v_busy, ', '));
  END IF;
END $$;

-- Deletes rows that have passed their time, per table in blocks of 2,000 for at most 400 ms: what is left goes in the
-- next run. Rows that somebody holds are passed over, so that nobody waits for this and it waits for nobody.
CREATE OR REPLACE FUNCTION delete_expired_rows(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '200ms' SET enable_seqscan = off AS $$
DECLARE
  v_block CONSTANT integer := 2000;
  v_table record;
  v_until timestamptz;
  v_deleted bigint;
  v_sum bigint;
BEGIN
  affected := 0;
  detail := '{}';
  FOR v_table IN SELECT * FROM (VALUES
    ('transaction_stream', now() - make_interval(days => retention_setting('retention.stream_days', 30)),
      'DELETE FROM transaction_stream WHERE id IN (SELECT id FROM transaction_stream WHERE processing_status IN (''DONE'', ''DISCARDED'')
        AND received_at < $1 AND processed_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('api_usage_slots of five minutes', now() - interval '2 days',
      'DELETE FROM api_usage_slots WHERE ctid IN (SELECT ctid FROM api_usage_slots WHERE slot_seconds = 300 AND slot < $1
        ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('api_usage_slots', now() - make_interval(days => retention_setting('retention.api_usage_days', 90)),
      'DELETE FROM api_usage_slots WHERE ctid IN (SELECT ctid FROM api_usage_slots WHERE slot_seconds = 3600 AND slot < $1
        ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('feature_cache', now(),
      'DELETE FROM feature_cache WHERE id IN (SELECT id FROM feature_cache WHERE expires_at < $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('job_runs', now() - make_interval(days => retention_setting('retention.job_runs_days', 30)),
      'DELETE FROM job_runs WHERE id IN (SELECT id FROM job_runs WHERE started_at < $1 AND status NOT IN (''waiting'', ''running'')
        ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('model_drift', now() - make_interval(months => retention_setting('retention.features_months', 36)),
      'DELETE FROM model_drift WHERE ctid IN (SELECT ctid FROM model_drift WHERE day < ($1 AT TIME ZONE ''UTC'')::date
        ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('cron.job_run_details', now() - make_interval(days => retention_setting('retention.job_runs_days', 30)), NULL)
  ) AS t(name, before, statement) LOOP
    v_until := clock_timestamp() + interval '400 milliseconds';
    v_sum := 0;
    LOOP
      IF v_table.statement IS NULL THEN
        v_deleted := delete_server_runs(v_table.before, v_block);
      ELSE
        EXECUTE v_table.statement USING v_table.before, v_block;
        GET DIAGNOSTICS v_deleted = ROW_COUNT;
      END IF;
      v_sum := v_sum + v_deleted;
      EXIT WHEN v_deleted < v_block OR clock_timestamp() > v_until;
    END LOOP;
    affected := affected + v_sum;
    CONTINUE WHEN v_sum = 0;
    detail := detail || jsonb_build_object(v_table.name, v_sum);
    IF v_deleted = v_block THEN
      detail := detail || jsonb_build_object(v_table.name || ' left', true);
    END IF;
  END LOOP;
  -- Each payment writes its day; while the daily reports are paused this keeps one row of each.
  IF pg_relation_size('touched_days') > 1000000 THEN
    INSERT INTO touched_days SELECT unnest(take_touched_days());
  END IF;
END $$;

REVOKE ALL ON FUNCTION drop_expired_partition() FROM PUBLIC;
REVOKE ALL ON FUNCTION delete_expired_rows() FROM PUBLIC;
