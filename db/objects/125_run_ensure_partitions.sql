-- Are the partitions there? ensure_partitions() as a job: catches its error and leaves its row in job_runs.
CREATE OR REPLACE FUNCTION run_ensure_partitions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_made integer;
BEGIN
  BEGIN
    v_made := ensure_partitions();
    PERFORM record_job_run('ensure-partitions', v_started, 'ok', v_made);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('ensure-partitions', v_started, 'failed', NULL, SQLERRM);
  END;
END $$;

REVOKE ALL ON FUNCTION run_ensure_partitions() FROM PUBLIC;
