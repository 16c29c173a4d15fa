-- One job, now: runs what its name stands for and leaves its row in job_runs, also when it fails or another run is under
-- way. The worker and pg_cron both call this; the lock is theirs in common.
CREATE OR REPLACE FUNCTION run_job(p_job text) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_rows bigint;
  v_detail jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext(p_job)) THEN
    PERFORM record_job_run(p_job, v_started, 'skipped', 0, 'another run is under way');
    RETURN;
  END IF;
  BEGIN
    CASE p_job
      WHEN 'drop-expired-partitions' THEN SELECT * INTO v_rows, v_detail FROM drop_expired_partition();
      WHEN 'delete-expired-rows' THEN SELECT * INTO v_rows, v_detail FROM delete_expired_rows();
      WHEN 'roll-up-metrics' THEN SELECT * INTO v_rows, v_detail FROM roll_up_metrics();
      WHEN 'daily-reports' THEN SELECT * INTO v_rows, v_detail FROM refresh_daily_reports();
      WHEN 'measure-ab-tests' THEN SELECT * INTO v_rows, v_detail FROM measure_ab_tests();
      WHEN 'analyze-partitioned' THEN SELECT * INTO v_rows, v_detail FROM analyze_partitioned_table();
    END CASE;
    PERFORM record_job_run(p_job, v_started, 'ok', v_rows, NULL, v_detail);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run(p_job, v_started, 'failed', NULL, SQLERRM);
  END;
END $$;

REVOKE ALL ON FUNCTION run_job(text) FROM PUBLIC;
