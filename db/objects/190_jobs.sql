-- as: bootstrap
-- Which jobs does the server itself run? None: pg_cron is not here, so the worker's scheduler runs them all.
CREATE OR REPLACE FUNCTION server_jobs() RETURNS TABLE (job_name text, schedule text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NULL::text, NULL::text WHERE false;
$$;

REVOKE ALL ON FUNCTION server_jobs() FROM PUBLIC;

DO $$
BEGIN
  IF to_regrole('vigil_worker') IS NOT NULL THEN
    GRANT EXECUTE ON FUNCTION server_jobs() TO vigil_web, vigil_worker;
  END IF;
END $$;
