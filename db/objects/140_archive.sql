-- Where is a payment, live or archived? What looks back reads this view; dashboards read transactions.
CREATE OR REPLACE VIEW transactions_all AS
SELECT transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency, amount_base,
  latitude, longitude, country, device_id, ip_address, channel, card_token, merchant_category, metadata, fraud_score,
  risk_level, decision, decision_version, latency_ms, is_fraud, label_source, labelled_at, false AS archived
FROM transactions
UNION ALL
SELECT transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency, amount_base,
  latitude, longitude, country, device_id, ip_address, channel, card_token, merchant_category, metadata, fraud_score,
  risk_level, decision, decision_version, latency_ms, is_fraud, label_source, labelled_at, true AS archived
FROM transactions_archive;

-- What people with a login of their own may see: no card, address, device or free data.
CREATE OR REPLACE VIEW transactions_readonly AS
SELECT transaction_id, user_id, merchant_id, transaction_timestamp, amount, currency, amount_base, country, channel,
  merchant_category, fraud_score, risk_level, decision, is_fraud, label_source, labelled_at, archived
FROM transactions_all;

-- Which month goes next? Moves the oldest month that has passed its retention and is not held, one a call, by its
-- partition and not by its rows. A reader that holds the table only makes this run give way (200 ms), never a payment.
CREATE OR REPLACE FUNCTION archive_old_transactions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_keep interval := coalesce((SELECT make_interval(months => (config_value #>> '{}')::integer)
    FROM system_config WHERE config_key = 'retention.transactions_months'), interval '2 years');
  v_name text;
  v_month timestamptz;
BEGIN
  -- What the publisher archived it cannot send again: whoever follows keeps every month.
  IF EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()) THEN
    PERFORM record_job_run('archive-old-transactions', v_started, 'skipped', NULL, 'a subscriber keeps every month');
    RETURN;
  END IF;
  SELECT c.relname, to_timestamp(substring(c.relname FROM 'y(\d{4}m\d{2})$'), 'YYYY"m"MM')
    INTO v_name, v_month
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
   WHERE i.inhparent = 'transactions'::regclass AND c.relname ~ '^transactions_y\d{4}m\d{2}$'
     AND to_timestamp(substring(c.relname FROM 'y(\d{4}m\d{2})$'), 'YYYY"m"MM') + interval '1 month' < now() - v_keep
     AND NOT EXISTS (SELECT FROM partition_holds h WHERE h.month = to_timestamp(substring(c.relname FROM 'y(\d{4}m\d{2})$'), 'YYYY"m"MM')::date
       AND (h.until IS NULL OR h.until > now()))
   ORDER BY 2 LIMIT 1;
  IF v_name IS NULL THEN
    PERFORM record_job_run('archive-old-transactions', v_started, 'ok', 0);
    RETURN;
  END IF;
  BEGIN
    EXECUTE format('ALTER TABLE transactions DETACH PARTITION %I', v_name);
    EXECUTE format('ALTER TABLE transactions_archive ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
      v_name, v_month, v_month + interval '1 month');
    PERFORM record_job_run('archive-old-transactions', v_started, 'ok', 1, NULL, jsonb_build_object('partition', v_name));
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('archive-old-transactions', v_started,
      CASE WHEN SQLSTATE = '55P03' THEN 'skipped' ELSE 'failed' END, 0, SQLERRM, jsonb_build_object('partition', v_name));
  END;
END $$;

-- How does an archived month come back? Its hold keeps the archive from taking it again.
CREATE OR REPLACE FUNCTION bring_back_transactions(p_month date, p_reason text, p_by text, p_until timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' AS $$
DECLARE
  v_from timestamptz := date_trunc('month', p_month::timestamptz);
  v_name text := to_char(v_from, '"transactions_y"YYYY"m"MM');
BEGIN
  INSERT INTO partition_holds (month, reason, held_by, until) VALUES (v_from::date, p_reason, p_by, p_until)
    ON CONFLICT (month) DO UPDATE SET reason = excluded.reason, held_by = excluded.held_by, until = excluded.until;
  EXECUTE format('ALTER TABLE transactions_archive DETACH PARTITION %I', v_name);
  EXECUTE format('ALTER TABLE transactions ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
    v_name, v_from, v_from + interval '1 month');
END $$;

REVOKE ALL ON FUNCTION archive_old_transactions() FROM PUBLIC;
REVOKE ALL ON FUNCTION bring_back_transactions(date, text, text, timestamptz) FROM PUBLIC;
