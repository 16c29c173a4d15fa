-- Who schedules? With a superuser as DATABASE_URL's login there is nothing to do: migrate creates the extension and its jobs.
-- For a bootstrap login that is none, a superuser runs this once in fraud_detection, after deploy/postgresql.conf is in force:
-- psql -d fraud_detection -v bootstrap=vigil_bootstrap -f deploy/pg_cron.sql
CREATE EXTENSION IF NOT EXISTS pg_cron;
GRANT USAGE ON SCHEMA cron TO :"bootstrap";
-- A job runs as whoever scheduled it. Its record is kept as long as job_runs, by the job delete-expired-rows.
GRANT SELECT, DELETE ON cron.job_run_details TO :"bootstrap";
