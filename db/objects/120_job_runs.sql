-- How did a job end? Writes its row of job_runs; a function that failed would roll its own row back, so each catches.
CREATE OR REPLACE FUNCTION record_job_run(
  p_job text, p_started timestamptz, p_status text, p_rows bigint DEFAULT NULL, p_error text DEFAULT NULL, p_detail jsonb DEFAULT NULL
) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO job_runs (job_name, started_at, ended_at, status, affected_rows, error_message, started_by, detail)
  VALUES (p_job, p_started, clock_timestamp(), p_status, p_rows, p_error,
    CASE WHEN current_setting('application_name', true) LIKE 'pg_cron%' THEN 'pg_cron' ELSE session_user END, p_detail)
  RETURNING id;
$$;

REVOKE ALL ON FUNCTION record_job_run(text, timestamptz, text, bigint, text, jsonb) FROM PUBLIC;
