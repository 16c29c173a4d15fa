-- How does PgBouncer know a login's password? It asks here, so that a password is kept in one place, the server.
-- Run once in fraud_detection by a superuser: psql -d fraud_detection -f deploy/pgbouncer.sql, then \password vigil_pooler
-- in psql, and the same password for "vigil_pooler" in PgBouncer's userlist.txt.
DO $$
BEGIN
  IF to_regrole('vigil_pooler') IS NULL THEN
    CREATE ROLE vigil_pooler LOGIN CONNECTION LIMIT 20;
  END IF;
END $$;

CREATE SCHEMA IF NOT EXISTS vigil_pooler;
GRANT USAGE ON SCHEMA vigil_pooler TO vigil_pooler;

-- Only Vigil's own roles go through the pooler; nobody else's verifier leaves the server this way.
CREATE OR REPLACE FUNCTION vigil_pooler.find_login(p_login text, OUT login text, OUT verifier text)
RETURNS SETOF record LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT rolname::text, rolpassword FROM pg_authid
  WHERE rolname = p_login AND rolname IN ('vigil_web', 'vigil_worker', 'vigil_readonly')
    AND rolcanlogin AND NOT rolsuper AND (rolvaliduntil IS NULL OR rolvaliduntil > now());
$$;

REVOKE ALL ON FUNCTION vigil_pooler.find_login(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION vigil_pooler.find_login(text) TO vigil_pooler;
