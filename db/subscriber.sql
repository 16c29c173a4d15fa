-- Where do payments of a month go that this subscriber has no partition for? Into a DEFAULT partition, because a row without a
-- place would halt the apply worker. It is emptied every hour: the months are made and the rows moved to them.
CREATE TABLE IF NOT EXISTS transactions_default PARTITION OF transactions DEFAULT;
CREATE TABLE IF NOT EXISTS ml_features_default PARTITION OF ml_features DEFAULT;

CREATE OR REPLACE FUNCTION empty_default_partitions() RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '5s' AS $$
DECLARE
  v_month timestamptz;
  v_table text;
  v_rows bigint;
  v_moved bigint := 0;
BEGIN
  FOR v_month IN
    SELECT DISTINCT date_trunc('month', transaction_timestamp) FROM
      (SELECT transaction_timestamp FROM transactions_default UNION ALL SELECT transaction_timestamp FROM ml_features_default) AS d
    ORDER BY 1
  LOOP
    -- A row of that month that arrives between the two statements would keep its partition from being attached.
    LOCK TABLE transactions_default, ml_features_default IN EXCLUSIVE MODE;
    FOREACH v_table IN ARRAY ARRAY['transactions', 'ml_features'] LOOP
      EXECUTE format('CREATE TEMPORARY TABLE %I ON COMMIT DROP AS SELECT * FROM %I
        WHERE transaction_timestamp >= %L AND transaction_timestamp < %L',
        'moved_' || v_table, v_table || '_default', v_month, v_month + interval '1 month');
      EXECUTE format('DELETE FROM %I WHERE transaction_timestamp >= %L AND transaction_timestamp < %L',
        v_table || '_default', v_month, v_month + interval '1 month');
    END LOOP;
    PERFORM ensure_partitions(v_month, v_month);
    FOREACH v_table IN ARRAY ARRAY['transactions', 'ml_features'] LOOP
      EXECUTE format('INSERT INTO %I SELECT * FROM pg_temp.%I', v_table, 'moved_' || v_table);
      GET DIAGNOSTICS v_rows = ROW_COUNT;
      v_moved := v_moved + v_rows;
      EXECUTE format('DROP TABLE pg_temp.%I', 'moved_' || v_table);
    END LOOP;
  END LOOP;
  RETURN v_moved;
END $$;

-- The same as a job: its row in job_runs says how many rows had no place.
CREATE OR REPLACE FUNCTION run_empty_default_partitions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
BEGIN
  PERFORM record_job_run('empty-default-partitions', v_started, 'ok', empty_default_partitions());
EXCEPTION WHEN OTHERS THEN
  PERFORM record_job_run('empty-default-partitions', v_started, 'failed', NULL, SQLERRM);
END $$;

REVOKE ALL ON FUNCTION empty_default_partitions() FROM PUBLIC;
REVOKE ALL ON FUNCTION run_empty_default_partitions() FROM PUBLIC;

DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_cron') THEN
    PERFORM cron.schedule('empty-default-partitions', '27 * * * *', 'SELECT public.run_empty_default_partitions();');
  END IF;
END $$;
