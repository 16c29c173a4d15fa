-- How does each hour of the last two days look? The plan's 24 hours and those before, for comparison.
-- Labels come days late, so fraud_count is what has been confirmed so far; amounts are in the base currency.
-- Databases of the first days have a health view that stands on this one; 150 makes it again.
DROP VIEW IF EXISTS v_database_health;
DROP MATERIALIZED VIEW IF EXISTS mv_fraud_dashboard_realtime;
CREATE MATERIALIZED VIEW mv_fraud_dashboard_realtime AS
SELECT
  date_trunc('hour', transaction_timestamp, 'UTC') AS hour,
  count(*) AS total_transactions,
  count(*) FILTER (WHERE is_fraud) AS fraud_count,
  avg(fraud_score) AS avg_fraud_score,
  sum(amount_base) AS total_amount,
  count(DISTINCT user_id) AS unique_users,
  count(*) FILTER (WHERE decision = 'ALLOW') AS allowed_count,
  count(*) FILTER (WHERE decision = 'REVIEW') AS review_count,
  count(*) FILTER (WHERE decision = 'BLOCK') AS blocked_count,
  coalesce(sum(amount_base) FILTER (WHERE decision = 'BLOCK'), 0) AS blocked_amount,
  avg(latency_ms) AS avg_latency_ms,
  now() AS refreshed_at
FROM transactions
WHERE transaction_timestamp > now() - interval '49 hours' AND transaction_timestamp <= now() + interval '10 minutes'
GROUP BY 1;

-- REFRESH … CONCURRENTLY needs a unique index.
CREATE UNIQUE INDEX mv_fraud_dashboard_realtime_hour_key ON mv_fraud_dashboard_realtime (hour);

CREATE OR REPLACE FUNCTION refresh_fraud_dashboard() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_rows bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext('refresh-fraud-dashboard')) THEN
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'skipped', NULL, 'another run is under way');
    RETURN;
  END IF;
  BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_fraud_dashboard_realtime;
    SELECT count(*) INTO v_rows FROM mv_fraud_dashboard_realtime;
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'ok', v_rows);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'failed', NULL, SQLERRM);
  END;
END $$;

REVOKE ALL ON FUNCTION refresh_fraud_dashboard() FROM PUBLIC;
