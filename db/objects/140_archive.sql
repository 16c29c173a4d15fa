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

-- What must be right before a month may change its table? Answers what is not: attaching it would read the month (no
-- CHECK equal to its bounds) or build an index (none like one of the table's), both while others wait.
CREATE OR REPLACE FUNCTION unready_to_attach(p_month text, p_table text) RETURNS TABLE (problem text, index_name text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT 'bounds', NULL WHERE NOT EXISTS (SELECT FROM pg_constraint k
    WHERE k.conrelid = to_regclass(format('public.%I', p_month)) AND k.conname = p_month || '_bounds' AND k.contype = 'c' AND k.convalidated)
  UNION ALL
  SELECT 'index', w.index_name FROM index_shapes(p_table) w
  WHERE NOT EXISTS (SELECT FROM index_shapes(p_month) h WHERE h.shape = w.shape AND h.valid)
$$;

-- Moves a month of payments to the archive, or back, by its partition and not by its rows, in one transaction.
--
-- Payments wait only while the lock on their table is waited for, 200 ms at most, and for the few milliseconds of the
-- move itself: where a transaction has held the table for a while already, this gives way at once (55P03); every other
-- lock is had at once or the move is given up. All locks are taken in the order in which transactions_all takes them.
CREATE OR REPLACE FUNCTION move_transactions_month(p_month date, p_back boolean) RETURNS text LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '200ms' SET jit = off AS $$
DECLARE
  v_from CONSTANT timestamptz := date_trunc('month', p_month::timestamptz);
  v_to CONSTANT timestamptz := v_from + interval '1 month';
  v_source CONSTANT text := CASE WHEN p_back THEN 'transactions_archive' ELSE 'transactions' END;
  v_target CONSTANT text := CASE WHEN p_back THEN 'transactions' ELSE 'transactions_archive' END;
  v_name text;
  v_problem record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('vigil.partitions'));
  -- Nobody sets a hold between this look and the move.
  LOCK TABLE partition_holds IN SHARE ROW EXCLUSIVE MODE;
  IF NOT p_back AND v_to > date_trunc('month', now()) - interval '2 months' THEN
    RAISE EXCEPTION 'payments may still come for month %', to_char(v_from, 'YYYY-MM') USING ERRCODE = '22023';
  END IF;
  IF NOT p_back AND EXISTS (SELECT FROM partition_holds h WHERE h.month = v_from::date AND (h.until IS NULL OR h.until > now())) THEN
    RAISE EXCEPTION 'month % is held', to_char(v_from, 'YYYY-MM') USING ERRCODE = '55006';
  END IF;
  SELECT p.name INTO v_name FROM v_partitions p
   WHERE p.parent = v_source AND p.level = 1 AND p.from_at = v_from AND p.to_at = v_to;
  IF v_name IS NULL THEN
    RAISE EXCEPTION 'no partition of % is month %', v_source, to_char(v_from, 'YYYY-MM') USING ERRCODE = '42704';
  END IF;
  SELECT * INTO v_problem FROM unready_to_attach(v_name, v_target) LIMIT 1;
  IF FOUND THEN
    RAISE EXCEPTION '% is not ready for %: %', v_name, v_target, CASE v_problem.problem
        WHEN 'bounds' THEN format('it has no validated CHECK %s_bounds equal to its bounds', v_name)
        ELSE format('it has no index like %s', v_problem.index_name) END USING ERRCODE = '55000';
  END IF;
  IF EXISTS (SELECT FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
      WHERE l.locktype = 'relation' AND l.granted AND l.pid <> pg_backend_pid()
        AND l.database = (SELECT d.oid FROM pg_database d WHERE d.datname = current_database())
        AND l.relation IN (to_regclass(v_source), to_regclass(format('public.%I', v_name)))
        AND a.xact_start < clock_timestamp() - interval '500 milliseconds') THEN
    RAISE EXCEPTION 'a transaction that has been open for a while holds %', v_source USING ERRCODE = '55P03';
  END IF;
  IF p_back THEN
    LOCK TABLE ONLY transactions IN SHARE UPDATE EXCLUSIVE MODE;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE', v_name);
    LOCK TABLE ONLY transactions_archive IN ACCESS EXCLUSIVE MODE;
  ELSE
    LOCK TABLE ONLY transactions IN ACCESS EXCLUSIVE MODE;
    EXECUTE format('LOCK TABLE %I IN ACCESS EXCLUSIVE MODE NOWAIT', v_name);
    LOCK TABLE ONLY transactions_archive IN SHARE UPDATE EXCLUSIVE MODE NOWAIT;
  END IF;
  EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', v_source, v_name);
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', v_target, v_name, v_from, v_to);
  RETURN v_name;
END $$;

-- Which months has the archive to take, oldest first? Those that have passed their retention, are not held, and are
-- older than the two before this one, for which payments may still come.
CREATE OR REPLACE FUNCTION months_to_archive() RETURNS TABLE (month date, name text)
LANGUAGE sql STABLE SET search_path = public, pg_temp SET timezone = 'UTC' SET jit = off AS $$
  SELECT p.from_at::date, p.name FROM v_partitions p
  WHERE p.parent = 'transactions' AND p.level = 1 AND NOT p.held AND NOT p.detaching
    AND p.to_at < now() - coalesce((SELECT make_interval(months => (c.config_value #>> '{}')::integer)
      FROM system_config c WHERE c.config_key = 'retention.transactions_months'), interval '2 years')
    AND p.to_at <= date_trunc('month', now()) - interval '2 months'
  ORDER BY p.from_at
$$;

-- Which month goes next? Moves the oldest of months_to_archive(), one a call. A reader that holds the table only makes
-- this run give way, never a payment.
CREATE OR REPLACE FUNCTION archive_old_transactions() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_next record;
BEGIN
  -- What the publisher archived it cannot send again: whoever follows keeps every month.
  IF EXISTS (SELECT FROM pg_subscription s JOIN pg_database d ON d.oid = s.subdbid WHERE d.datname = current_database()) THEN
    PERFORM record_job_run('archive-old-transactions', v_started, 'skipped', NULL, 'a subscriber keeps every month');
    RETURN;
  END IF;
  SELECT * INTO v_next FROM months_to_archive() LIMIT 1;
  IF NOT FOUND THEN
    PERFORM record_job_run('archive-old-transactions', v_started, 'ok', 0);
    RETURN;
  END IF;
  BEGIN
    PERFORM move_transactions_month(v_next.month, false);
    PERFORM record_job_run('archive-old-transactions', v_started, 'ok', 1, NULL, jsonb_build_object('partition', v_next.name));
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('archive-old-transactions', v_started,
      CASE WHEN SQLSTATE IN ('55P03', '55006') THEN 'skipped' ELSE 'failed' END, 0, SQLERRM, jsonb_build_object('partition', v_next.name));
  END;
END $$;

-- How does an archived month come back? Its hold keeps the archive from taking it again.
CREATE OR REPLACE FUNCTION bring_back_transactions(p_month date, p_reason text, p_by text, p_until timestamptz DEFAULT NULL)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
BEGIN
  PERFORM move_transactions_month(p_month, true);
  INSERT INTO partition_holds (month, reason, held_by, until) VALUES (date_trunc('month', p_month::timestamptz)::date, p_reason, p_by, p_until)
    ON CONFLICT (month) DO UPDATE SET reason = excluded.reason, held_by = excluded.held_by, until = excluded.until, created_at = now();
END $$;

REVOKE ALL ON FUNCTION unready_to_attach(text, text) FROM PUBLIC;
REVOKE ALL ON FUNCTION move_transactions_month(date, boolean) FROM PUBLIC;
REVOKE ALL ON FUNCTION months_to_archive() FROM PUBLIC;
REVOKE ALL ON FUNCTION archive_old_transactions() FROM PUBLIC;
REVOKE ALL ON FUNCTION bring_back_transactions(date, text, text, timestamptz) FROM PUBLIC;
