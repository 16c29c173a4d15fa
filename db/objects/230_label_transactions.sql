-- What is known about these payments now? Sets or clears labels and answers what they were before.
--
-- Each label: { transaction_id, transaction_timestamp?, is_fraud (null clears), labelled_at? }. labelled_at is the
-- server's clock; only an import (source 'import') sets the time at which the label would have been known. It never
-- lies before the payment itself. Without transaction_timestamp every month is looked at. Unknown ids give no row.
-- A payment in the archive is read-only: VG001, with its month as detail, and nothing is labelled.
CREATE OR REPLACE FUNCTION label_transactions(p_labels jsonb, p_source text)
RETURNS TABLE (transaction_id text, transaction_timestamp timestamptz, is_fraud boolean, labelled_at timestamptz,
  was_fraud boolean, was_source text, was_labelled_at timestamptz)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off
SET jit = off
AS $$
#variable_conflict use_column
DECLARE
  v_label record;
  v_row record;
  v_rows jsonb := '[]';
  v_from timestamptz;
  v_to timestamptz;
BEGIN
  IF p_source IS NULL OR p_source = '' THEN
    RAISE EXCEPTION 'a label needs its source' USING ERRCODE = '22023';
  END IF;
  FOR v_label IN
    SELECT l.* FROM jsonb_to_recordset(p_labels) AS l(transaction_id varchar, transaction_timestamp timestamptz,
      is_fraud boolean, labelled_at timestamptz) ORDER BY l.transaction_id, l.transaction_timestamp
  LOOP
    v_from := coalesce(v_label.transaction_timestamp, '-infinity');
    v_to := coalesce(v_label.transaction_timestamp, 'infinity');
    FOR v_row IN
      SELECT x.transaction_id, x.transaction_timestamp, x.merchant_id, v_label.is_fraud,
             CASE WHEN v_label.is_fraud IS NULL THEN NULL
                  WHEN p_source = 'import' THEN greatest(coalesce(v_label.labelled_at, clock_timestamp()), x.transaction_timestamp)
                  ELSE greatest(clock_timestamp(), x.transaction_timestamp) END AS labelled_at,
             x.is_fraud AS was_fraud, x.label_source AS was_source, x.labelled_at AS was_labelled_at
      FROM transactions x
      WHERE x.transaction_id = v_label.transaction_id AND x.transaction_timestamp BETWEEN v_from AND v_to
      FOR UPDATE
    LOOP
      v_rows := v_rows || to_jsonb(v_row);
    END LOOP;
    IF NOT FOUND THEN
      SELECT x.transaction_timestamp AS at INTO v_row FROM transactions_archive x
      WHERE x.transaction_id = v_label.transaction_id AND x.transaction_timestamp BETWEEN v_from AND v_to LIMIT 1;
      IF FOUND THEN
        RAISE EXCEPTION 'payment % is in the archive', v_label.transaction_id
          USING ERRCODE = 'VG001', DETAIL = to_char(v_row.at AT TIME ZONE 'UTC', 'YYYY-MM');
      END IF;
    END IF;
  END LOOP;
  -- The hours that labels leave and enter, so that no sum of them is being filled meanwhile.
  PERFORM pg_advisory_xact_lock_shared(7461, h.hour)
  FROM (SELECT DISTINCT feature_hour(t.at) AS hour
        FROM jsonb_to_recordset(v_rows) AS r(labelled_at timestamptz, was_labelled_at timestamptz)
        CROSS JOIN LATERAL (VALUES (r.labelled_at), (r.was_labelled_at)) AS t(at) WHERE t.at IS NOT NULL ORDER BY 1) h;
  FOR v_row IN
    SELECT r.* FROM jsonb_to_recordset(v_rows) AS r(transaction_id varchar, transaction_timestamp timestamptz,
      is_fraud boolean, labelled_at timestamptz, was_fraud boolean, was_source text, was_labelled_at timestamptz)
  LOOP
    UPDATE transactions x
    SET is_fraud = v_row.is_fraud, labelled_at = v_row.labelled_at,
        label_source = CASE WHEN v_row.is_fraud IS NOT NULL THEN p_source END
    WHERE x.transaction_id = v_row.transaction_id AND x.transaction_timestamp = v_row.transaction_timestamp;
    transaction_id := v_row.transaction_id;
    transaction_timestamp := v_row.transaction_timestamp;
    is_fraud := v_row.is_fraud;
    labelled_at := v_row.labelled_at;
    was_fraud := v_row.was_fraud;
    was_source := v_row.was_source;
    was_labelled_at := v_row.was_labelled_at;
    RETURN NEXT;
  END LOOP;
  INSERT INTO touched_days (day)
  SELECT DISTINCT (r.transaction_timestamp AT TIME ZONE 'UTC')::date FROM jsonb_to_recordset(v_rows) AS r(transaction_timestamp timestamptz);
  PERFORM drop_feature_keys(jsonb_agg(jsonb_build_object('entity', 'merchant', 'key', r.merchant_id, 'at', t.at)))
  FROM jsonb_to_recordset(v_rows) AS r(merchant_id text, labelled_at timestamptz, was_labelled_at timestamptz)
  CROSS JOIN LATERAL (VALUES (r.labelled_at), (r.was_labelled_at)) AS t(at) WHERE t.at IS NOT NULL;
END
$$;

REVOKE ALL ON FUNCTION label_transactions(jsonb, text) FROM PUBLIC;
