-- How is a decision kept? One write for a block of decided payments: stream row with the answer, payment, features,
-- prediction, rule hits and alert, or nothing of it.
--
-- Answers one row a payment: `recorded`; `same` with the stored answer; `conflict` (the id exists with another body, or
-- its answer is gone); `fenced` (a worker's lease was taken over: the payment is no longer its own); `stale` (another
-- payment of its user or card was recorded since the read that it was decided from: read and decide again). A missing
-- partition is 23514 for the whole block.
--
-- Features come as an object (`features`), or as the text of a row of ml_features (`features_row`), which costs a third and
-- needs to know every column. What an import knows of its payments comes with them: `is_fraud` and `labelled_at`.
--
-- Locks, always in this order: the block's cards, then its users (both sorted, exclusive), then the hours of its
-- payments (sorted, shared, see 200_feature_cache.sql). They are taken in statements before the main one, whose
-- snapshot therefore sees what the previous holder committed.
CREATE OR REPLACE FUNCTION record_decision(decisions jsonb)
RETURNS TABLE ("position" integer, outcome text, answer text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_oldest timestamptz;
  v_newest timestamptz;
BEGIN
  PERFORM pg_advisory_xact_lock(k.key)
  FROM (SELECT DISTINCT hashtextextended(d.card_token, 1) AS key
        FROM jsonb_to_recordset(decisions) AS d(card_token text) WHERE d.card_token IS NOT NULL ORDER BY 1) k;
  PERFORM pg_advisory_xact_lock(k.key)
  FROM (SELECT DISTINCT hashtextextended(d.user_id, 2) AS key
        FROM jsonb_to_recordset(decisions) AS d(user_id text) ORDER BY 1) k;
  PERFORM pg_advisory_xact_lock_shared(7461, k.key)
  FROM (SELECT feature_hour(d.transaction_timestamp) AS key
        FROM jsonb_to_recordset(decisions) AS d(transaction_timestamp timestamptz)
        UNION
        SELECT feature_hour(d.labelled_at)
        FROM jsonb_to_recordset(decisions) AS d(is_fraud boolean, labelled_at timestamptz) WHERE d.is_fraud
        ORDER BY 1) k;
  SELECT min(d.transaction_timestamp), max(d.transaction_timestamp) INTO v_oldest, v_newest
  FROM jsonb_to_recordset(decisions) AS d(transaction_timestamp timestamptz);

  RETURN QUERY
  WITH given AS MATERIALIZED (
    SELECT d.* FROM jsonb_to_recordset(decisions) AS d(
      "position" integer, transaction_id varchar, payload_hash bpchar, raw_data jsonb, received_at timestamptz,
      lease_epoch integer, user_head bigint, card_head bigint, user_id varchar, merchant_id varchar,
      transaction_timestamp timestamptz, amount numeric, currency bpchar, amount_base numeric, latitude double precision,
      longitude double precision, country bpchar, device_id varchar, ip_address inet, channel varchar,
      card_token varchar, merchant_category varchar, metadata jsonb, fraud_score numeric, risk_level varchar,
      decision varchar, decision_version varchar, latency_ms real, answer text, features jsonb, features_row text,
      model_name varchar, model_version varchar, model_latency_ms real, arm varchar, ab_test_id integer,
      probability real, base_log_odds real, contributions real[], hits jsonb, alert jsonb, is_fraud boolean,
      labelled_at timestamptz)
  ), twins AS MATERIALIZED (
    -- Of those of one block that share something, all but the first; the wide rows are not sorted for it.
    SELECT t."position" FROM (
      SELECT n."position", row_number() OVER (PARTITION BY n.user_id ORDER BY n."position") AS of_user,
        CASE WHEN n.card_token IS NULL THEN 1
             ELSE row_number() OVER (PARTITION BY n.card_token ORDER BY n."position") END AS of_card,
        row_number() OVER (PARTITION BY n.transaction_id ORDER BY n."position") AS of_id
      FROM jsonb_to_recordset(decisions) AS n("position" integer, transaction_id text, user_id text, card_token text)) t
    WHERE t.of_user > 1 OR t.of_card > 1 OR t.of_id > 1
  ), judged AS MATERIALIZED (
    SELECT g.*, s.answer AS stored_answer,
      greatest(clock_timestamp(), hu.recorded_at + interval '1 microsecond', hc.recorded_at + interval '1 microsecond')
        AS recorded_at,
      CASE
        WHEN s.payload_hash <> g.payload_hash THEN 'conflict'
        WHEN s.answer IS NOT NULL THEN 'same'
        WHEN g.lease_epoch IS NOT NULL AND g.lease_epoch IS DISTINCT FROM s.lease_epoch THEN 'fenced'
        -- Decided so long ago that its answer is gone; it may have come into the queue again since.
        WHEN EXISTS (SELECT FROM transactions x WHERE x.transaction_id = g.transaction_id
          AND x.transaction_timestamp = g.transaction_timestamp
          AND x.transaction_timestamp BETWEEN v_oldest AND v_newest) THEN 'conflict'
        WHEN (extract(epoch FROM hu.recorded_at) * 1000000)::bigint IS DISTINCT FROM g.user_head
          OR (extract(epoch FROM hc.recorded_at) * 1000000)::bigint IS DISTINCT FROM g.card_head THEN 'stale'
        -- Two of one block: the second was decided without knowing the first.
        WHEN g."position" IN (SELECT t."position" FROM twins t) THEN 'stale'
      END AS verdict
    FROM given g
    -- Each by its key, whatever the planner knew of the table when it made this plan: a join may read it whole.
    LEFT JOIN LATERAL (SELECT t.payload_hash, t.answer, t.lease_epoch FROM transaction_stream t
      WHERE t.transaction_id = g.transaction_id LIMIT 1) s ON true
    LEFT JOIN LATERAL (SELECT h.recorded_at FROM entity_heads h
      WHERE h.entity = 'user' AND h.key = g.user_id LIMIT 1) hu ON true
    LEFT JOIN LATERAL (SELECT h.recorded_at FROM entity_heads h
      WHERE h.entity = 'card' AND h.key = g.card_token LIMIT 1) hc ON true
  ), streamed AS (
    -- A row that waits in the queue is answered here too; a worker's lease must still be its own.
    INSERT INTO transaction_stream AS s (transaction_id, raw_data, processing_status, received_at, processed_at,
      payload_hash, answer, next_try_at)
    SELECT j.transaction_id, j.raw_data, 'DONE', coalesce(j.received_at, j.recorded_at), j.recorded_at, j.payload_hash, j.answer,
      NULL
    FROM judged j WHERE j.verdict IS NULL ORDER BY j.transaction_id
    ON CONFLICT (transaction_id) DO UPDATE
    SET processing_status = 'DONE', processed_at = excluded.processed_at, answer = excluded.answer,
        error_code = NULL, error_message = NULL, discard_reason = NULL, lease_until = NULL, leased_by = NULL,
        next_try_at = NULL
    WHERE s.answer IS NULL AND s.payload_hash = excluded.payload_hash
      AND EXISTS (SELECT FROM judged j WHERE j.transaction_id = s.transaction_id AND j.verdict IS NULL
        AND (j.lease_epoch IS NULL OR j.lease_epoch = s.lease_epoch))
    RETURNING s.transaction_id
  ), accepted AS MATERIALIZED (
    -- Not a join: of what this very statement writes the planner expects one row, and would go through all for each.
    SELECT j.* FROM judged j
    WHERE j.verdict IS NULL AND (j.transaction_id IN (SELECT s.transaction_id FROM streamed s)) IS TRUE
  ), new_users AS (
    INSERT INTO users (user_id, country, first_seen_at)
    SELECT a.user_id, a.country, a.recorded_at FROM accepted a
    WHERE NOT EXISTS (SELECT FROM users u WHERE u.user_id = a.user_id OFFSET 0) ORDER BY a.user_id
    ON CONFLICT (user_id) DO NOTHING
  ), new_merchants AS (
    INSERT INTO merchants (merchant_id, category, first_seen_at)
    SELECT DISTINCT ON (a.merchant_id) a.merchant_id, a.merchant_category, a.recorded_at FROM accepted a
    WHERE NOT EXISTS (SELECT FROM merchants m WHERE m.merchant_id = a.merchant_id OFFSET 0)
    ORDER BY a.merchant_id, a."position"
    ON CONFLICT (merchant_id) DO NOTHING
  ), new_transactions AS (
    INSERT INTO transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
      amount_base, latitude, longitude, country, device_id, ip_address, channel, card_token, merchant_category, metadata,
      fraud_score, risk_level, decision, decision_version, latency_ms, is_fraud, labelled_at, label_source)
    SELECT a.transaction_id, a.user_id, a.merchant_id, a.transaction_timestamp, a.recorded_at, a.amount, a.currency,
      a.amount_base, a.latitude, a.longitude, a.country, a.device_id, a.ip_address, a.channel, a.card_token,
      a.merchant_category, a.metadata, a.fraud_score, a.risk_level, a.decision, a.decision_version, a.latency_ms,
      a.is_fraud, CASE WHEN a.is_fraud IS NOT NULL THEN greatest(a.labelled_at, a.transaction_timestamp) END,
      CASE WHEN a.is_fraud IS NOT NULL THEN 'import' END
    FROM accepted a
  ), new_features AS (
    INSERT INTO ml_features
    SELECT r.* FROM accepted a
    CROSS JOIN LATERAL jsonb_populate_record(a.features_row::ml_features, coalesce(a.features, '{}')) r
  ), new_predictions AS (
    INSERT INTO model_predictions (transaction_id, transaction_timestamp, model_name, model_version, arm, ab_test_id,
      probability, base_log_odds, contributions, latency_ms)
    SELECT a.transaction_id, a.transaction_timestamp, a.model_name, a.model_version, a.arm, a.ab_test_id,
      a.probability, a.base_log_odds, a.contributions, a.model_latency_ms
    FROM accepted a
  ), new_hits AS (
    INSERT INTO rule_hits (transaction_id, transaction_timestamp, rule_version_id, rule_id, position, decision, points,
      tags, severity, reason_code, reason_values, seen)
    SELECT a.transaction_id, a.transaction_timestamp, h.rule_version_id, h.rule_id, h."position", h.decision, h.points,
      h.tags, h.severity, h.reason_code, h.reason_values, h.seen
    FROM accepted a CROSS JOIN LATERAL jsonb_to_recordset(a.hits) AS h(
      rule_version_id integer, rule_id integer, "position" smallint, decision varchar, points real, tags text[],
      severity varchar, reason_code varchar, reason_values jsonb, seen jsonb)
  ), new_alerts AS (
    INSERT INTO fraud_alerts (transaction_id, transaction_timestamp, user_id, merchant_id, card_token, amount, currency,
      amount_base, fraud_score, risk_level, decision, severity, reasons, rules, patterns, queue_at, sla_due_at, created_at)
    SELECT a.transaction_id, a.transaction_timestamp, a.user_id, a.merchant_id, a.card_token, a.amount, a.currency,
      a.amount_base, a.fraud_score, a.risk_level, a.decision, l.severity, l.reasons, l.rules, l.patterns,
      a.recorded_at + make_interval(secs => l.queue_seconds), a.recorded_at + make_interval(secs => l.sla_seconds),
      a.recorded_at
    FROM accepted a CROSS JOIN LATERAL jsonb_to_record(a.alert) AS l(
      severity varchar, reasons jsonb, rules integer[], patterns text[], queue_seconds double precision,
      sla_seconds double precision)
    WHERE l.severity IS NOT NULL
  ), new_days AS (
    -- What the daily reports must compute again; no key, so nobody waits for another's day.
    INSERT INTO touched_days (day) SELECT DISTINCT (a.transaction_timestamp AT TIME ZONE 'UTC')::date FROM accepted a
  ), new_heads AS (
    INSERT INTO entity_heads AS h (entity, key, recorded_at, payments)
    SELECT 'user', a.user_id, a.recorded_at, 1 FROM accepted a
    UNION ALL
    SELECT 'card', a.card_token, a.recorded_at, 1 FROM accepted a WHERE a.card_token IS NOT NULL
    ON CONFLICT (entity, key) DO UPDATE SET recorded_at = excluded.recorded_at, payments = h.payments + 1
  )
  SELECT j."position", CASE WHEN s.transaction_id IS NOT NULL AND j.verdict IS NULL THEN 'recorded'
                            ELSE coalesce(j.verdict, 'stale') END,
         CASE WHEN j.verdict = 'same' THEN j.stored_answer END
  FROM judged j LEFT JOIN streamed s ON s.transaction_id = j.transaction_id;

  -- Closed hours only: an open one cannot have been filled, and nobody can fill it while its lock is held here.
  IF v_oldest < date_bin('1 hour', clock_timestamp(), timestamptz '2000-01-01 00:00:00+00')
    AND EXISTS (SELECT FROM feature_cache) THEN
    PERFORM drop_feature_keys(jsonb_agg(k)) FROM (
      SELECT 'merchant' AS entity, d.merchant_id AS key, d.transaction_timestamp AS at
      FROM jsonb_to_recordset(decisions) AS d(merchant_id text, transaction_timestamp timestamptz)
      UNION ALL
      SELECT 'ip', host(d.ip_address), d.transaction_timestamp
      FROM jsonb_to_recordset(decisions) AS d(ip_address inet, transaction_timestamp timestamptz)
      WHERE d.ip_address IS NOT NULL
      UNION ALL
      SELECT 'merchant', d.merchant_id, d.labelled_at
      FROM jsonb_to_recordset(decisions) AS d(merchant_id text, is_fraud boolean, labelled_at timestamptz)
      WHERE d.is_fraud) k;
  END IF;
END
$$;

-- Which cached sums does a late payment or label touch? Deletes them, in one order for all writers.
CREATE OR REPLACE FUNCTION drop_feature_keys(p_touched jsonb) RETURNS void
LANGUAGE sql SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  DELETE FROM feature_cache c USING (
    SELECT l.id FROM feature_cache l WHERE l.cache_key = ANY (ARRAY(
      SELECT t.entity || b.name || feature_hour(t.at) / b.hours || ':' || t.key
      FROM jsonb_to_recordset(p_touched) AS t(entity text, key text, at timestamptz)
      CROSS JOIN (VALUES (':h:', 1), (':d:', 24)) AS b(name, hours)))
    ORDER BY l.cache_key FOR UPDATE) locked
  WHERE c.id = locked.id;
$$;

REVOKE ALL ON FUNCTION record_decision(jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION drop_feature_keys(jsonb) FROM PUBLIC;
