-- What is known about these payments now? Sets or clears labels and answers what they were before.
--
-- Each label: { transaction_id, transaction_timestamp?, is_fraud (null clears), labelled_at?, if_unknown? }, each payment
-- once; with if_unknown a payment that has a label keeps it and gives no row. labelled_at is the server's clock; only an
-- import (source 'import') sets the time at which the label would have been known. It never lies before the payment
-- itself. Without transaction_timestamp every month is looked at. Unknown ids give no row. A payment in the archive is
-- read-only: VG001, with its month as detail, and nothing is labelled.
CREATE OR REPLACE FUNCTION label_transactions(p_labels jsonb, p_source text)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, is_fraud boolean, labelled_at timestamptz,
  was_fraud boolean, was_source text, was_labelled_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET enable_hashjoin = off
SET enable_mergejoin = off
SET enable_material = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_row record;
  v_rows jsonb;
  v_from timestamptz;
  v_to timestamptz;
BEGIN
  IF p_source IS NULL OR p_source = '' THEN
    RAISE EXCEPTION 'a label needs its source' USING ERRCODE = '22023';
  END IF;
  SELECT min(coalesce(l.transaction_timestamp, '-infinity')), max(coalesce(l.transaction_timestamp, 'infinity'))
  INTO v_from, v_to
  FROM jsonb_to_recordset(p_labels) AS l(transaction_timestamp timestamptz);
  SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') INTO v_rows
  FROM (
    SELECT x.transaction_id, x.transaction_timestamp, x.merchant_id, l.is_fraud,
           CASE WHEN l.is_fraud IS NULL THEN NULL
                WHEN p_source = 'import' THEN greatest(coalesce(l.labelled_at, clock_timestamp()), x.transaction_timestamp)
                ELSE greatest(clock_timestamp(), x.transaction_timestamp) END AS labelled_at,
           x.is_fraud AS was_fraud, x.label_source AS was_source, x.labelled_at AS was_labelled_at,
           x.is_fraud IS NOT NULL AND coalesce(l.if_unknown, false) AS kept
    FROM (SELECT g.* FROM jsonb_to_recordset(p_labels) AS g(transaction_id varchar, transaction_timestamp timestamptz,
      is_fraud boolean, labelled_at timestamptz, if_unknown boolean) ORDER BY g.transaction_id, g.transaction_timestamp) l
    CROSS JOIN LATERAL (
      SELECT t.transaction_id, t.transaction_timestamp, t.merchant_id, t.is_fraud, t.label_source, t.labelled_at
      FROM transactions t
      WHERE t.transaction_id = l.transaction_id
        AND t.transaction_timestamp >= coalesce(l.transaction_timestamp, '-infinity')
        AND t.transaction_timestamp <= coalesce(l.transaction_timestamp, 'infinity')
        AND t.transaction_timestamp >= v_from AND t.transaction_timestamp <= v_to
      FOR UPDATE) x) f;
  IF jsonb_array_length(v_rows) < jsonb_array_length(p_labels) THEN
    SELECT x.transaction_id AS id, x.transaction_timestamp AS at INTO v_row
    FROM jsonb_to_recordset(p_labels) AS l(transaction_id varchar, transaction_timestamp timestamptz)
    CROSS JOIN LATERAL (SELECT t.transaction_id, t.transaction_timestamp FROM transactions_archive t
      WHERE t.transaction_id = l.transaction_id
        AND t.transaction_timestamp >= coalesce(l.transaction_timestamp, '-infinity')
        AND t.transaction_timestamp <= coalesce(l.transaction_timestamp, 'infinity') LIMIT 1) x
    WHERE NOT EXISTS (SELECT FROM jsonb_to_recordset(v_rows) AS r(transaction_id varchar) WHERE r.transaction_id = l.transaction_id)
    LIMIT 1;
    IF FOUND THEN
      RAISE EXCEPTION 'payment % is in the archive', v_row.id
        USING ERRCODE = 'VG001', DETAIL = to_char(v_row.at AT TIME ZONE 'UTC', 'YYYY-MM');
    END IF;
  END IF;
  v_rows := jsonb_path_query_array(v_rows, '$[*] ? (@.kept == false)');
  -- The hours that labels leave and enter, so that no sum of them is being filled meanwhile.
  PERFORM pg_advisory_xact_lock_shared(7461, h.hour)
  FROM (SELECT DISTINCT feature_hour(t.at) AS hour
        FROM jsonb_to_recordset(v_rows) AS r(labelled_at timestamptz, was_labelled_at timestamptz)
        CROSS JOIN LATERAL (VALUES (r.labelled_at), (r.was_labelled_at)) AS t(at) WHERE t.at IS NOT NULL ORDER BY 1) h;
  UPDATE transactions x
  SET is_fraud = r.is_fraud, labelled_at = r.labelled_at, label_source = CASE WHEN r.is_fraud IS NOT NULL THEN p_source END
  FROM jsonb_to_recordset(v_rows) AS r(transaction_id varchar, transaction_timestamp timestamptz, is_fraud boolean,
    labelled_at timestamptz)
  WHERE x.transaction_id = r.transaction_id AND x.transaction_timestamp = r.transaction_timestamp;
  RETURN QUERY
  SELECT r.* FROM jsonb_to_recordset(v_rows) AS r(transaction_id text, transaction_timestamp timestamptz,
    is_fraud boolean, labelled_at timestamptz, was_fraud boolean, was_source text, was_labelled_at timestamptz);
  INSERT INTO touched_days (day)
  SELECT DISTINCT (r.transaction_timestamp AT TIME ZONE 'UTC')::date FROM jsonb_to_recordset(v_rows) AS r(transaction_timestamp timestamptz);
  PERFORM drop_feature_keys(jsonb_agg(jsonb_build_object('entity', 'merchant', 'key', r.merchant_id, 'at', t.at)))
  FROM jsonb_to_recordset(v_rows) AS r(merchant_id text, labelled_at timestamptz, was_labelled_at timestamptz)
  CROSS JOIN LATERAL (VALUES (r.labelled_at), (r.was_labelled_at)) AS t(at) WHERE t.at IS NOT NULL;
END
$$;

REVOKE ALL ON FUNCTION label_transactions(jsonb, text) FROM PUBLIC;
