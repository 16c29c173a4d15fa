-- as: bootstrap
-- Which jobs does pg_cron run? Where it has them the worker's scheduler leaves them alone.
--
-- The list is the catalogue's (domain/jobs/catalogue.ts): a job that is gone from it is unscheduled here, one that a
-- person has paused stays paused. Commands of ours end with the comment by which they are known again.
DO $$
DECLARE
  v_job record;
  v_wanted text[] := '{}';
BEGIN
  FOR v_job IN SELECT * FROM (VALUES
    ('refresh-fraud-dashboard', '*/5 * * * *', 'SELECT public.refresh_fraud_dashboard();'),
    ('ensure-partitions', '17 * * * *', 'SELECT public.run_ensure_partitions();'),
    ('archive-old-transactions', '37 * * * *', 'SELECT public.archive_old_transactions();'),
    ('drop-expired-partitions', '*/10 * * * *', 'SELECT public.run_job(''drop-expired-partitions'');'),
    ('delete-expired-rows', '*/5 * * * *', 'SELECT public.run_job(''delete-expired-rows'');'),
    ('roll-up-metrics', '7 * * * *', 'SELECT public.run_job(''roll-up-metrics'');'),
    ('daily-reports', '*/15 * * * *', 'SELECT public.run_job(''daily-reports'');'),
    ('measure-ab-tests', '*/5 * * * *', 'SELECT public.run_job(''measure-ab-tests'');'),
    ('analyze-partitioned', '53 * * * *', 'SELECT public.run_job(''analyze-partitioned'');')
  ) AS j(name, schedule, command) LOOP
    PERFORM cron.schedule(v_job.name, v_job.schedule, v_job.command || ' -- vigil');
    v_wanted := v_wanted || v_job.name::text;
  END LOOP;
  FOR v_job IN SELECT j.jobid, j.jobname, j.active, EXISTS (SELECT FROM public.job_pauses p WHERE p.job_name = j.jobname) AS paused
    FROM cron.job j WHERE j.database = current_database() AND j.username = current_user AND j.command LIKE '%-- vigil'
  LOOP
    IF v_job.jobname <> ALL (v_wanted) THEN
      PERFORM cron.unschedule(v_job.jobid);
    ELSIF v_job.active = v_job.paused THEN
      PERFORM cron.alter_job(v_job.jobid, active := NOT v_job.paused);
    END IF;
  END LOOP;
END $$;

-- Row security shows cron.job to its owner only, and the worker is another role.
DROP FUNCTION IF EXISTS server_jobs();
CREATE FUNCTION server_jobs() RETURNS TABLE (job_name text, schedule text, active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.jobname::text, j.schedule, j.active FROM cron.job j
  WHERE j.database = current_database() AND j.jobname IS NOT NULL;
$$;

-- Which runs have left no row in job_runs? Those under way, and those that failed before the job's own function could
-- say so: it catches its errors, so a run that pg_cron calls failed never came to its end.
CREATE OR REPLACE FUNCTION server_runs(p_since timestamptz)
RETURNS TABLE (id bigint, job_name text, started_at timestamptz, ended_at timestamptz, status text, error_message text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT -d.runid, j.jobname::text, coalesce(d.start_time, d.end_time, now()), d.end_time,
    CASE WHEN d.status <> 'failed' THEN 'running' WHEN d.return_message = 'server restarted' THEN 'lost' ELSE 'failed' END,
    CASE WHEN d.status = 'failed' THEN d.return_message END
  FROM cron.job_run_details d JOIN cron.job j ON j.jobid = d.jobid
  WHERE d.database = current_database() AND j.jobname IS NOT NULL AND d.status <> 'succeeded'
    AND (d.start_time IS NULL OR d.start_time >= p_since);
$$;

-- How many runs of a job has pg_cron begun in a time? Null where it keeps no record of them.
CREATE OR REPLACE FUNCTION server_run_count(p_job text, p_from timestamptz, p_to timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT CASE WHEN current_setting('cron.log_run', true) = 'on' THEN (SELECT count(*)::integer
    FROM cron.job_run_details d JOIN cron.job j ON j.jobid = d.jobid
    WHERE j.jobname = p_job AND j.database = current_database() AND d.start_time >= p_from AND d.start_time < p_to) END;
$$;

-- What does pg_cron still have to remember? It never forgets by itself. Answers how many rows have gone.
CREATE OR REPLACE FUNCTION delete_server_runs(p_before timestamptz, p_limit integer) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_rows bigint;
BEGIN
  DELETE FROM cron.job_run_details WHERE runid IN (SELECT d.runid FROM cron.job_run_details d
    WHERE d.database = current_database() AND coalesce(d.end_time, d.start_time) < p_before ORDER BY d.runid LIMIT p_limit);
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END $$;

-- May pg_cron start this job? Answers false for a job that is not pg_cron's.
CREATE OR REPLACE FUNCTION set_server_job(p_job text, p_active boolean) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  v_id bigint := (SELECT j.jobid FROM cron.job j WHERE j.jobname = p_job AND j.database = current_database()
    AND j.username = current_user AND j.command LIKE '%-- vigil');
BEGIN
  IF v_id IS NULL THEN
    RETURN false;
  END IF;
  PERFORM cron.alter_job(v_id, active := p_active);
  RETURN true;
END $$;

REVOKE ALL ON FUNCTION server_jobs() FROM PUBLIC;
REVOKE ALL ON FUNCTION server_runs(timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION server_run_count(text, timestamptz, timestamptz) FROM PUBLIC;
REVOKE ALL ON FUNCTION delete_server_runs(timestamptz, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION set_server_job(text, boolean) FROM PUBLIC;

DO $$
BEGIN
  IF to_regrole('vigil_worker') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION server_jobs(), server_runs(timestamptz) TO vigil_web, vigil_worker;
    GRANT EXECUTE ON FUNCTION server_run_count(text, timestamptz, timestamptz) TO vigil_worker;
    GRANT EXECUTE ON FUNCTION delete_server_runs(timestamptz, integer) TO vigil_owner;
    GRANT EXECUTE ON FUNCTION set_server_job(text, boolean) TO vigil_web;
  END IF;
END $$;
