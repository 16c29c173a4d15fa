-- as: bootstrap
-- Which jobs does the server itself run? None: pg_cron is not here, so the worker's scheduler runs them all.
DROP FUNCTION IF EXISTS server_jobs();
CREATE FUNCTION server_jobs() RETURNS TABLE (job_name text, schedule text, active boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NULL::text, NULL::text, NULL::boolean WHERE false;
$$;

CREATE OR REPLACE FUNCTION server_runs(p_since timestamptz)
RETURNS TABLE (id bigint, job_name text, started_at timestamptz, ended_at timestamptz, status text, error_message text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT NULL::bigint, NULL::text, NULL::timestamptz, NULL::timestamptz, NULL::text, NULL::text WHERE false;
$$;

CREATE OR REPLACE FUNCTION server_run_count(p_job text, p_from timestamptz, p_to timestamptz) RETURNS integer
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT NULL::integer $$;

CREATE OR REPLACE FUNCTION delete_server_runs(p_before timestamptz, p_limit integer) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT 0::bigint $$;

CREATE OR REPLACE FUNCTION set_server_job(p_job text, p_active boolean) RETURNS boolean
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$ SELECT false $$;

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
