-- What did each rule hit on a day, and what became of it? Fills rule_analytics for one UTC day, as 250_daily_reports.sql
-- fills the others and for the same touched days: hits never change, but what is known of their payments does.
--
-- The day's hits are read rule by rule through rule_hits_rule_time_idx, so that a day costs its hits and not its month.
-- A day whose hits have passed their retention has none, and keeps the figures it had.
CREATE OR REPLACE FUNCTION refresh_rule_day(p_day date) RETURNS bigint
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_changed bigint;
BEGIN
  WITH hits AS MATERIALIZED (
    SELECT h.* FROM fraud_rules r CROSS JOIN LATERAL (
      SELECT x.transaction_id, x.transaction_timestamp, x.rule_id, x.rule_version_id FROM rule_hits x
      WHERE x.rule_id = r.id AND x.transaction_timestamp >= v_from AND x.transaction_timestamp < v_to) h
  ), of_day AS MATERIALIZED (
    SELECT h.rule_version_id, h.rule_id, count(*) AS hits, count(*) FILTER (WHERE x.is_fraud) AS frauds,
      count(*) FILTER (WHERE NOT x.is_fraud) AS genuine,
      coalesce(sum(x.amount_base) FILTER (WHERE x.is_fraud AND x.decision <> 'ALLOW'), 0) AS caught,
      coalesce(sum(x.amount_base) FILTER (WHERE NOT x.is_fraud AND x.decision <> 'ALLOW'), 0) AS stopped
    FROM hits h JOIN transactions_all x ON x.transaction_id = h.transaction_id AND x.transaction_timestamp = h.transaction_timestamp
    WHERE x.transaction_timestamp >= v_from AND x.transaction_timestamp < v_to GROUP BY 1, 2
  ), old_rules AS (
    UPDATE rule_analytics r SET hit_count = o.hits, fraud_count = o.frauds, genuine_count = o.genuine,
      caught_amount = o.caught, stopped_amount = o.stopped
    FROM of_day o WHERE r.date = p_day AND r.rule_version_id = o.rule_version_id
      AND (r.hit_count, r.fraud_count, r.genuine_count, r.caught_amount, r.stopped_amount)
        IS DISTINCT FROM (o.hits, o.frauds, o.genuine, o.caught, o.stopped)
    RETURNING r.rule_version_id
  ), new_rules AS (
    INSERT INTO rule_analytics (date, rule_version_id, rule_id, hit_count, fraud_count, genuine_count, caught_amount, stopped_amount)
    SELECT p_day, o.rule_version_id, o.rule_id, o.hits, o.frauds, o.genuine, o.caught, o.stopped
    FROM of_day o ON CONFLICT DO NOTHING
    RETURNING rule_version_id
  )
  SELECT (SELECT count(*) FROM old_rules) + (SELECT count(*) FROM new_rules) INTO v_changed;
  RETURN v_changed;
END $$;
