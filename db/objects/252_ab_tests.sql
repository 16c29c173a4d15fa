-- How does each arm of an A/B test do, by what is known of its payments now? Sums, and for each measure its value with the
-- variance of that value; intervals and verdicts are made of them (domain/ab-tests/verdict.ts).
--
-- Judged are payments with a label, or, where the test has mature_days, those that are older, without a label as genuine.
-- Customers were drawn, not payments, and a customer's payments are alike: the variance is that of customers, from the
-- influence of each payment on the measure, summed by customer. Probabilities count to a hundredth of their log-odds, so
-- that ranks cost their steps and not their payments.
CREATE OR REPLACE FUNCTION measure_ab_test(p_test integer, p_mature_days integer) RETURNS jsonb
LANGUAGE plpgsql SET search_path = public, pg_temp SET jit = off AS $$
DECLARE
  v_from timestamptz;
  v_to timestamptz;
  v_mature timestamptz := now() - make_interval(days => p_mature_days);
  v_arms jsonb;
BEGIN
  -- Known bounds leave the months without payments of the test alone.
  SELECT min(p.transaction_timestamp), max(p.transaction_timestamp) INTO v_from, v_to
  FROM model_predictions p WHERE p.ab_test_id = p_test;
  WITH parts AS MATERIALIZED (
    SELECT p.arm, x.user_id, x.amount_base AS amount, x.decision <> 'ALLOW' AS stopped,
      coalesce(x.is_fraud, false) AS fraud,
      CASE WHEN v_mature IS NULL THEN x.is_fraud IS NOT NULL ELSE x.transaction_timestamp < v_mature END AS judged,
      round(100 * ln(greatest(p.probability, 1e-7) / (1 - least(p.probability::float8, 1 - 1e-7))))::integer AS step
    FROM model_predictions p
    -- One each, and the planner knows it: by its guess of a join's size what follows became loops within loops.
    CROSS JOIN LATERAL (SELECT t.user_id, t.transaction_timestamp, t.amount_base, t.decision, t.is_fraud FROM transactions t
      WHERE t.transaction_id = p.transaction_id AND t.transaction_timestamp = p.transaction_timestamp LIMIT 1) x
    WHERE p.ab_test_id = p_test AND p.transaction_timestamp BETWEEN v_from AND v_to
  ), everything AS (
    SELECT arm, count(*) AS payments, count(DISTINCT user_id) AS customers FROM parts GROUP BY arm
  ), sums AS MATERIALIZED (
    SELECT arm, count(*)::float8 AS n, count(*) FILTER (WHERE fraud)::float8 AS f, count(*) FILTER (WHERE NOT fraud)::float8 AS g,
      count(*) FILTER (WHERE stopped)::float8 AS s, count(*) FILTER (WHERE fraud AND stopped)::float8 AS c,
      coalesce(sum(amount) FILTER (WHERE fraud), 0) AS fraud_amount,
      coalesce(sum(amount) FILTER (WHERE fraud AND stopped), 0) AS caught_amount
    FROM parts WHERE judged GROUP BY arm
  ), steps AS (
    SELECT arm, step, count(*) FILTER (WHERE fraud)::float8 AS f, count(*) FILTER (WHERE NOT fraud)::float8 AS g
    FROM parts WHERE judged GROUP BY arm, step
  ), down AS (
    SELECT t.arm, t.step, t.f, t.g, sum(t.f) OVER w AS f_from, sum(t.f + t.g) OVER w AS n_from, sum(t.g) OVER w AS g_from
    FROM steps t WINDOW w AS (PARTITION BY t.arm ORDER BY t.step DESC)
  ), ranked AS MATERIALIZED (
    -- Of a payment at this step: the share of the other kind that it is on the right side of; precision from here on; and
    -- what one more fraud, or one more genuine payment, adds to the precision of the frauds at and below it.
    SELECT d.arm, d.step, d.f, d.f_from / d.n_from AS precision,
      (s.g - d.g_from + d.g / 2) / nullif(s.g, 0) AS above, (d.f_from - d.f / 2) / nullif(s.f, 0) AS below,
      sum(d.f * (1 - d.f_from / d.n_from) / d.n_from) OVER w AS one_fraud,
      sum(d.f * (d.f_from / d.n_from) / d.n_from) OVER w AS one_genuine
    FROM down d JOIN sums s USING (arm) WINDOW w AS (PARTITION BY d.arm ORDER BY d.step)
  ), figures AS MATERIALIZED (
    SELECT s.*, s.c / nullif(s.f, 0) AS recall, s.c / nullif(s.s, 0) AS precision, r.auc, r.ap
    FROM sums s JOIN (SELECT r.arm, sum(r.f * r.above) / nullif(sum(r.f), 0) AS auc, sum(r.f * r.precision) / nullif(sum(r.f), 0) AS ap
      FROM ranked r GROUP BY r.arm) r USING (arm)
  ), moved AS (
    SELECT p.arm, p.user_id,
      sum(CASE WHEN p.fraud THEN p.stopped::integer - i.recall ELSE 0 END) / nullif(i.f, 0) AS recall,
      sum(CASE WHEN p.stopped THEN p.fraud::integer - i.precision ELSE 0 END) / nullif(i.s, 0) AS precision,
      sum(CASE WHEN p.fraud THEN (r.above - i.auc) / nullif(i.f, 0) ELSE (r.below - i.auc) / nullif(i.g, 0) END) AS auc,
      sum(CASE WHEN p.fraud THEN r.precision - i.ap + r.one_fraud ELSE -r.one_genuine END) / nullif(i.f, 0) AS ap
    FROM parts p JOIN figures i USING (arm) JOIN ranked r USING (arm, step)
    WHERE p.judged GROUP BY p.arm, p.user_id, i.f, i.s
  ), spread AS (
    SELECT arm, count(*) AS customers, count(*)::float8 / nullif(count(*) - 1, 0) AS few, sum(recall ^ 2) AS recall,
      sum(precision ^ 2) AS precision, sum(auc ^ 2) AS auc, sum(ap ^ 2) AS ap
    FROM moved GROUP BY arm
  )
  SELECT jsonb_object_agg(e.arm, jsonb_build_object('payments', e.payments, 'customers', e.customers, 'judged', coalesce(i.n, 0),
    'judgedCustomers', coalesce(v.customers, 0), 'frauds', coalesce(i.f, 0), 'stopped', coalesce(i.s, 0),
    'caught', coalesce(i.c, 0), 'fraudAmount', coalesce(i.fraud_amount, 0), 'caughtAmount', coalesce(i.caught_amount, 0),
    'recall', jsonb_build_object('value', i.recall, 'variance', v.few * v.recall),
    'precision', jsonb_build_object('value', i.precision, 'variance', v.few * v.precision),
    'averagePrecision', jsonb_build_object('value', i.ap, 'variance', v.few * v.ap),
    'aucRoc', jsonb_build_object('value', i.auc, 'variance', v.few * v.auc))) INTO v_arms
  FROM everything e LEFT JOIN figures i USING (arm) LEFT JOIN spread v USING (arm);
  RETURN jsonb_build_object('measuredAt', to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
    'arms', coalesce(v_arms, '{}'));
END $$;

-- Measures the test that runs; one that has ended keeps what was measured last. A test of many millions of payments is
-- measured more seldom: the job works for at most a twentieth of the time.
CREATE OR REPLACE FUNCTION measure_ab_tests(OUT affected bigint, OUT detail jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_test record;
  v_results jsonb;
BEGIN
  affected := 0;
  SELECT id, mature_days, (results ->> 'measuredAt')::timestamptz + (results ->> 'tookMs')::integer * interval '20 ms' AS next
    INTO v_test FROM model_ab_tests WHERE status = 'ACTIVE';
  IF v_test.id IS NULL OR v_test.next > now() THEN
    RETURN;
  END IF;
  v_results := measure_ab_test(v_test.id, v_test.mature_days);
  UPDATE model_ab_tests
    SET results = v_results || jsonb_build_object('tookMs', round(1000 * extract(epoch FROM clock_timestamp() - v_started)))
    WHERE id = v_test.id AND status = 'ACTIVE';
  GET DIAGNOSTICS affected = ROW_COUNT;
  detail := jsonb_build_object('test', v_test.id);
END $$;

REVOKE ALL ON FUNCTION measure_ab_test(integer, integer) FROM PUBLIC;
REVOKE ALL ON FUNCTION measure_ab_tests() FROM PUBLIC;
