-- as: bootstrap
-- Which jobs does pg_cron run? Where it has them the worker's scheduler leaves them alone.
SELECT cron.schedule('refresh-fraud-dashboard', '*/5 * * * *', 'SELECT public.refresh_fraud_dashboard();');
SELECT cron.schedule('ensure-partitions', '17 * * * *', 'SELECT public.run_ensure_partitions();');
SELECT cron.schedule('archive-old-transactions', '37 * * * *', 'SELECT public.archive_old_transactions();');

-- Row security shows cron.job to its owner only, and the worker is another role.
CREATE OR REPLACE FUNCTION server_jobs() RETURNS TABLE (job_name text, schedule text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT j.jobname::text, j.schedule FROM cron.job j
  WHERE j.active AND j.database = current_database() AND j.jobname IS NOT NULL;
$$;

REVOKE ALL ON FUNCTION server_jobs() FROM PUBLIC;

DO $$
BEGIN
  IF to_regrole('vigil_worker') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION server_jobs() TO vigil_web, vigil_worker;
  END IF;
END $$;
