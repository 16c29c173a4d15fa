-- Who may touch what in the database: the second wall behind access.ts. Applied last, over everything there is.
DO $$
DECLARE
  v_readers CONSTANT text := 'vigil_web, vigil_worker, vigil_ingest';
  v_statement text;
  -- Somebody else's table in this schema is theirs to grant, and none of ours.
  v_tables CONSTANT text := (SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND c.relowner = current_user::regrole);
  v_sequences CONSTANT text := (SELECT string_agg(c.oid::regclass::text, ', ') FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'S' AND c.relowner = current_user::regrole);
BEGIN
  IF to_regrole('vigil_web') IS NULL THEN
    RETURN;
  END IF;
  EXECUTE format('REVOKE ALL ON %s FROM vigil_web, vigil_worker, vigil_ingest, vigil_readonly, vigil_planner', v_tables);
  FOREACH v_statement IN ARRAY ARRAY[
    format('GRANT USAGE ON SCHEMA public TO %s, vigil_maintainer, vigil_readonly, vigil_planner', v_readers),
    format('GRANT SELECT ON %s TO vigil_web, vigil_worker', v_tables),
    -- The decision API reads payments, rules and keys; people, sessions and the audit trail are none of its business.
    'GRANT SELECT ON users, merchants, transactions, transactions_archive, transactions_all, transaction_stream, ml_features,
      model_predictions, rule_hits, feature_cache, entity_heads, entity_lists, fraud_patterns, fraud_rules, rule_versions,
      models, model_ab_tests, system_config, api_keys, api_key_addresses, server_capabilities TO vigil_ingest',
    'GRANT SELECT ON transactions_readonly, mv_fraud_dashboard_realtime, daily_metrics, merchant_analytics, rule_analytics,
      v_database_health TO vigil_readonly',
    'GRANT INSERT ON security_events TO vigil_web, vigil_worker, vigil_ingest',
    'GRANT INSERT ON api_usage TO vigil_ingest, vigil_worker',
    'GRANT SELECT, INSERT, UPDATE ON api_usage_slots TO vigil_ingest, vigil_worker',
    'GRANT INSERT ON api_key_addresses TO vigil_ingest, vigil_worker',
    'GRANT UPDATE (last_used_at, last_used_ip) ON api_keys TO vigil_ingest, vigil_worker',
    'GRANT UPDATE ON security_events TO vigil_web',
    'GRANT INSERT, UPDATE ON console_users, password_links, user_sessions, known_devices, login_guard, api_keys,
      rule_versions, fraud_rules, fraud_patterns, entity_lists, system_config, audit_reviews, cases, case_events,
      partition_holds, models, model_experiments, model_ab_tests, model_references TO vigil_web',
    'GRANT INSERT, UPDATE ON models, model_experiments TO vigil_worker',
    'GRANT INSERT ON feature_importance TO vigil_worker',
    'GRANT INSERT, UPDATE ON ml_model_performance, model_references, model_drift TO vigil_worker',
    'GRANT UPDATE (processing_status, processed_at, error_code, error_message, retry_count, next_try_at, lease_epoch,
      discard_reason) ON transaction_stream TO vigil_web',
    -- What a request came to, and what was dropped, only the worker writes.
    'GRANT INSERT (kind, arguments, requested_by, reason), UPDATE (cancel_requested_at) ON maintenance_requests TO vigil_web',
    'GRANT INSERT ON touched_days TO vigil_web',
    'GRANT DELETE ON entity_lists, password_links, login_guard, partition_holds TO vigil_web',
    'GRANT UPDATE (status, disposition, assignee_id, lease_until, note, decided_by, decided_at) ON fraud_alerts TO vigil_web, vigil_worker',
    'GRANT INSERT, UPDATE ON job_runs, job_slots, maintenance_requests, query_texts TO vigil_worker',
    'GRANT UPDATE (is_active, ended_at, ended_by, end_reason) ON user_sessions TO vigil_worker',
    'GRANT INSERT ON system_metrics TO vigil_web',
    'GRANT INSERT ON system_metrics, system_metrics_daily, query_stats TO vigil_worker, vigil_ingest',
    'GRANT INSERT, UPDATE, DELETE ON health_checks TO vigil_web, vigil_worker',
    'GRANT DELETE ON query_stats, query_texts, feature_cache, transaction_stream, login_guard TO vigil_worker',
    format('GRANT USAGE ON SEQUENCE %s TO vigil_web, vigil_worker, vigil_ingest', v_sequences),
    'GRANT EXECUTE ON FUNCTION append_audit(text, text, text, text, text, text, jsonb, jsonb, text, text, inet, text, text, text)
      TO vigil_web, vigil_worker, vigil_ingest',
    'GRANT EXECUTE ON FUNCTION ensure_partitions(timestamptz, timestamptz) TO vigil_ingest, vigil_worker, vigil_web',
    'GRANT EXECUTE ON FUNCTION partitioned_tables(), partition_leaves(text, text, timestamptz),
      missing_partitions(timestamptz, timestamptz) TO vigil_web, vigil_worker, vigil_readonly',
    'GRANT EXECUTE ON FUNCTION partition_table_statement(text, text, text, text, text), partition_statements(v_missing_partitions) TO vigil_web',
    'GRANT EXECUTE ON FUNCTION run_job(text), run_ensure_partitions(), refresh_fraud_dashboard(), archive_old_transactions() TO vigil_worker',
    'GRANT EXECUTE ON FUNCTION request_job_run(text, text), request_job_cancel(bigint, text) TO vigil_web',
    'GRANT INSERT, DELETE ON job_pauses TO vigil_web',
    'GRANT EXECUTE ON FUNCTION drop_unread_slot(text, pg_lsn, pg_lsn) TO vigil_web',
    'GRANT EXECUTE ON FUNCTION months_to_archive(), index_shapes(text), unready_to_attach(text, text) TO vigil_web, vigil_worker',
    'GRANT EXECUTE ON FUNCTION move_transactions_month(date, boolean) TO vigil_worker',
    'GRANT EXECUTE ON FUNCTION record_job_run(text, timestamptz, text, bigint, text, jsonb) TO vigil_worker',
    'GRANT EXECUTE ON FUNCTION bring_back_transactions(date, text, text, timestamptz) TO vigil_worker',
    'GRANT EXECUTE ON FUNCTION queue_payments(jsonb) TO vigil_ingest',
    'GRANT EXECUTE ON FUNCTION claim_payments(text, integer, integer, integer), renew_claims(text, integer, jsonb),
      settle_claims(jsonb) TO vigil_worker',
    'GRANT EXECUTE ON FUNCTION record_decision(jsonb), fill_feature_cache(text, text, timestamptz), keep_feature_cache(jsonb)
      TO vigil_ingest, vigil_worker',
    'GRANT EXECUTE ON FUNCTION label_transactions(jsonb, text) TO vigil_web, vigil_ingest, vigil_worker'
  ] LOOP
    EXECUTE v_statement;
  END LOOP;
  -- Plans are made with the rights on tables that the processes have, and without those on secrets; the login changes
  -- nothing, since all its transactions are read-only.
  FOR v_statement IN
    SELECT format('GRANT %s ON %I TO vigil_planner', string_agg(DISTINCT a.privilege_type, ', '), c.relname)
    FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition
      AND a.grantee IN ('vigil_web'::regrole, 'vigil_worker'::regrole, 'vigil_ingest'::regrole)
      AND a.privilege_type IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
      AND c.relname NOT IN ('console_users', 'password_links', 'user_sessions', 'login_guard', 'api_keys', 'system_config')
    GROUP BY c.relname
    UNION ALL
    SELECT format('GRANT UPDATE (%s) ON %I TO vigil_planner', string_agg(DISTINCT quote_ident(t.attname), ', '), c.relname)
    FROM pg_class c JOIN pg_attribute t ON t.attrelid = c.oid CROSS JOIN LATERAL aclexplode(t.attacl) a
    WHERE c.relnamespace = 'public'::regnamespace AND NOT c.relispartition AND a.privilege_type = 'UPDATE'
      AND a.grantee IN ('vigil_web'::regrole, 'vigil_worker'::regrole, 'vigil_ingest'::regrole)
      AND c.relname NOT IN ('console_users', 'password_links', 'user_sessions', 'login_guard', 'api_keys', 'system_config')
    GROUP BY c.relname
  LOOP
    EXECUTE v_statement;
  END LOOP;
END $$;
