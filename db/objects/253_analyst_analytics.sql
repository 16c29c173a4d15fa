-- What did each analyst decide on a day, and how long did it take? Fills analyst_analytics for one UTC day, as
-- 250_daily_reports.sql fills the others and for the same touched days: verdicts are given and taken back.
CREATE OR REPLACE FUNCTION refresh_analyst_day(p_day date) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_changed bigint;
BEGIN
  WITH verdicts AS (
    SELECT coalesce(a.decided_by, '') AS user_id, a.disposition = 'fraud' AS fraud, a.decided_at <= a.sla_due_at AS in_time,
      CASE WHEN a.decided_at < a.created_at + interval '1 second' THEN 0
        ELSE 1 + floor(16 * log(2, extract(epoch FROM a.decided_at - a.created_at))) END::smallint AS bucket
    FROM fraud_alerts a WHERE a.status = 'decided' AND a.decided_at >= v_from AND a.decided_at < v_to
  ), buckets AS (
    SELECT user_id, bucket, count(*) AS n, count(*) FILTER (WHERE fraud) AS frauds, count(*) FILTER (WHERE in_time) AS in_time
    FROM verdicts GROUP BY 1, 2
  ), of_day AS MATERIALIZED (
    SELECT user_id, sum(n)::integer AS decided, sum(frauds)::integer AS frauds, sum(in_time)::integer AS in_time,
      array_agg(bucket ORDER BY bucket) AS took, array_agg(n::integer ORDER BY bucket) AS alerts
    FROM buckets GROUP BY 1
  ), gone AS (
    DELETE FROM analyst_analytics a WHERE a.date = p_day AND NOT EXISTS (SELECT FROM of_day o WHERE o.user_id = a.user_id)
    RETURNING a.user_id
  ), kept AS (
    INSERT INTO analyst_analytics AS a (date, user_id, decided_count, fraud_count, in_time_count, took, alerts)
    SELECT p_day, user_id, decided, frauds, in_time, took, alerts FROM of_day
    ON CONFLICT (date, user_id) DO UPDATE SET decided_count = excluded.decided_count, fraud_count = excluded.fraud_count,
      in_time_count = excluded.in_time_count, took = excluded.took, alerts = excluded.alerts
    WHERE (a.decided_count, a.fraud_count, a.in_time_count, a.took, a.alerts)
      IS DISTINCT FROM (excluded.decided_count, excluded.fraud_count, excluded.in_time_count, excluded.took, excluded.alerts)
    RETURNING a.user_id
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept) INTO v_changed;
  RETURN v_changed;
END $$;
