-- What does an import read that keeps the last months of payments in its memory (domain/imports/recent.ts)?

-- What of decision_context() can be known to the database alone: the answer that was given, and when user and card last
-- changed. One row a payment of the block.
CREATE OR REPLACE FUNCTION decision_heads(payments jsonb)
RETURNS TABLE ("position" integer, stream_status text, stream_hash text, stream_answer text, user_head bigint, card_head bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
SET enable_material = off SET jit = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT d."position", s.processing_status::text, s.payload_hash::text, s.answer,
         (extract(epoch FROM hu.recorded_at) * 1000000)::bigint, (extract(epoch FROM hc.recorded_at) * 1000000)::bigint
  FROM jsonb_to_recordset(payments) AS d("position" integer, transaction_id varchar, user_id varchar, card_token varchar)
  LEFT JOIN transaction_stream s ON s.transaction_id = d.transaction_id
  LEFT JOIN entity_heads hu ON hu.entity = 'user' AND hu.key = d.user_id
  LEFT JOIN entity_heads hc ON hc.entity = 'card' AND hc.key = d.card_token;
END $$;

-- What did these users, cards, devices, IP addresses or merchants (`p_column` names which) pay between two moments, in the
-- order of time, then of recording? With `p_frauds` only what is labelled as fraud.
-- An earlier one told ids too, and its columns cannot be replaced.
DROP FUNCTION IF EXISTS entity_payments(text, jsonb, timestamptz, timestamptz, boolean);
CREATE OR REPLACE FUNCTION entity_payments(p_column text, p_keys jsonb, p_from timestamptz, p_to timestamptz, p_frauds boolean)
RETURNS TABLE (key text, at double precision, cents numeric, user_id text, merchant_id text,
  country text, device_id text, ip_address text, card_token text, latitude double precision, longitude double precision,
  blocked boolean, known_at double precision)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off SET jit = off AS $$
BEGIN
  IF p_column NOT IN ('user_id', 'card_token', 'device_id', 'ip_address', 'merchant_id') THEN
    RAISE EXCEPTION 'no payments by %', p_column USING ERRCODE = '22023';
  END IF;
  RETURN QUERY EXECUTE format($q$
    SELECT k.key, (extract(epoch FROM x.transaction_timestamp) * 1000)::double precision,
           x.amount_base * 100, x.user_id::text, x.merchant_id::text, x.country::text, x.device_id::text,
           host(x.ip_address), x.card_token::text, x.latitude, x.longitude, x.decision = 'BLOCK',
           CASE WHEN x.is_fraud THEN (extract(epoch FROM x.labelled_at) * 1000)::double precision END
    FROM jsonb_array_elements_text($1) AS k(key)
    CROSS JOIN LATERAL (
      SELECT t.* FROM transactions t
      WHERE t.%1$I = k.key%2$s AND t.transaction_timestamp >= $2 AND t.transaction_timestamp <= $3%3$s
      ORDER BY t.transaction_timestamp, t.recorded_at) x$q$,
    p_column, CASE WHEN p_column = 'ip_address' THEN '::inet' ELSE '' END, CASE WHEN p_frauds THEN ' AND t.is_fraud' ELSE '' END)
  USING p_keys, p_from, p_to;
END $$;

REVOKE ALL ON FUNCTION decision_heads(jsonb) FROM PUBLIC;
REVOKE ALL ON FUNCTION entity_payments(text, jsonb, timestamptz, timestamptz, boolean) FROM PUBLIC;
