-- Are the partitions there? Makes the missing ones as a job: leaves its row in job_runs, failed while one is not there.
CREATE OR REPLACE FUNCTION run_ensure_partitions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_done record;
BEGIN
  BEGIN
    SELECT * INTO v_done FROM make_missing_partitions(NULL, NULL, false);
    PERFORM record_job_run('ensure-partitions', v_started, CASE WHEN cardinality(v_done.failed) > 0 THEN 'failed' ELSE 'ok' END,
      cardinality(v_done.made), nullif(array_to_string(v_done.failed, '; '), ''),
      CASE WHEN cardinality(v_done.made) > 0 THEN jsonb_build_object('made', v_done.made) END);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('ensure-partitions', v_started, 'failed', NULL, SQLERRM);
  END;
END $$;

REVOKE ALL ON FUNCTION run_ensure_partitions() FROM PUBLIC;
