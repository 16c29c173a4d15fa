-- How did a job end? Ends the run that its scheduler began in this transaction (`vigil.job_run`), else writes the row
-- itself; a function that failed would roll its own row back, so each catches.
CREATE OR REPLACE FUNCTION record_job_run(
  p_job text, p_started timestamptz, p_status text, p_rows bigint DEFAULT NULL, p_error text DEFAULT NULL, p_detail jsonb DEFAULT NULL
) RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_run bigint := nullif(current_setting('vigil.job_run', true), '')::bigint;
  v_id bigint;
BEGIN
  IF v_run IS NOT NULL THEN
    UPDATE job_runs SET ended_at = clock_timestamp(), status = p_status, affected_rows = p_rows, error_message = p_error, detail = p_detail
    WHERE id = v_run AND job_name = p_job AND status IN ('running', 'lost') RETURNING id INTO v_id;
  END IF;
  IF v_id IS NULL THEN
    INSERT INTO job_runs (job_name, started_at, ended_at, status, affected_rows, error_message, started_by, detail)
    VALUES (p_job, p_started, clock_timestamp(), p_status, p_rows, p_error,
      -- In a worker of the server pg_cron is the process itself, over a connection the name of the application.
      CASE WHEN current_setting('application_name', true) LIKE 'pg_cron%' OR (SELECT backend_type LIKE 'pg_cron%'
        FROM pg_stat_activity WHERE pid = pg_backend_pid()) THEN 'pg_cron' ELSE session_user END, p_detail)
    RETURNING id INTO v_id;
  END IF;
  RETURN v_id;
END $$;

-- Who asks for a run now? The row waits until a worker takes it; of a job one may wait.
CREATE OR REPLACE FUNCTION request_job_run(p_job text, p_by text) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO job_runs (job_name, started_at, status, started_by) VALUES (p_job, clock_timestamp(), 'waiting', p_by)
  ON CONFLICT (job_name) WHERE status = 'waiting' DO NOTHING RETURNING id;
$$;

-- Who wants a run to end? The worker cancels its statement.
CREATE OR REPLACE FUNCTION request_job_cancel(p_run bigint, p_by text) RETURNS text
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE job_runs SET cancelled_by = p_by WHERE id = p_run AND status = 'running' RETURNING job_name;
$$;

REVOKE ALL ON FUNCTION record_job_run(text, timestamptz, text, bigint, text, jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION request_job_run(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION request_job_cancel(bigint, text) FROM PUBLIC;
