-- How was each day, and each merchant, rule and analyst on it? Fills daily_metrics, merchant_analytics, rule_analytics and
-- analyst_analytics for every UTC day that a payment, a label or a verdict has touched since the last run, late ones and
-- corrections too; untouched days cost nothing.
--
-- record_decision, label_transactions and the commands of verdicts write the day into touched_days in their own transaction. A day is computed by
-- a statement after the one that takes it away: whoever wrote what was taken is visible by then, and whoever is not yet
-- visible has written a row that stays. So there is no mark that a slow transaction could fall behind.

-- Takes all touched days there are, each once; rows that another run holds stay for later.
CREATE OR REPLACE FUNCTION take_touched_days() RETURNS date[]
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH taken AS (DELETE FROM touched_days WHERE ctid = ANY (ARRAY(SELECT ctid FROM touched_days LIMIT 1000000 FOR UPDATE SKIP LOCKED)) RETURNING day)
  SELECT coalesce(array_agg(DISTINCT day ORDER BY day), '{}') FROM taken;
$$;

-- Computes one day again, and answers which merchants it changed.
CREATE OR REPLACE FUNCTION refresh_report_day(p_day date) RETURNS text[]
LANGUAGE plpgsql SET search_path = public, pg_temp SET timezone = 'UTC' SET enable_seqscan = off SET jit = off AS $$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_changed text[];
BEGIN
  WITH parts AS MATERIALIZED (
    SELECT x.merchant_id, x.user_id, count(*) AS n, sum(x.amount_base) AS amount, count(*) FILTER (WHERE x.is_fraud) AS frauds,
      coalesce(sum(x.amount_base) FILTER (WHERE x.is_fraud), 0) AS fraud_amount, sum(x.fraud_score) AS score,
      sum(x.latency_ms::numeric) AS latency, count(x.latency_ms) AS timed
    FROM transactions_all x WHERE x.transaction_timestamp >= v_from AND x.transaction_timestamp < v_to GROUP BY 1, 2
  ), of_day AS (
    SELECT sum(n) AS n, sum(amount) AS amount, sum(frauds) AS frauds, sum(fraud_amount) AS fraud_amount,
      round(sum(score) / sum(n), 4) AS score, count(DISTINCT user_id) AS users, count(DISTINCT merchant_id) AS merchants,
      round(sum(latency) / nullif(sum(timed), 0))::integer AS latency
    FROM parts HAVING count(*) > 0
  ), of_merchant AS MATERIALIZED (
    SELECT merchant_id, sum(n) AS n, sum(amount) AS amount, sum(frauds) AS frauds, sum(score) AS score FROM parts GROUP BY merchant_id
  ), old_day AS (
    UPDATE daily_metrics d SET total_transactions = o.n, total_amount = o.amount, fraud_transactions = o.frauds,
      fraud_amount = o.fraud_amount, avg_fraud_score = o.score, unique_users = o.users, unique_merchants = o.merchants,
      processing_time_avg_ms = o.latency
    FROM of_day o WHERE d.date = p_day AND (d.total_transactions, d.total_amount, d.fraud_transactions, d.fraud_amount,
      d.avg_fraud_score, d.unique_users, d.unique_merchants, d.processing_time_avg_ms)
      IS DISTINCT FROM (o.n, o.amount, o.frauds, o.fraud_amount, o.score, o.users, o.merchants, o.latency)
  ), new_day AS (
    -- Not ON CONFLICT: it would use up an id for every row of every run.
    INSERT INTO daily_metrics (date, total_transactions, total_amount, fraud_transactions, fraud_amount, avg_fraud_score,
      unique_users, unique_merchants, processing_time_avg_ms)
    SELECT p_day, n, amount, frauds, fraud_amount, score, users, merchants, latency FROM of_day
    WHERE NOT EXISTS (SELECT FROM daily_metrics WHERE date = p_day)
  ), old_merchants AS (
    UPDATE merchant_analytics m SET transaction_count = o.n, transaction_amount = o.amount, fraud_count = o.frauds,
      fraud_rate = round(o.frauds / o.n, 4), avg_transaction_amount = round(o.amount / o.n, 2), score_sum = o.score
    FROM of_merchant o WHERE m.merchant_id = o.merchant_id AND m.date = p_day
      AND (m.transaction_count, m.transaction_amount, m.fraud_count, m.score_sum) IS DISTINCT FROM (o.n, o.amount, o.frauds, o.score)
    RETURNING m.merchant_id
  ), new_merchants AS (
    INSERT INTO merchant_analytics (merchant_id, date, transaction_count, transaction_amount, fraud_count, fraud_rate,
      avg_transaction_amount, score_sum)
    SELECT o.merchant_id, p_day, o.n, o.amount, o.frauds, round(o.frauds / o.n, 4), round(o.amount / o.n, 2), o.score
    FROM of_merchant o WHERE NOT EXISTS (SELECT FROM merchant_analytics m WHERE m.merchant_id = o.merchant_id AND m.date = p_day)
    RETURNING merchant_id
  )
  SELECT array_agg(c.merchant_id) INTO v_changed
  FROM (SELECT merchant_id FROM old_merchants UNION ALL SELECT merchant_id FROM new_merchants) c;
  RETURN coalesce(v_changed, '{}');
END $$;

-- Computes the trend of these merchants on these days and the thirteen after each: the mean score of the seven days that
-- end with the day, less that of the seven before; null while there was nothing before.
CREATE OR REPLACE FUNCTION refresh_risk_trends(p_merchants text[], p_days date[]) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp SET enable_seqscan = off SET jit = off AS $$
  UPDATE merchant_analytics m SET risk_score_trend = w.trend
  FROM (
    SELECT r.id, (
      SELECT round(sum(x.score_sum) FILTER (WHERE x.date > r.date - 7) / nullif(sum(x.transaction_count) FILTER (WHERE x.date > r.date - 7), 0)
        - sum(x.score_sum) FILTER (WHERE x.date <= r.date - 7) / nullif(sum(x.transaction_count) FILTER (WHERE x.date <= r.date - 7), 0), 4)
      FROM merchant_analytics x WHERE x.merchant_id = r.merchant_id AND x.date > r.date - 14 AND x.date <= r.date) AS trend
    FROM (SELECT DISTINCT u.merchant_id, u.day + k AS day
      FROM unnest(p_merchants, p_days) AS u(merchant_id, day) CROSS JOIN generate_series(0, 13) AS k) c
    JOIN merchant_analytics r ON r.merchant_id = c.merchant_id AND r.date = c.day) w
  WHERE m.id = w.id AND m.risk_score_trend IS DISTINCT FROM w.trend;
$$;

-- The newest touched day first, then the others from the oldest on; after ten seconds, or 20,000 days of merchants whose
-- trends must follow, the rest waits for the next run.
CREATE OR REPLACE FUNCTION refresh_daily_reports(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_days date[] := take_touched_days();
  v_until timestamptz := clock_timestamp() + interval '10 seconds';
  v_done integer := 0;
  v_day date;
  v_changed text[];
  v_others bigint := 0;
  v_merchants text[] := '{}';
  v_dates date[] := '{}';
BEGIN
  v_days := v_days[cardinality(v_days):] || v_days[:cardinality(v_days) - 1];
  FOREACH v_day IN ARRAY v_days LOOP
    EXIT WHEN v_done >= 2 AND (clock_timestamp() > v_until OR cardinality(v_merchants) > 20000);
    v_changed := refresh_report_day(v_day);
    v_others := v_others + refresh_rule_day(v_day) + refresh_analyst_day(v_day);
    v_merchants := v_merchants || v_changed;
    v_dates := v_dates || array_fill(v_day, ARRAY[cardinality(v_changed)]);
    v_done := v_done + 1;
  END LOOP;
  PERFORM refresh_risk_trends(v_merchants, v_dates);
  INSERT INTO touched_days SELECT unnest(v_days[v_done + 1:]);
  affected := cardinality(v_merchants) + v_others;
  detail := jsonb_build_object('days', v_done, 'days left', cardinality(v_days) - v_done);
END $$;

REVOKE ALL ON FUNCTION refresh_daily_reports() FROM PUBLIC;
