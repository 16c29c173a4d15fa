-- The catalog of a freshly migrated database on PostgreSQL 18, to be read, not run: see db/migrate.ts.
-- Printed by `npm run db:dump`; a test keeps this file equal to what the migrations make.

-- Tables

CREATE TABLE analyst_analytics (
  date date NOT NULL,
  user_id character varying(100) NOT NULL,
  decided_count integer NOT NULL,
  fraud_count integer NOT NULL,
  in_time_count integer NOT NULL,
  took smallint[] NOT NULL,
  alerts integer[] NOT NULL,
  CONSTRAINT analyst_analytics_date_user_id_pk PRIMARY KEY (date, user_id)
);
CREATE TABLE api_key_addresses (
  api_key_id integer NOT NULL,
  ip_address inet NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT api_key_addresses_api_key_id_api_keys_id_fk FOREIGN KEY (api_key_id) REFERENCES api_keys(id),
  CONSTRAINT api_key_addresses_api_key_id_ip_address_pk PRIMARY KEY (api_key_id, ip_address)
);
CREATE TABLE api_keys (
  id integer NOT NULL DEFAULT nextval('api_keys_id_seq'::regclass),
  name character varying(100) NOT NULL,
  owner_id character varying(100) NOT NULL,
  prefix character varying(20) NOT NULL,
  key_hash character(64) NOT NULL,
  scopes text[] NOT NULL,
  rate_per_second integer NOT NULL DEFAULT 1000,
  burst integer NOT NULL DEFAULT 2000,
  expires_at timestamp with time zone,
  revoked_at timestamp with time zone,
  revoked_by character varying(100),
  last_used_at timestamp with time zone,
  last_used_ip inet,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT api_keys_pkey PRIMARY KEY (id),
  CONSTRAINT api_keys_rate_check CHECK ((((rate_per_second >= 1) AND (rate_per_second <= 100000)) AND ((burst >= 1) AND (burst <= 1000000)))),
  CONSTRAINT api_keys_scopes_check CHECK (((scopes <@ ARRAY['ingest'::text, 'labels'::text, 'read'::text]) AND (cardinality(scopes) > 0)))
);
CREATE TABLE api_usage (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  endpoint character varying(200) NOT NULL,
  method character varying(10) NOT NULL,
  user_id character varying(100),
  ip_address inet,
  response_time_ms integer,
  status_code integer,
  request_size_bytes integer,
  response_size_bytes integer,
  timestamp timestamp with time zone NOT NULL DEFAULT now(),
  api_key_id integer,
  CONSTRAINT api_usage_id_timestamp_pk PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
CREATE TABLE api_usage_slots (
  slot_seconds integer NOT NULL,
  slot timestamp with time zone NOT NULL,
  endpoint character varying(200) NOT NULL,
  method character varying(10) NOT NULL,
  status_code integer NOT NULL,
  api_key_id integer NOT NULL,
  latency_ms integer NOT NULL,
  calls bigint NOT NULL,
  request_bytes bigint NOT NULL,
  response_bytes bigint NOT NULL,
  CONSTRAINT api_usage_slots_pkey PRIMARY KEY (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms),
  CONSTRAINT api_usage_slots_seconds_check CHECK ((slot_seconds = ANY (ARRAY[300, 3600])))
);
CREATE TABLE applied_objects (
  file character varying(200) NOT NULL,
  hash character varying(64) NOT NULL,
  applied_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT applied_objects_pkey PRIMARY KEY (file)
);
CREATE TABLE audit_reviews (
  audit_id bigint NOT NULL,
  audit_timestamp timestamp with time zone NOT NULL,
  reviewed_by character varying(100) NOT NULL,
  reviewed_at timestamp with time zone NOT NULL DEFAULT now(),
  note text,
  CONSTRAINT audit_reviews_pkey PRIMARY KEY (audit_id)
);
CREATE TABLE audit_trail (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  user_id character varying(100),
  action character varying(100) NOT NULL,
  resource_type character varying(50) NOT NULL,
  resource_id character varying(100),
  old_values jsonb,
  new_values jsonb,
  ip_address inet,
  user_agent text,
  timestamp timestamp with time zone NOT NULL DEFAULT now(),
  session_id character varying(100),
  actor_type character varying(10) NOT NULL,
  actor_name character varying(200) NOT NULL,
  outcome character varying(10) NOT NULL DEFAULT 'success'::character varying,
  reason text,
  request_id character varying(40),
  CONSTRAINT audit_trail_actor_check CHECK (((actor_type)::text = ANY ((ARRAY['user'::character varying, 'api_key'::character varying, 'system'::character varying])::text[]))),
  CONSTRAINT audit_trail_id_timestamp_pk PRIMARY KEY (id, "timestamp"),
  CONSTRAINT audit_trail_outcome_check CHECK (((outcome)::text = ANY ((ARRAY['success'::character varying, 'failure'::character varying, 'denied'::character varying])::text[])))
) PARTITION BY RANGE ("timestamp");
CREATE TABLE case_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  case_id bigint NOT NULL,
  kind character varying(30) NOT NULL,
  actor_id character varying(100) NOT NULL,
  body jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT case_events_case_id_cases_id_fk FOREIGN KEY (case_id) REFERENCES cases(id),
  CONSTRAINT case_events_pkey PRIMARY KEY (id)
);
CREATE TABLE cases (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  title character varying(200) NOT NULL,
  status character varying(12) NOT NULL DEFAULT 'open'::character varying,
  severity character varying(10) NOT NULL DEFAULT 'warning'::character varying,
  assignee_id character varying(100),
  sla_due_at timestamp with time zone,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  closed_at timestamp with time zone,
  CONSTRAINT cases_pkey PRIMARY KEY (id),
  CONSTRAINT cases_status_check CHECK (((status)::text = ANY ((ARRAY['open'::character varying, 'closed'::character varying])::text[])))
);
CREATE TABLE console_users (
  id uuid NOT NULL DEFAULT gen_random_uuid(),
  email character varying(200) NOT NULL,
  name character varying(100) NOT NULL,
  role character varying(20) NOT NULL,
  password_hash text,
  password_changed_at timestamp with time zone,
  is_active boolean NOT NULL DEFAULT true,
  last_sign_in_at timestamp with time zone,
  created_by character varying(100),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT console_users_pkey PRIMARY KEY (id),
  CONSTRAINT console_users_role_check CHECK (((role)::text = ANY ((ARRAY['analyst'::character varying, 'senior_analyst'::character varying, 'security_officer'::character varying, 'db_operator'::character varying, 'data_scientist'::character varying, 'auditor'::character varying, 'admin'::character varying])::text[])))
);
CREATE TABLE daily_metrics (
  id integer NOT NULL DEFAULT nextval('daily_metrics_id_seq'::regclass),
  date date NOT NULL,
  total_transactions integer NOT NULL DEFAULT 0,
  total_amount numeric(15,2) NOT NULL DEFAULT '0'::numeric,
  fraud_transactions integer NOT NULL DEFAULT 0,
  fraud_amount numeric(15,2) NOT NULL DEFAULT '0'::numeric,
  avg_fraud_score numeric(5,4),
  unique_users integer NOT NULL DEFAULT 0,
  unique_merchants integer NOT NULL DEFAULT 0,
  processing_time_avg_ms integer,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT daily_metrics_date_unique UNIQUE (date),
  CONSTRAINT daily_metrics_pkey PRIMARY KEY (id)
);
CREATE TABLE entity_heads (
  entity character varying(10) NOT NULL,
  key character varying(100) NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  payments bigint NOT NULL DEFAULT 0,
  CONSTRAINT entity_heads_entity_key_pk PRIMARY KEY (entity, key)
);
CREATE TABLE entity_lists (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  list_name character varying(100) NOT NULL,
  kind character varying(10) NOT NULL,
  entity character varying(10) NOT NULL,
  value character varying(100) NOT NULL,
  reason text,
  expires_at timestamp with time zone,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT entity_lists_entity_check CHECK (((entity)::text = ANY ((ARRAY['user'::character varying, 'card'::character varying, 'device'::character varying, 'ip'::character varying, 'merchant'::character varying, 'country'::character varying])::text[]))),
  CONSTRAINT entity_lists_kind_check CHECK (((kind)::text = ANY ((ARRAY['allow'::character varying, 'block'::character varying, 'watch'::character varying])::text[]))),
  CONSTRAINT entity_lists_pkey PRIMARY KEY (id)
);
CREATE TABLE feature_cache (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  cache_key character varying(200) NOT NULL,
  feature_data jsonb NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  access_count integer NOT NULL DEFAULT 0,
  CONSTRAINT feature_cache_pkey PRIMARY KEY (id)
);
CREATE TABLE feature_importance (
  id integer NOT NULL DEFAULT nextval('feature_importance_id_seq'::regclass),
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  feature_name character varying(100) NOT NULL,
  importance_score numeric(8,6) NOT NULL,
  importance_rank integer,
  calculation_method character varying(50),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT feature_importance_pkey PRIMARY KEY (id)
);
CREATE TABLE fraud_alerts (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  transaction_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  user_id character varying(100) NOT NULL,
  merchant_id character varying(100) NOT NULL,
  card_token character varying(100),
  amount numeric(15,2) NOT NULL,
  currency character(3) NOT NULL,
  amount_base numeric(15,2) NOT NULL,
  fraud_score numeric(5,4) NOT NULL,
  risk_level character varying(10) NOT NULL,
  decision character varying(10) NOT NULL,
  severity character varying(10) NOT NULL,
  status character varying(12) NOT NULL DEFAULT 'open'::character varying,
  disposition character varying(20),
  reasons jsonb NOT NULL,
  rules integer[] NOT NULL DEFAULT '{}'::integer[],
  patterns text[] NOT NULL DEFAULT '{}'::text[],
  queue_at timestamp with time zone NOT NULL,
  sla_due_at timestamp with time zone NOT NULL,
  assignee_id character varying(100),
  lease_until timestamp with time zone,
  note text,
  decided_by character varying(100),
  decided_at timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT fraud_alerts_disposition_check CHECK (((((status)::text = 'decided'::text) = (disposition IS NOT NULL)) AND ((disposition)::text = ANY ((ARRAY['fraud'::character varying, 'good_alert'::character varying, 'false_positive'::character varying])::text[])))),
  CONSTRAINT fraud_alerts_pkey PRIMARY KEY (id),
  CONSTRAINT fraud_alerts_severity_check CHECK (((severity)::text = ANY ((ARRAY['info'::character varying, 'warning'::character varying, 'critical'::character varying])::text[]))),
  CONSTRAINT fraud_alerts_status_check CHECK (((status)::text = ANY ((ARRAY['open'::character varying, 'escalated'::character varying, 'decided'::character varying])::text[])))
);
CREATE TABLE fraud_patterns (
  id integer NOT NULL DEFAULT nextval('fraud_patterns_id_seq'::regclass),
  pattern_name character varying(100) NOT NULL,
  description text,
  rules jsonb NOT NULL,
  review_threshold numeric(5,4) NOT NULL,
  block_threshold numeric(5,4) NOT NULL,
  is_active boolean NOT NULL DEFAULT false,
  created_by character varying(100),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  version integer NOT NULL DEFAULT 1,
  CONSTRAINT fraud_patterns_pattern_name_unique UNIQUE (pattern_name),
  CONSTRAINT fraud_patterns_pkey PRIMARY KEY (id)
);
CREATE TABLE fraud_rules (
  id integer NOT NULL DEFAULT nextval('fraud_rules_id_seq'::regclass),
  rule_name character varying(100) NOT NULL,
  rule_type character varying(50) NOT NULL,
  conditions jsonb NOT NULL,
  actions jsonb NOT NULL,
  priority integer NOT NULL DEFAULT 100,
  is_active boolean NOT NULL DEFAULT false,
  created_by character varying(100),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT fraud_rules_pkey PRIMARY KEY (id),
  CONSTRAINT fraud_rules_rule_name_unique UNIQUE (rule_name)
);
CREATE TABLE health_checks (
  name character varying(60) NOT NULL,
  status character varying(10) NOT NULL,
  since timestamp with time zone NOT NULL,
  previous_status character varying(10),
  value double precision,
  last_good_at timestamp with time zone,
  last_good_value double precision,
  checked_at timestamp with time zone NOT NULL,
  result jsonb NOT NULL,
  group_name character varying(40) NOT NULL,
  group_ms double precision NOT NULL,
  CONSTRAINT health_checks_pkey PRIMARY KEY (name),
  CONSTRAINT health_checks_status_check CHECK (((status)::text = ANY ((ARRAY['ok'::character varying, 'warning'::character varying, 'critical'::character varying, 'skipped'::character varying, 'too_little'::character varying])::text[])))
);
CREATE TABLE imports (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  file_name character varying(500) NOT NULL,
  fingerprint character(64) NOT NULL,
  options jsonb NOT NULL,
  status character varying(20) NOT NULL DEFAULT 'running'::character varying,
  rows bigint NOT NULL,
  first_at timestamp with time zone,
  last_at timestamp with time zone,
  next_row bigint NOT NULL DEFAULT 0,
  recorded bigint NOT NULL DEFAULT 0,
  known bigint NOT NULL DEFAULT 0,
  rejected bigint NOT NULL DEFAULT 0,
  labels bigint NOT NULL DEFAULT 0,
  started_by character varying(100) NOT NULL,
  started_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  finished_at timestamp with time zone,
  embedding_index text,
  CONSTRAINT imports_fingerprint_unique UNIQUE (fingerprint),
  CONSTRAINT imports_pkey PRIMARY KEY (id),
  CONSTRAINT imports_status_check CHECK (((status)::text = ANY ((ARRAY['running'::character varying, 'finished'::character varying])::text[])))
);
CREATE TABLE job_marks (
  job_name character varying(100) NOT NULL,
  mark timestamp with time zone NOT NULL,
  CONSTRAINT job_marks_pkey PRIMARY KEY (job_name)
);
CREATE TABLE job_pauses (
  job_name character varying(100) NOT NULL,
  paused_by character varying(100) NOT NULL,
  reason text NOT NULL,
  paused_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT job_pauses_pkey PRIMARY KEY (job_name)
);
CREATE TABLE job_runs (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  job_name character varying(100) NOT NULL,
  started_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  status character varying(10) NOT NULL,
  affected_rows bigint,
  error_message text,
  started_by character varying(100) NOT NULL,
  detail jsonb,
  cancelled_by character varying(100),
  CONSTRAINT job_runs_pkey PRIMARY KEY (id),
  CONSTRAINT job_runs_status_check CHECK (((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'ok'::character varying, 'failed'::character varying, 'skipped'::character varying, 'missed'::character varying, 'lost'::character varying])::text[])))
);
CREATE TABLE job_slots (
  job_name character varying(100) NOT NULL,
  slot timestamp with time zone NOT NULL,
  taken_by character varying(100) NOT NULL,
  taken_at timestamp with time zone NOT NULL DEFAULT now(),
  previous timestamp with time zone,
  CONSTRAINT job_slots_pkey PRIMARY KEY (job_name)
);
CREATE TABLE known_devices (
  console_user_id uuid NOT NULL,
  device_hash character(64) NOT NULL,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  last_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT known_devices_console_user_id_console_users_id_fk FOREIGN KEY (console_user_id) REFERENCES console_users(id),
  CONSTRAINT known_devices_console_user_id_device_hash_pk PRIMARY KEY (console_user_id, device_hash)
);
CREATE TABLE login_guard (
  guard_key character varying(200) NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  window_start timestamp with time zone NOT NULL DEFAULT now(),
  locked_until timestamp with time zone,
  CONSTRAINT login_guard_pkey PRIMARY KEY (guard_key)
);
CREATE TABLE maintenance_requests (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  kind character varying(40) NOT NULL,
  arguments jsonb NOT NULL,
  status character varying(10) NOT NULL DEFAULT 'waiting'::character varying,
  requested_by character varying(100) NOT NULL,
  requested_at timestamp with time zone NOT NULL DEFAULT now(),
  started_at timestamp with time zone,
  ended_at timestamp with time zone,
  result jsonb,
  error_message text,
  reason text,
  taken_by character varying(100),
  attempts integer NOT NULL DEFAULT 0,
  progress jsonb,
  cancel_requested_at timestamp with time zone,
  CONSTRAINT maintenance_requests_pkey PRIMARY KEY (id),
  CONSTRAINT maintenance_requests_status_check CHECK (((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying, 'ok'::character varying, 'failed'::character varying, 'cancelled'::character varying])::text[])))
);
CREATE TABLE merchant_analytics (
  id integer NOT NULL DEFAULT nextval('merchant_analytics_id_seq'::regclass),
  merchant_id character varying(100) NOT NULL,
  date date NOT NULL,
  transaction_count integer NOT NULL DEFAULT 0,
  transaction_amount numeric(15,2) NOT NULL DEFAULT '0'::numeric,
  fraud_count integer NOT NULL DEFAULT 0,
  fraud_rate numeric(5,4),
  avg_transaction_amount numeric(15,2),
  risk_score_trend numeric(5,4),
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  score_sum numeric(15,4) NOT NULL DEFAULT '0'::numeric,
  CONSTRAINT merchant_analytics_pkey PRIMARY KEY (id)
);
CREATE TABLE merchants (
  merchant_id character varying(100) NOT NULL,
  display_name character varying(200),
  category character varying(50),
  country character(2),
  latitude double precision,
  longitude double precision,
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT merchants_pkey PRIMARY KEY (merchant_id)
);
CREATE TABLE ml_features (
  transaction_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  user_sum_1h double precision,
  user_sum_24h double precision,
  user_sum_7d double precision,
  user_sum_30d double precision,
  card_sum_10m double precision,
  card_sum_1h double precision,
  card_sum_24h double precision,
  card_sum_30d double precision,
  device_sum_24h double precision,
  ip_sum_24h double precision,
  merchant_sum_1h double precision,
  merchant_sum_24h double precision,
  user_mean_24h double precision,
  user_mean_7d double precision,
  user_mean_30d double precision,
  card_mean_30d double precision,
  merchant_mean_24h double precision,
  merchant_mean_30d double precision,
  user_max_24h double precision,
  user_max_30d double precision,
  card_max_24h double precision,
  card_max_30d double precision,
  device_max_24h double precision,
  merchant_max_24h double precision,
  user_seconds_since_last double precision,
  user_distance_km_since_last double precision,
  user_speed_kmh_since_last double precision,
  user_amount_to_mean_30d double precision,
  user_amount_zscore_30d double precision,
  user_hour_deviation_30d double precision,
  merchant_blocked_share_1h double precision,
  merchant_fraud_rate_7d double precision,
  merchant_fraud_rate_30d double precision,
  payment_amount double precision,
  user_count_10m integer,
  user_count_1h integer,
  user_count_24h integer,
  user_count_7d integer,
  user_count_30d integer,
  card_count_10m integer,
  card_count_1h integer,
  card_count_24h integer,
  card_count_7d integer,
  card_count_30d integer,
  device_count_10m integer,
  device_count_1h integer,
  device_count_24h integer,
  device_count_7d integer,
  device_count_30d integer,
  ip_count_10m integer,
  ip_count_1h integer,
  ip_count_24h integer,
  ip_count_7d integer,
  ip_count_30d integer,
  merchant_count_10m integer,
  merchant_count_1h integer,
  merchant_count_24h integer,
  merchant_count_7d integer,
  merchant_count_30d integer,
  user_distinct_merchants_24h integer,
  user_distinct_merchants_30d integer,
  user_distinct_devices_24h integer,
  user_distinct_devices_30d integer,
  user_distinct_ips_24h integer,
  user_distinct_countries_24h integer,
  user_distinct_cards_30d integer,
  card_distinct_merchants_1h integer,
  card_distinct_merchants_24h integer,
  card_distinct_devices_24h integer,
  card_distinct_ips_24h integer,
  card_distinct_users_30d integer,
  device_distinct_users_24h integer,
  device_distinct_users_30d integer,
  device_distinct_cards_24h integer,
  device_distinct_cards_30d integer,
  ip_distinct_users_1h integer,
  ip_distinct_users_24h integer,
  ip_distinct_cards_24h integer,
  merchant_distinct_users_24h integer,
  merchant_distinct_cards_1h integer,
  merchant_distinct_cards_24h integer,
  card_small_count_10m integer,
  payment_hour integer,
  user_new_device_30d boolean,
  user_new_card_30d boolean,
  user_new_ip_30d boolean,
  user_new_country_30d boolean,
  user_new_merchant_30d boolean,
  payment_night boolean,
  payment_weekend boolean,
  transaction_embedding real[],
  merchant_frauds_7d integer,
  merchant_frauds_30d integer,
  CONSTRAINT ml_features_transaction_id_transaction_timestamp_pk PRIMARY KEY (transaction_id, transaction_timestamp)
) PARTITION BY RANGE (transaction_timestamp);
CREATE TABLE ml_model_performance (
  id integer NOT NULL DEFAULT nextval('ml_model_performance_id_seq'::regclass),
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  window_start timestamp with time zone NOT NULL,
  window_end timestamp with time zone NOT NULL,
  true_positives integer NOT NULL,
  false_positives integer NOT NULL,
  true_negatives integer NOT NULL,
  false_negatives integer NOT NULL,
  precision real,
  recall real,
  f1_score real,
  auc_roc real,
  average_precision real,
  threshold real NOT NULL,
  sample_size integer NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  log_loss real,
  intervals jsonb,
  source character varying(10) NOT NULL DEFAULT 'training'::character varying,
  CONSTRAINT ml_model_performance_pkey PRIMARY KEY (id),
  CONSTRAINT ml_model_performance_source_check CHECK (((source)::text = ANY ((ARRAY['training'::character varying, 'live'::character varying])::text[])))
);
CREATE TABLE model_ab_tests (
  id integer NOT NULL DEFAULT nextval('model_ab_tests_id_seq'::regclass),
  test_name character varying(100) NOT NULL,
  model_a character varying(100) NOT NULL,
  model_b character varying(100) NOT NULL,
  traffic_split numeric(3,2) NOT NULL DEFAULT 0.5,
  start_date timestamp with time zone NOT NULL DEFAULT now(),
  end_date timestamp with time zone,
  status character varying(20) NOT NULL DEFAULT 'ACTIVE'::character varying,
  results jsonb,
  model_a_version character varying(20) NOT NULL,
  model_b_version character varying(20) NOT NULL,
  primary_measure character varying(20) NOT NULL,
  min_labelled integer NOT NULL,
  mature_days integer,
  created_by character varying(100) NOT NULL,
  ended_by character varying(100),
  end_reason character varying(500),
  winner character varying(20),
  CONSTRAINT model_ab_tests_end_check CHECK ((((status)::text = 'ACTIVE'::text) = (end_date IS NULL))),
  CONSTRAINT model_ab_tests_measure_check CHECK (((primary_measure)::text = ANY ((ARRAY['recall'::character varying, 'precision'::character varying, 'averagePrecision'::character varying, 'aucRoc'::character varying])::text[]))),
  CONSTRAINT model_ab_tests_pkey PRIMARY KEY (id),
  CONSTRAINT model_ab_tests_split_check CHECK (((traffic_split >= 0.01) AND (traffic_split <= 0.5))),
  CONSTRAINT model_ab_tests_status_check CHECK (((status)::text = ANY ((ARRAY['ACTIVE'::character varying, 'CONCLUDED'::character varying, 'STOPPED'::character varying])::text[]))),
  CONSTRAINT model_ab_tests_winner_check CHECK (((winner)::text = ANY ((ARRAY['champion'::character varying, 'challenger'::character varying])::text[])))
);
CREATE TABLE model_drift (
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  day date NOT NULL,
  feature character varying(100) NOT NULL,
  psi real,
  payments integer NOT NULL,
  counts integer[] NOT NULL,
  CONSTRAINT model_drift_model_name_model_version_day_feature_pk PRIMARY KEY (model_name, model_version, day, feature)
);
CREATE TABLE model_experiments (
  id integer NOT NULL DEFAULT nextval('model_experiments_id_seq'::regclass),
  experiment_name character varying(100) NOT NULL,
  model_type character varying(50) NOT NULL,
  hyperparameters jsonb NOT NULL,
  training_data_hash character varying(64),
  validation_metrics jsonb,
  training_duration_minutes integer,
  training_ms bigint,
  created_by character varying(100),
  status character varying(20) NOT NULL DEFAULT 'RUNNING'::character varying,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  progress real NOT NULL DEFAULT 0,
  message character varying(500),
  heartbeat_at timestamp with time zone,
  ended_at timestamp with time zone,
  model_name character varying(100),
  model_version character varying(20),
  CONSTRAINT model_experiments_pkey PRIMARY KEY (id),
  CONSTRAINT model_experiments_status_check CHECK (((status)::text = ANY ((ARRAY['WAITING'::character varying, 'RUNNING'::character varying, 'DONE'::character varying, 'FAILED'::character varying, 'CANCELLED'::character varying])::text[])))
);
CREATE TABLE model_predictions (
  transaction_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  arm character varying(20) NOT NULL DEFAULT 'champion'::character varying,
  probability real NOT NULL,
  base_log_odds real NOT NULL,
  contributions real[] NOT NULL,
  latency_ms real,
  ab_test_id integer,
  CONSTRAINT model_predictions_probability_check CHECK (((probability >= (0)::double precision) AND (probability <= (1)::double precision))),
  CONSTRAINT model_predictions_transaction_id_transaction_timestamp_pk PRIMARY KEY (transaction_id, transaction_timestamp)
) PARTITION BY RANGE (transaction_timestamp);
CREATE TABLE model_references (
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  promoted_at timestamp with time zone,
  from_at timestamp with time zone,
  to_at timestamp with time zone,
  payments integer NOT NULL DEFAULT 0,
  distributions jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT model_references_model_name_model_version_pk PRIMARY KEY (model_name, model_version)
);
CREATE TABLE models (
  id integer NOT NULL DEFAULT nextval('models_id_seq'::regclass),
  model_name character varying(100) NOT NULL,
  model_version character varying(20) NOT NULL,
  model_type character varying(50) NOT NULL,
  parameters jsonb NOT NULL,
  is_champion boolean NOT NULL DEFAULT false,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT models_pkey PRIMARY KEY (id)
);
CREATE TABLE partition_holds (
  month date NOT NULL,
  reason text NOT NULL,
  held_by character varying(100) NOT NULL,
  until timestamp with time zone,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT partition_holds_pkey PRIMARY KEY (month)
);
CREATE TABLE password_links (
  token_hash character(64) NOT NULL,
  console_user_id uuid NOT NULL,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  CONSTRAINT password_links_console_user_id_console_users_id_fk FOREIGN KEY (console_user_id) REFERENCES console_users(id),
  CONSTRAINT password_links_pkey PRIMARY KEY (token_hash)
);
CREATE TABLE query_stats (
  captured_at timestamp with time zone NOT NULL,
  query_id bigint NOT NULL,
  role_name character varying(63) NOT NULL,
  calls bigint NOT NULL,
  total_time_ms double precision NOT NULL,
  rows bigint NOT NULL,
  shared_blocks_hit bigint NOT NULL,
  shared_blocks_read bigint NOT NULL,
  temp_blocks_written bigint NOT NULL DEFAULT 0,
  io_time_ms double precision NOT NULL DEFAULT 0,
  CONSTRAINT query_stats_captured_at_query_id_role_name_pk PRIMARY KEY (captured_at, query_id, role_name)
);
CREATE TABLE query_texts (
  query_id bigint NOT NULL,
  role_name character varying(63) NOT NULL,
  query_text text NOT NULL,
  calls bigint NOT NULL,
  total_time_ms double precision NOT NULL,
  rows bigint NOT NULL,
  shared_blocks_hit bigint NOT NULL,
  shared_blocks_read bigint NOT NULL,
  seen_at timestamp with time zone NOT NULL,
  temp_blocks_written bigint,
  io_time_ms double precision,
  CONSTRAINT query_texts_query_id_role_name_pk PRIMARY KEY (query_id, role_name)
);
CREATE TABLE rule_analytics (
  date date NOT NULL,
  rule_version_id integer NOT NULL,
  rule_id integer NOT NULL,
  hit_count integer NOT NULL,
  fraud_count integer NOT NULL,
  genuine_count integer NOT NULL,
  caught_amount numeric(15,2) NOT NULL,
  stopped_amount numeric(15,2) NOT NULL,
  CONSTRAINT rule_analytics_date_rule_version_id_pk PRIMARY KEY (date, rule_version_id)
);
CREATE TABLE rule_hits (
  transaction_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  rule_version_id integer NOT NULL,
  rule_id integer NOT NULL,
  position smallint NOT NULL,
  decision character varying(10),
  points real,
  tags text[],
  severity character varying(10),
  reason_code character varying(60) NOT NULL,
  reason_values jsonb NOT NULL,
  seen jsonb NOT NULL,
  CONSTRAINT rule_hits_transaction_id_transaction_timestamp_rule_version_id_ PRIMARY KEY (transaction_id, transaction_timestamp, rule_version_id)
) PARTITION BY RANGE (transaction_timestamp);
CREATE TABLE rule_versions (
  id integer NOT NULL DEFAULT nextval('rule_versions_id_seq'::regclass),
  rule_id integer NOT NULL,
  version integer NOT NULL,
  state character varying(12) NOT NULL DEFAULT 'draft'::character varying,
  rule_name character varying(100) NOT NULL,
  rule_type character varying(50) NOT NULL,
  description text,
  conditions jsonb NOT NULL,
  actions jsonb NOT NULL,
  priority integer NOT NULL DEFAULT 100,
  reason_code character varying(60) NOT NULL DEFAULT 'rule'::character varying,
  revision integer NOT NULL DEFAULT 1,
  created_by character varying(100) NOT NULL,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  state_by character varying(100),
  state_at timestamp with time zone NOT NULL DEFAULT now(),
  state_note text,
  CONSTRAINT rule_versions_pkey PRIMARY KEY (id),
  CONSTRAINT rule_versions_rule_id_fraud_rules_id_fk FOREIGN KEY (rule_id) REFERENCES fraud_rules(id),
  CONSTRAINT rule_versions_state_check CHECK (((state)::text = ANY ((ARRAY['draft'::character varying, 'in_review'::character varying, 'approved'::character varying, 'shadow'::character varying, 'canary'::character varying, 'live'::character varying, 'paused'::character varying, 'retired'::character varying])::text[])))
);
CREATE TABLE security_events (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  event_type character varying(50) NOT NULL,
  severity character varying(20) NOT NULL,
  description text NOT NULL,
  user_id character varying(100),
  ip_address inet,
  metadata jsonb,
  resolved boolean NOT NULL DEFAULT false,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  session_id character varying(100),
  assignee_id character varying(100),
  resolved_by character varying(100),
  resolved_at timestamp with time zone,
  resolution character varying(30),
  note text,
  CONSTRAINT security_events_id_created_at_pk PRIMARY KEY (id, created_at),
  CONSTRAINT security_events_severity_check CHECK (((severity)::text = ANY ((ARRAY['info'::character varying, 'warning'::character varying, 'critical'::character varying])::text[])))
) PARTITION BY RANGE (created_at);
CREATE TABLE server_capabilities (
  capability character varying(40) NOT NULL,
  present boolean NOT NULL,
  detail text,
  checked_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT server_capabilities_pkey PRIMARY KEY (capability)
);
CREATE TABLE system_config (
  id integer NOT NULL DEFAULT nextval('system_config_id_seq'::regclass),
  config_key character varying(100) NOT NULL,
  config_value jsonb NOT NULL,
  description text,
  is_sensitive boolean NOT NULL DEFAULT false,
  updated_by character varying(100),
  updated_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT system_config_config_key_unique UNIQUE (config_key),
  CONSTRAINT system_config_pkey PRIMARY KEY (id)
);
CREATE TABLE system_metrics (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  metric_name character varying(100) NOT NULL,
  metric_value numeric(15,4) NOT NULL,
  labels jsonb,
  timestamp timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT system_metrics_id_timestamp_pk PRIMARY KEY (id, "timestamp")
) PARTITION BY RANGE ("timestamp");
CREATE TABLE system_metrics_daily (
  day date NOT NULL,
  metric_name character varying(100) NOT NULL,
  samples integer NOT NULL,
  mean_value double precision NOT NULL,
  min_value double precision NOT NULL,
  max_value double precision NOT NULL,
  labels jsonb NOT NULL DEFAULT '{}'::jsonb,
  CONSTRAINT system_metrics_daily_metric_name_day_labels_pk PRIMARY KEY (metric_name, day, labels)
);
CREATE TABLE touched_days (
  day date NOT NULL
);
CREATE TABLE transaction_stream (
  id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
  transaction_id character varying(100) NOT NULL,
  raw_data jsonb NOT NULL,
  processed_at timestamp with time zone,
  processing_status character varying(20) NOT NULL DEFAULT 'PENDING'::character varying,
  error_message text,
  retry_count integer NOT NULL DEFAULT 0,
  received_at timestamp with time zone NOT NULL DEFAULT now(),
  payload_hash character(64) NOT NULL,
  answer text,
  lease_until timestamp with time zone,
  lease_epoch integer NOT NULL DEFAULT 0,
  leased_by character varying(100),
  next_try_at timestamp with time zone DEFAULT now(),
  error_code character varying(40),
  discard_reason character varying(500),
  CONSTRAINT transaction_stream_discard_check CHECK ((((processing_status)::text = 'DISCARDED'::text) = (discard_reason IS NOT NULL))),
  CONSTRAINT transaction_stream_open_check CHECK ((((processing_status)::text <> ALL ((ARRAY['PENDING'::character varying, 'PROCESSING'::character varying, 'FAILED'::character varying])::text[])) OR (next_try_at IS NOT NULL))),
  CONSTRAINT transaction_stream_pkey PRIMARY KEY (id),
  CONSTRAINT transaction_stream_status_check CHECK (((processing_status)::text = ANY ((ARRAY['PENDING'::character varying, 'PROCESSING'::character varying, 'DONE'::character varying, 'FAILED'::character varying, 'DEAD'::character varying, 'DISCARDED'::character varying])::text[])))
);
CREATE TABLE transactions (
  transaction_id character varying(100) NOT NULL,
  user_id character varying(100) NOT NULL,
  merchant_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  amount numeric(15,2) NOT NULL,
  currency character(3) NOT NULL,
  amount_base numeric(15,2) NOT NULL,
  latitude double precision,
  longitude double precision,
  country character(2),
  device_id character varying(100),
  ip_address inet,
  channel character varying(20),
  card_token character varying(100),
  merchant_category character varying(50),
  metadata jsonb,
  fraud_score numeric(5,4) NOT NULL,
  risk_level character varying(10) NOT NULL,
  decision character varying(10) NOT NULL,
  decision_version character varying(64) NOT NULL,
  latency_ms real,
  is_fraud boolean,
  label_source character varying(20),
  labelled_at timestamp with time zone,
  CONSTRAINT transactions_amount_base_check CHECK (((amount_base >= (0)::numeric) AND (amount_base <> 'NaN'::numeric))),
  CONSTRAINT transactions_amount_check CHECK (((amount >= (0)::numeric) AND (amount <> 'NaN'::numeric))),
  CONSTRAINT transactions_decision_check CHECK (((decision)::text = ANY ((ARRAY['ALLOW'::character varying, 'REVIEW'::character varying, 'BLOCK'::character varying])::text[]))),
  CONSTRAINT transactions_label_check CHECK ((((is_fraud IS NULL) = (labelled_at IS NULL)) AND ((is_fraud IS NULL) = (label_source IS NULL)))),
  CONSTRAINT transactions_risk_check CHECK (((risk_level)::text = ANY ((ARRAY['MINIMAL'::character varying, 'LOW'::character varying, 'MEDIUM'::character varying, 'HIGH'::character varying, 'CRITICAL'::character varying])::text[]))),
  CONSTRAINT transactions_score_check CHECK (((fraud_score >= (0)::numeric) AND (fraud_score <= (1)::numeric))),
  CONSTRAINT transactions_transaction_id_transaction_timestamp_risk_level_pk PRIMARY KEY (transaction_id, transaction_timestamp, risk_level)
) PARTITION BY RANGE (transaction_timestamp);
CREATE TABLE transactions_archive (
  transaction_id character varying(100) NOT NULL,
  user_id character varying(100) NOT NULL,
  merchant_id character varying(100) NOT NULL,
  transaction_timestamp timestamp with time zone NOT NULL,
  recorded_at timestamp with time zone NOT NULL,
  amount numeric(15,2) NOT NULL,
  currency character(3) NOT NULL,
  amount_base numeric(15,2) NOT NULL,
  latitude double precision,
  longitude double precision,
  country character(2),
  device_id character varying(100),
  ip_address inet,
  channel character varying(20),
  card_token character varying(100),
  merchant_category character varying(50),
  metadata jsonb,
  fraud_score numeric(5,4) NOT NULL,
  risk_level character varying(10) NOT NULL,
  decision character varying(10) NOT NULL,
  decision_version character varying(64) NOT NULL,
  latency_ms real,
  is_fraud boolean,
  label_source character varying(20),
  labelled_at timestamp with time zone,
  CONSTRAINT transactions_archive_transaction_id_transaction_timestamp_risk_ PRIMARY KEY (transaction_id, transaction_timestamp, risk_level)
) PARTITION BY RANGE (transaction_timestamp);
CREATE TABLE user_sessions (
  id integer NOT NULL DEFAULT nextval('user_sessions_id_seq'::regclass),
  session_id character varying(100) NOT NULL,
  user_id character varying(100) NOT NULL,
  ip_address inet,
  user_agent text,
  created_at timestamp with time zone NOT NULL DEFAULT now(),
  last_activity timestamp with time zone NOT NULL DEFAULT now(),
  expires_at timestamp with time zone NOT NULL,
  is_active boolean NOT NULL DEFAULT true,
  device_hash character(64),
  ended_at timestamp with time zone,
  ended_by character varying(100),
  end_reason character varying(30),
  CONSTRAINT user_sessions_pkey PRIMARY KEY (id)
);
CREATE TABLE users (
  user_id character varying(100) NOT NULL,
  display_name character varying(200),
  country character(2),
  first_seen_at timestamp with time zone NOT NULL DEFAULT now(),
  CONSTRAINT users_pkey PRIMARY KEY (user_id)
);

-- Kinds of partitions, as ensure_partitions() makes them

-- api_usage_yNNNNmNNdNN OF api_usage FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- audit_trail_yNNNNmNN OF audit_trail FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- ml_features_yNNNNmNN OF ml_features FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN') WITH (toast_tuple_target=128, fillfactor=90, autovacuum_vacuum_insert_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02)
-- model_predictions_yNNNNmNN OF model_predictions FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- rule_hits_yNNNNmNN OF rule_hits FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- security_events_yNNNNmNN OF security_events FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- system_metrics_yNNNNmNNdNN OF system_metrics FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN') PARTITION BY RANGE ("timestamp")
-- system_metrics_yNNNNmNNdNNhNN OF system_metrics_yNNNNmNNdNN FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN')
-- transactions_yNNNNmNN OF transactions FOR VALUES FROM ('NNNN-NN-NN NN:NN:NN+NN') TO ('NNNN-NN-NN NN:NN:NN+NN') PARTITION BY LIST (risk_level)
-- transactions_yNNNNmNN_high_risk OF transactions_yNNNNmNN FOR VALUES IN ('HIGH', 'CRITICAL') WITH (toast_tuple_target=128, fillfactor=90, autovacuum_vacuum_insert_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02)
-- transactions_yNNNNmNN_low_risk OF transactions_yNNNNmNN FOR VALUES IN ('MINIMAL', 'LOW', 'MEDIUM') WITH (toast_tuple_target=128, fillfactor=90, autovacuum_vacuum_insert_scale_factor=0.05, autovacuum_analyze_scale_factor=0.02)

-- Indexes

CREATE INDEX api_usage_key_idx ON ONLY public.api_usage USING btree (api_key_id, "timestamp" DESC);
CREATE INDEX api_usage_time_idx ON ONLY public.api_usage USING btree ("timestamp" DESC);
CREATE INDEX audit_trail_action_idx ON ONLY public.audit_trail USING btree (action, "timestamp" DESC);
CREATE INDEX audit_trail_resource_idx ON ONLY public.audit_trail USING btree (resource_type, resource_id, "timestamp" DESC);
CREATE INDEX audit_trail_time_idx ON ONLY public.audit_trail USING btree ("timestamp" DESC, id DESC);
CREATE INDEX audit_trail_user_idx ON ONLY public.audit_trail USING btree (user_id, "timestamp" DESC);
CREATE INDEX case_events_case_idx ON public.case_events USING btree (case_id, id);
CREATE INDEX cases_open_idx ON public.cases USING btree (created_at DESC, id DESC) WHERE ((status)::text = 'open'::text);
CREATE INDEX entity_lists_value_idx ON public.entity_lists USING btree (entity, value);
CREATE INDEX feature_cache_expires_idx ON public.feature_cache USING btree (expires_at);
CREATE INDEX feature_cache_kept_idx ON public.feature_cache USING btree (cache_key) WHERE (split_part((cache_key)::text, ':'::text, 2) = 'heavy'::text);
CREATE INDEX feature_importance_model_idx ON public.feature_importance USING btree (model_name, model_version, importance_rank);
CREATE INDEX fraud_alerts_assignee_idx ON public.fraud_alerts USING btree (assignee_id, queue_at) WHERE (assignee_id IS NOT NULL);
CREATE INDEX fraud_alerts_created_idx ON public.fraud_alerts USING btree (created_at DESC, id DESC);
CREATE INDEX fraud_alerts_decided_idx ON public.fraud_alerts USING btree (decided_at DESC, id DESC) WHERE ((status)::text = 'decided'::text);
CREATE INDEX fraud_alerts_due_idx ON public.fraud_alerts USING btree (sla_due_at) WHERE ((status)::text <> 'decided'::text);
CREATE INDEX fraud_alerts_merchant_idx ON public.fraud_alerts USING btree (merchant_id, created_at);
CREATE INDEX fraud_alerts_patterns_idx ON public.fraud_alerts USING btree (created_at) WHERE (patterns <> '{}'::text[]);
CREATE INDEX fraud_alerts_queue_idx ON public.fraud_alerts USING btree (queue_at, id) WHERE ((status)::text <> 'decided'::text);
CREATE INDEX fraud_alerts_user_idx ON public.fraud_alerts USING btree (user_id, created_at);
CREATE INDEX idx_ml_features_embedding ON ONLY public.ml_features USING gist (cube((transaction_embedding)::double precision[]));
CREATE INDEX idx_transactions_ml_composite ON ONLY public.transactions USING btree (user_id, merchant_id, transaction_timestamp, amount, fraud_score) INCLUDE (latitude, longitude, device_id);
CREATE INDEX idx_transactions_recent_fraud ON ONLY public.transactions USING btree (transaction_timestamp, fraud_score, risk_level) WHERE is_fraud;
CREATE INDEX job_runs_job_idx ON public.job_runs USING btree (job_name, started_at DESC);
CREATE INDEX job_runs_open_idx ON public.job_runs USING btree (id) WHERE ((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]));
CREATE INDEX job_runs_time_idx ON public.job_runs USING btree (started_at DESC, id DESC);
CREATE INDEX maintenance_requests_open_idx ON public.maintenance_requests USING btree (id) WHERE ((status)::text = ANY ((ARRAY['waiting'::character varying, 'running'::character varying])::text[]));
CREATE INDEX merchant_analytics_date_idx ON public.merchant_analytics USING btree (date DESC, fraud_rate DESC);
CREATE INDEX merchant_analytics_fraud_idx ON public.merchant_analytics USING btree (date, merchant_id, fraud_count, transaction_count) WHERE (fraud_count > 0);
CREATE INDEX merchant_analytics_sums_idx ON public.merchant_analytics USING btree (merchant_id, date, transaction_count, transaction_amount, fraud_count, score_sum);
CREATE INDEX merchant_analytics_trend_idx ON public.merchant_analytics USING btree (date, risk_score_trend DESC, merchant_id) WHERE (risk_score_trend > (0)::numeric);
CREATE INDEX model_drift_day_idx ON public.model_drift USING btree (day);
CREATE INDEX model_experiments_open_idx ON public.model_experiments USING btree (id) WHERE ((status)::text = ANY ((ARRAY['WAITING'::character varying, 'RUNNING'::character varying])::text[]));
CREATE INDEX model_predictions_ab_test_idx ON ONLY public.model_predictions USING btree (ab_test_id, transaction_timestamp) WHERE (ab_test_id IS NOT NULL);
CREATE INDEX password_links_user_idx ON public.password_links USING btree (console_user_id);
CREATE INDEX query_stats_query_idx ON public.query_stats USING btree (query_id, captured_at DESC);
CREATE INDEX rule_hits_rule_time_idx ON ONLY public.rule_hits USING btree (rule_id, transaction_timestamp DESC);
CREATE INDEX rule_versions_state_idx ON public.rule_versions USING btree (state);
CREATE INDEX security_events_open_idx ON ONLY public.security_events USING btree (created_at DESC, id DESC) WHERE (NOT resolved);
CREATE INDEX security_events_time_idx ON ONLY public.security_events USING btree (created_at DESC, id DESC);
CREATE INDEX security_events_user_idx ON ONLY public.security_events USING btree (user_id, created_at DESC);
CREATE INDEX system_metrics_name_time_idx ON ONLY public.system_metrics USING btree (metric_name, "timestamp" DESC);
CREATE INDEX transaction_stream_dead_code_idx ON public.transaction_stream USING btree (error_code, id) WHERE ((processing_status)::text = 'DEAD'::text);
CREATE INDEX transaction_stream_dead_idx ON public.transaction_stream USING btree (id) WHERE ((processing_status)::text = 'DEAD'::text);
CREATE INDEX transaction_stream_discarded_idx ON public.transaction_stream USING btree (id) WHERE ((processing_status)::text = 'DISCARDED'::text);
CREATE INDEX transaction_stream_failed_idx ON public.transaction_stream USING btree (id) WHERE ((processing_status)::text = 'FAILED'::text);
CREATE INDEX transaction_stream_open_idx ON public.transaction_stream USING btree (next_try_at, id) WHERE ((processing_status)::text = ANY ((ARRAY['PENDING'::character varying, 'PROCESSING'::character varying, 'FAILED'::character varying])::text[]));
CREATE INDEX transaction_stream_received_idx ON public.transaction_stream USING btree (received_at);
CREATE INDEX transactions_archive_time_idx ON ONLY public.transactions_archive USING btree (transaction_timestamp DESC, transaction_id DESC);
CREATE INDEX transactions_archive_user_time_idx ON ONLY public.transactions_archive USING btree (user_id, transaction_timestamp);
CREATE INDEX transactions_blocked_idx ON ONLY public.transactions USING btree (transaction_timestamp DESC, transaction_id DESC) WHERE ((decision)::text = 'BLOCK'::text);
CREATE INDEX transactions_card_time_idx ON ONLY public.transactions USING btree (card_token, transaction_timestamp) WHERE (card_token IS NOT NULL);
CREATE INDEX transactions_decided_idx ON ONLY public.transactions USING btree (transaction_timestamp DESC, transaction_id DESC) WHERE ((decision)::text <> 'ALLOW'::text);
CREATE INDEX transactions_device_time_idx ON ONLY public.transactions USING btree (device_id, transaction_timestamp) WHERE (device_id IS NOT NULL);
CREATE INDEX transactions_ip_time_idx ON ONLY public.transactions USING btree (ip_address, transaction_timestamp) WHERE (ip_address IS NOT NULL);
CREATE INDEX transactions_merchant_label_idx ON ONLY public.transactions USING btree (merchant_id, labelled_at) WHERE is_fraud;
CREATE INDEX transactions_merchant_time_idx ON ONLY public.transactions USING btree (merchant_id, transaction_timestamp);
CREATE INDEX transactions_time_idx ON ONLY public.transactions USING btree (transaction_timestamp DESC, transaction_id DESC);
CREATE INDEX transactions_user_time_idx ON ONLY public.transactions USING btree (user_id, transaction_timestamp);
CREATE INDEX user_sessions_last_idx ON public.user_sessions USING btree (last_activity DESC, id DESC);
CREATE INDEX user_sessions_user_idx ON public.user_sessions USING btree (user_id, is_active);
CREATE UNIQUE INDEX api_keys_key_hash_key ON public.api_keys USING btree (key_hash);
CREATE UNIQUE INDEX console_users_email_key ON public.console_users USING btree (lower((email)::text));
CREATE UNIQUE INDEX entity_lists_entry_key ON public.entity_lists USING btree (list_name, entity, value);
CREATE UNIQUE INDEX feature_cache_cache_key_key ON public.feature_cache USING btree (cache_key);
CREATE UNIQUE INDEX fraud_alerts_transaction_id_key ON public.fraud_alerts USING btree (transaction_id);
CREATE UNIQUE INDEX job_runs_waiting_key ON public.job_runs USING btree (job_name) WHERE ((status)::text = 'waiting'::text);
CREATE UNIQUE INDEX merchant_analytics_merchant_id_date_key ON public.merchant_analytics USING btree (merchant_id, date);
CREATE UNIQUE INDEX ml_model_performance_window_key ON public.ml_model_performance USING btree (model_name, model_version, window_start, window_end);
CREATE UNIQUE INDEX model_ab_tests_active_key ON public.model_ab_tests USING btree (status) WHERE ((status)::text = 'ACTIVE'::text);
CREATE UNIQUE INDEX models_champion_key ON public.models USING btree (is_champion) WHERE is_champion;
CREATE UNIQUE INDEX models_version_key ON public.models USING btree (model_name, model_version);
CREATE UNIQUE INDEX mv_fraud_dashboard_realtime_hour_key ON public.mv_fraud_dashboard_realtime USING btree (hour);
CREATE UNIQUE INDEX rule_versions_live_key ON public.rule_versions USING btree (rule_id) WHERE ((state)::text = 'live'::text);
CREATE UNIQUE INDEX rule_versions_rule_version_key ON public.rule_versions USING btree (rule_id, version);
CREATE UNIQUE INDEX transaction_stream_transaction_id_key ON public.transaction_stream USING btree (transaction_id);
CREATE UNIQUE INDEX user_sessions_session_id_key ON public.user_sessions USING btree (session_id);

-- Views

CREATE MATERIALIZED VIEW mv_fraud_dashboard_realtime AS
 SELECT date_trunc('hour'::text, transaction_timestamp, 'UTC'::text) AS hour,
    count(*) AS total_transactions,
    count(*) FILTER (WHERE is_fraud) AS fraud_count,
    avg(fraud_score) AS avg_fraud_score,
    sum(amount_base) AS total_amount,
    count(DISTINCT user_id) AS unique_users,
    count(*) FILTER (WHERE decision::text = 'ALLOW'::text) AS allowed_count,
    count(*) FILTER (WHERE decision::text = 'REVIEW'::text) AS review_count,
    count(*) FILTER (WHERE decision::text = 'BLOCK'::text) AS blocked_count,
    COALESCE(sum(amount_base) FILTER (WHERE decision::text = 'BLOCK'::text), 0::numeric) AS blocked_amount,
    avg(latency_ms) AS avg_latency_ms,
    now() AS refreshed_at
   FROM transactions
  WHERE transaction_timestamp > (now() - '49:00:00'::interval) AND transaction_timestamp <= (now() + '00:10:00'::interval)
  GROUP BY (date_trunc('hour'::text, transaction_timestamp, 'UTC'::text));
CREATE VIEW transactions_all AS
 SELECT transactions.transaction_id,
    transactions.user_id,
    transactions.merchant_id,
    transactions.transaction_timestamp,
    transactions.recorded_at,
    transactions.amount,
    transactions.currency,
    transactions.amount_base,
    transactions.latitude,
    transactions.longitude,
    transactions.country,
    transactions.device_id,
    transactions.ip_address,
    transactions.channel,
    transactions.card_token,
    transactions.merchant_category,
    transactions.metadata,
    transactions.fraud_score,
    transactions.risk_level,
    transactions.decision,
    transactions.decision_version,
    transactions.latency_ms,
    transactions.is_fraud,
    transactions.label_source,
    transactions.labelled_at,
    false AS archived
   FROM transactions
UNION ALL
 SELECT transactions_archive.transaction_id,
    transactions_archive.user_id,
    transactions_archive.merchant_id,
    transactions_archive.transaction_timestamp,
    transactions_archive.recorded_at,
    transactions_archive.amount,
    transactions_archive.currency,
    transactions_archive.amount_base,
    transactions_archive.latitude,
    transactions_archive.longitude,
    transactions_archive.country,
    transactions_archive.device_id,
    transactions_archive.ip_address,
    transactions_archive.channel,
    transactions_archive.card_token,
    transactions_archive.merchant_category,
    transactions_archive.metadata,
    transactions_archive.fraud_score,
    transactions_archive.risk_level,
    transactions_archive.decision,
    transactions_archive.decision_version,
    transactions_archive.latency_ms,
    transactions_archive.is_fraud,
    transactions_archive.label_source,
    transactions_archive.labelled_at,
    true AS archived
   FROM transactions_archive;
CREATE VIEW transactions_readonly AS
 SELECT transaction_id,
    user_id,
    merchant_id,
    transaction_timestamp,
    amount,
    currency,
    amount_base,
    country,
    channel,
    merchant_category,
    fraud_score,
    risk_level,
    decision,
    is_fraud,
    label_source,
    labelled_at,
    archived
   FROM transactions_all;
CREATE VIEW v_database_health AS
 WITH activity AS (
         SELECT count(*) FILTER (WHERE pg_stat_activity.backend_type = 'client backend'::text) AS clients,
            count(*) FILTER (WHERE pg_stat_activity.backend_type = 'client backend'::text AND pg_stat_activity.state = 'active'::text) AS active,
            count(*) FILTER (WHERE pg_stat_activity.backend_type = 'client backend'::text AND pg_stat_activity.state ~~ 'idle in transaction%'::text) AS idle_in_transaction,
            count(*) FILTER (WHERE pg_stat_activity.backend_type <> 'client backend'::text) AS others,
            count(*) FILTER (WHERE pg_stat_activity.backend_type = 'client backend'::text AND pg_stat_activity.wait_event_type = 'Lock'::text) AS lock_waits,
            COALESCE(EXTRACT(epoch FROM now() - min(pg_stat_activity.xact_start) FILTER (WHERE pg_stat_activity.backend_type = 'client backend'::text AND pg_stat_activity.pid <> pg_backend_pid())), 0::numeric) AS longest_transaction
           FROM pg_stat_activity
          WHERE pg_stat_activity.datname = current_database() OR pg_stat_activity.backend_type <> 'client backend'::text
        ), totals AS (
         SELECT pg_stat_database.datid,
            pg_stat_database.datname,
            pg_stat_database.numbackends,
            pg_stat_database.xact_commit,
            pg_stat_database.xact_rollback,
            pg_stat_database.blks_read,
            pg_stat_database.blks_hit,
            pg_stat_database.tup_returned,
            pg_stat_database.tup_fetched,
            pg_stat_database.tup_inserted,
            pg_stat_database.tup_updated,
            pg_stat_database.tup_deleted,
            pg_stat_database.conflicts,
            pg_stat_database.temp_files,
            pg_stat_database.temp_bytes,
            pg_stat_database.deadlocks,
            pg_stat_database.checksum_failures,
            pg_stat_database.checksum_last_failure,
            pg_stat_database.blk_read_time,
            pg_stat_database.blk_write_time,
            pg_stat_database.session_time,
            pg_stat_database.active_time,
            pg_stat_database.idle_in_transaction_time,
            pg_stat_database.sessions,
            pg_stat_database.sessions_abandoned,
            pg_stat_database.sessions_fatal,
            pg_stat_database.sessions_killed,
            pg_stat_database.parallel_workers_to_launch,
            pg_stat_database.parallel_workers_launched,
            pg_stat_database.stats_reset
           FROM pg_stat_database
          WHERE pg_stat_database.datname = current_database()
        ), stream AS (
         SELECT count(*) FILTER (WHERE transaction_stream.processing_status::text <> 'DEAD'::text) AS open,
            COALESCE(EXTRACT(epoch FROM now() - min(transaction_stream.received_at) FILTER (WHERE transaction_stream.processing_status::text <> 'DEAD'::text)), 0::numeric) AS lag,
            count(*) FILTER (WHERE transaction_stream.processing_status::text = 'DEAD'::text) AS dead
           FROM transaction_stream
          WHERE (transaction_stream.processing_status::text = ANY (ARRAY['PENDING'::character varying, 'PROCESSING'::character varying, 'FAILED'::character varying]::text[])) OR transaction_stream.processing_status::text = 'DEAD'::text
        ), days AS (
         SELECT min(tables.covered_until) AS covered_until
           FROM ( SELECT max(to_timestamp("substring"(c.relname::text, 'y(\d{4}m\d{2}d\d{2})$'::text), 'YYYY"m"MM"d"DD'::text)) + '1 day'::interval AS covered_until
                   FROM pg_inherits i
                     JOIN pg_class c ON c.oid = i.inhrelid
                  WHERE (i.inhparent = ANY (ARRAY['system_metrics'::regclass::oid, 'api_usage'::regclass::oid])) AND c.relname ~ 'y\d{4}m\d{2}d\d{2}$'::text
                  GROUP BY i.inhparent) tables
        ), checkpoints AS (
         SELECT pg_stat_checkpointer.num_timed AS timed,
            pg_stat_checkpointer.num_requested AS requested
           FROM pg_stat_checkpointer
        ), months AS (
         SELECT max(to_timestamp("substring"(c.relname::text, 'y(\d{4}m\d{2})$'::text), 'YYYY"m"MM'::text)) + '1 mon'::interval AS covered_until
           FROM pg_inherits i
             JOIN pg_class c ON c.oid = i.inhrelid
          WHERE i.inhparent = 'transactions'::regclass::oid AND c.relname ~ '^transactions_y\d{4}m\d{2}$'::text
        ), log AS (
         SELECT
                CASE
                    WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn()
                    ELSE pg_current_wal_lsn()
                END AS ends_at
        ), receivers AS (
         SELECT NOT s.slot_type IS DISTINCT FROM 'logical'::text AS is_subscriber,
            max(GREATEST(0::numeric, pg_wal_lsn_diff(log.ends_at, r.replay_lsn))) AS lag,
            max(
                CASE
                    WHEN r.state IS NOT NULL THEN COALESCE(EXTRACT(epoch FROM r.replay_lag), 0::numeric)
                    ELSE NULL::numeric
                END) AS delay
           FROM log
             CROSS JOIN pg_stat_replication r
             LEFT JOIN pg_replication_slots s ON s.active_pid = r.pid
          WHERE r.state IS DISTINCT FROM 'backup'::text
          GROUP BY (NOT s.slot_type IS DISTINCT FROM 'logical'::text)
        ), slots AS (
         SELECT max(pg_wal_lsn_diff(log.ends_at, s.restart_lsn)) AS retained
           FROM log
             CROSS JOIN pg_replication_slots s
        )
 SELECT metric,
    round(value, 4) AS value,
    unit,
    limit_value
   FROM ( SELECT 1 AS "position",
            'connections'::text AS metric,
            activity.clients::numeric AS value,
            'count'::text AS unit,
            current_setting('max_connections'::text)::numeric - current_setting('superuser_reserved_connections'::text)::numeric - COALESCE(current_setting('reserved_connections'::text, true)::numeric, 0::numeric) AS limit_value
           FROM activity
        UNION ALL
         SELECT 2,
            'cache_hit_ratio'::text,
            100.0 * totals.blks_hit::numeric / NULLIF(totals.blks_hit + totals.blks_read, 0)::numeric,
            'percent'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 3,
            'connections_active'::text,
            activity.active,
            'count'::text,
            NULL::numeric
           FROM activity
        UNION ALL
         SELECT 4,
            'connections_idle_in_transaction'::text,
            activity.idle_in_transaction,
            'count'::text,
            NULL::numeric
           FROM activity
        UNION ALL
         SELECT 5,
            'connections_other'::text,
            activity.others,
            'count'::text,
            NULL::numeric
           FROM activity
        UNION ALL
         SELECT 6,
            'lock_waits'::text,
            activity.lock_waits,
            'count'::text,
            NULL::numeric
           FROM activity
        UNION ALL
         SELECT 7,
            'longest_transaction'::text,
            activity.longest_transaction,
            'seconds'::text,
            NULL::numeric
           FROM activity
        UNION ALL
         SELECT 8,
            'transactions_committed'::text,
            totals.xact_commit,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 9,
            'transactions_rolled_back'::text,
            totals.xact_rollback,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 10,
            'deadlocks'::text,
            totals.deadlocks,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 11,
            'temp_bytes'::text,
            totals.temp_bytes,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 12,
            'blocks_hit'::text,
            totals.blks_hit,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 13,
            'blocks_read'::text,
            totals.blks_read,
            'total'::text,
            NULL::numeric
           FROM totals
        UNION ALL
         SELECT 14,
            'database_size'::text,
            pg_database_size(current_database()) AS pg_database_size,
            'bytes'::text,
            NULL::numeric
        UNION ALL
         SELECT 15,
            'transaction_id_age'::text,
            age(pg_database.datfrozenxid) AS age,
            'count'::text,
            2000000000
           FROM pg_database
          WHERE pg_database.datname = current_database()
        UNION ALL
         SELECT 16,
            'multixact_id_age'::text,
            mxid_age(pg_database.datminmxid) AS mxid_age,
            'count'::text,
            2000000000
           FROM pg_database
          WHERE pg_database.datname = current_database()
        UNION ALL
         SELECT 17,
            'stream_open'::text,
            stream.open,
            'count'::text,
            NULL::numeric
           FROM stream
        UNION ALL
         SELECT 18,
            'stream_lag'::text,
            stream.lag,
            'seconds'::text,
            NULL::numeric
           FROM stream
        UNION ALL
         SELECT 19,
            'stream_dead'::text,
            stream.dead,
            'count'::text,
            NULL::numeric
           FROM stream
        UNION ALL
         SELECT 20,
            'partition_runway'::text,
            EXTRACT(epoch FROM months.covered_until - now()) / 86400::numeric,
            'days'::text,
            NULL::numeric
           FROM months
        UNION ALL
         SELECT 21,
            'dashboard_age'::text,
            EXTRACT(epoch FROM now() - (( SELECT job_runs.started_at
                   FROM job_runs
                  WHERE job_runs.job_name::text = 'refresh-fraud-dashboard'::text AND job_runs.status::text = 'ok'::text
                  ORDER BY job_runs.started_at DESC
                 LIMIT 1))) AS "extract",
            'seconds'::text,
            NULL::numeric
        UNION ALL
         SELECT 22,
            'jobs_failed_24h'::text,
            ( SELECT count(*) AS count
                   FROM job_runs
                  WHERE job_runs.status::text = 'failed'::text AND job_runs.started_at > (now() - '24:00:00'::interval)) AS count,
            'count'::text,
            NULL::numeric
        UNION ALL
         SELECT 23,
            'partition_runway_daily'::text,
            EXTRACT(epoch FROM days.covered_until - now()) / 86400::numeric,
            'days'::text,
            NULL::numeric
           FROM days
        UNION ALL
         SELECT 24,
            'checkpoints_timed'::text,
            checkpoints.timed,
            'total'::text,
            NULL::numeric
           FROM checkpoints
        UNION ALL
         SELECT 25,
            'checkpoints_requested'::text,
            checkpoints.requested,
            'total'::text,
            NULL::numeric
           FROM checkpoints
        UNION ALL
         SELECT 26,
            'wal_bytes'::text,
            pg_stat_wal.wal_bytes,
            'total'::text,
            NULL::numeric
           FROM pg_stat_wal
        UNION ALL
         SELECT 27,
            'standby_lag'::text,
            receivers.lag,
            'bytes'::text,
            NULL::numeric
           FROM receivers
          WHERE NOT receivers.is_subscriber
        UNION ALL
         SELECT 28,
            'standby_delay'::text,
            receivers.delay,
            'seconds'::text,
            NULL::numeric
           FROM receivers
          WHERE NOT receivers.is_subscriber
        UNION ALL
         SELECT 29,
            'subscriber_lag'::text,
            receivers.lag,
            'bytes'::text,
            NULL::numeric
           FROM receivers
          WHERE receivers.is_subscriber
        UNION ALL
         SELECT 30,
            'subscriber_delay'::text,
            receivers.delay,
            'seconds'::text,
            NULL::numeric
           FROM receivers
          WHERE receivers.is_subscriber
        UNION ALL
         SELECT 31,
            'slots_retained'::text,
            slots.retained,
            'bytes'::text,
            NULLIF(pg_size_bytes(current_setting('max_slot_wal_keep_size'::text)), '-1'::integer) AS "nullif"
           FROM slots) rows
  ORDER BY "position";
CREATE VIEW v_index_usage AS
 WITH RECURSIVE pages AS (
         SELECT i.indexrelid,
            i.indrelid,
            i.indisunique,
            i.indisprimary,
            i.indisexclusion,
            i.indisreplident,
            i.indisvalid AND i.indisready AND i.indislive AS valid,
            i.indnkeyatts,
            c.relname,
            c.relkind,
            c.relispartition,
            c.relam,
            c.relpages,
            string_to_array(i.indkey::text, ' '::text)::smallint[] AS columns,
            string_to_array(i.indclass::text, ' '::text)::oid[] AS classes,
            string_to_array(i.indcollation::text, ' '::text)::oid[] AS collations,
            string_to_array(i.indoption::text, ' '::text)::smallint[] AS options,
            regexp_replace(COALESCE(i.indpred::text, ''::text), ':location -?\d+'::text, ''::text, 'g'::text) AS condition,
            regexp_replace(COALESCE(i.indexprs::text, ''::text), ':location -?\d+'::text, ''::text, 'g'::text) AS expressions,
            t.relname AS table_name,
            t.relispartition AS on_partition,
            t.relkind AS table_kind,
            t.relpages AS table_pages
           FROM pg_index i
             JOIN pg_class c ON c.oid = i.indexrelid
             JOIN pg_class t ON t.oid = i.indrelid
          WHERE c.relnamespace = 'public'::regnamespace::oid AND (t.relkind = ANY (ARRAY['r'::"char", 'p'::"char", 'm'::"char"]))
        ), parts AS (
         SELECT p.indexrelid AS root,
            p.indexrelid
           FROM pages p
          WHERE NOT p.relispartition
        UNION ALL
         SELECT r.root,
            h.inhrelid
           FROM parts r
             JOIN pg_inherits h ON h.inhparent = r.indexrelid
        ), sums AS (
         SELECT r.root,
            count(*) FILTER (WHERE p.relkind = 'i'::"char") AS leaves,
            count(*) FILTER (WHERE p.relkind = 'i'::"char" AND NOT p.valid) AS invalid_leaves,
            sum(
                CASE
                    WHEN p.relkind <> 'i'::"char" THEN 0::bigint
                    WHEN p.table_pages = 0 AND pg_stat_get_live_tuples(p.indrelid) > 0 THEN pg_relation_size(p.indexrelid::regclass)
                    ELSE p.relpages * current_setting('block_size'::text)::bigint
                END)::bigint AS bytes,
            COALESCE(sum(pg_stat_get_numscans(p.indexrelid)) FILTER (WHERE p.relkind = 'i'::"char"), 0::numeric)::bigint AS scans,
            max(pg_stat_get_lastscan(p.indexrelid)) FILTER (WHERE p.relkind = 'i'::"char") AS last_scan
           FROM parts r
             JOIN pages p USING (indexrelid)
          GROUP BY r.root
        ), ancestors AS (
         SELECT c.oid,
            c.oid AS above
           FROM pg_class c
          WHERE c.relispartition AND (c.relkind = ANY (ARRAY['r'::"char", 'p'::"char"])) AND c.relnamespace = 'public'::regnamespace::oid
        UNION ALL
         SELECT a.oid,
            i.inhparent
           FROM ancestors a
             JOIN pg_inherits i ON i.inhrelid = a.above
        ), tops AS (
         SELECT a.oid,
            c.relname
           FROM ancestors a
             JOIN pg_class c ON c.oid = a.above
          WHERE NOT c.relispartition
        ), building AS (
         SELECT COALESCE(r.root, b_1.index_relid) AS root
           FROM pg_stat_progress_create_index b_1
             LEFT JOIN parts r ON r.indexrelid = b_1.index_relid
          WHERE b_1.datname = current_database()
        ), known AS (
         SELECT p.indexrelid,
            p.indrelid,
            p.indisunique,
            p.indisprimary,
            p.indisexclusion,
            p.indisreplident,
            p.valid,
            p.indnkeyatts,
            p.relname,
            p.relkind,
            p.relispartition,
            p.relam,
            p.relpages,
            p.columns,
            p.classes,
            p.collations,
            p.options,
            p.condition,
            p.expressions,
            p.table_name,
            p.on_partition,
            p.table_kind,
            p.table_pages,
            s.leaves,
            s.invalid_leaves,
            s.bytes,
            s.scans,
            s.last_scan,
            COALESCE(t.relname, p.table_name) AS top_name
           FROM pages p
             JOIN sums s ON s.root = p.indexrelid
             LEFT JOIN tops t ON t.oid = p.indrelid AND p.on_partition
          WHERE NOT p.relispartition
        ), guarded AS (
         SELECT k_1.indexrelid,
            k_1.indrelid,
            k_1.indisunique,
            k_1.indisprimary,
            k_1.indisexclusion,
            k_1.indisreplident,
            k_1.valid,
            k_1.indnkeyatts,
            k_1.relname,
            k_1.relkind,
            k_1.relispartition,
            k_1.relam,
            k_1.relpages,
            k_1.columns,
            k_1.classes,
            k_1.collations,
            k_1.options,
            k_1.condition,
            k_1.expressions,
            k_1.table_name,
            k_1.on_partition,
            k_1.table_kind,
            k_1.table_pages,
            k_1.leaves,
            k_1.invalid_leaves,
            k_1.bytes,
            k_1.scans,
            k_1.last_scan,
            k_1.top_name,
                CASE
                    WHEN k_1.indisprimary OR k_1.indisexclusion OR k_1.indisreplident THEN 3
                    WHEN k_1.indisunique THEN 2
                    ELSE 1
                END AS rank,
                CASE
                    WHEN k_1.indisprimary THEN 'primary key'::text
                    WHEN k_1.indisexclusion THEN 'exclusion'::text
                    WHEN k_1.indisunique THEN 'unique'::text
                    WHEN k_1.indisreplident THEN 'replica identity'::text
                    WHEN (EXISTS ( SELECT
                       FROM pg_constraint f
                      WHERE f.contype = 'f'::"char" AND f.conrelid = k_1.indrelid AND k_1.condition = ''::text AND k_1.columns[1:cardinality(f.conkey)] @> f.conkey AND f.conkey @> k_1.columns[1:cardinality(f.conkey)])) THEN 'foreign key'::text
                    ELSE NULL::text
                END AS guards
           FROM known k_1
        ), judged AS (
         SELECT k_1.indexrelid,
            k_1.indrelid,
            k_1.indisunique,
            k_1.indisprimary,
            k_1.indisexclusion,
            k_1.indisreplident,
            k_1.valid,
            k_1.indnkeyatts,
            k_1.relname,
            k_1.relkind,
            k_1.relispartition,
            k_1.relam,
            k_1.relpages,
            k_1.columns,
            k_1.classes,
            k_1.collations,
            k_1.options,
            k_1.condition,
            k_1.expressions,
            k_1.table_name,
            k_1.on_partition,
            k_1.table_kind,
            k_1.table_pages,
            k_1.leaves,
            k_1.invalid_leaves,
            k_1.bytes,
            k_1.scans,
            k_1.last_scan,
            k_1.top_name,
            k_1.rank,
            k_1.guards,
            m.amname,
            ( SELECT o.relname::text AS relname
                   FROM guarded o
                  WHERE o.indrelid = k_1.indrelid AND o.indexrelid <> k_1.indexrelid AND o.relam = k_1.relam AND o.columns = k_1.columns AND o.indnkeyatts = k_1.indnkeyatts AND o.classes = k_1.classes AND o.collations = k_1.collations AND o.options = k_1.options AND o.condition = k_1.condition AND o.expressions = k_1.expressions AND o.valid AND k_1.rank < 3 AND (o.rank > k_1.rank OR o.rank = k_1.rank AND o.indexrelid < k_1.indexrelid)
                  ORDER BY o.indexrelid
                 LIMIT 1) AS duplicate_of,
            ( SELECT o.relname::text AS relname
                   FROM guarded o
                  WHERE o.indrelid = k_1.indrelid AND o.indexrelid <> k_1.indexrelid AND o.relam = k_1.relam AND m.amname = 'btree'::name AND k_1.rank = 1 AND o.valid AND o.indnkeyatts > k_1.indnkeyatts AND NOT (0 = ANY (k_1.columns)) AND o.columns[1:k_1.indnkeyatts] = k_1.columns[1:k_1.indnkeyatts] AND o.columns @> k_1.columns AND o.classes[1:k_1.indnkeyatts] = k_1.classes AND o.collations[1:k_1.indnkeyatts] = k_1.collations AND o.options[1:k_1.indnkeyatts] = k_1.options AND o.condition = k_1.condition
                  ORDER BY o.indnkeyatts, o.indexrelid
                 LIMIT 1) AS covered_by
           FROM guarded k_1
             JOIN pg_am m ON m.oid = k_1.relam
        )
 SELECT k.relname::text AS name,
    k.top_name::text AS table_name,
        CASE
            WHEN k.on_partition THEN k.table_name::text
            ELSE NULL::text
        END AS on_partition,
    k.amname::text AS method,
    pg_get_indexdef(k.indexrelid) AS definition,
    k.indisunique AS is_unique,
    k.guards,
    k.leaves::integer AS leaves,
    k.invalid_leaves::integer AS invalid_leaves,
    k.bytes,
    k.scans,
    k.last_scan,
    COALESCE(d.stats_reset, pg_postmaster_start_time()) AS counted_since,
    k.scans = 0 AND k.guards IS NULL AND k.valid AND k.invalid_leaves = 0 AS unused,
    k.duplicate_of,
    k.covered_by,
    k.relkind = 'I'::"char" AND NOT k.valid AND b.root IS NULL AS incomplete,
    (NOT k.valid OR k.invalid_leaves > 0) AND b.root IS NULL AS invalid,
    b.root IS NOT NULL AS building,
    k.indexrelid AS relation,
    (k.guards IS NULL OR NOT k.valid OR k.invalid_leaves > 0 OR k.duplicate_of IS NOT NULL) AND NOT k.indisreplident AND NOT (EXISTS ( SELECT
           FROM pg_constraint x
          WHERE x.conindid = k.indexrelid)) AS droppable
   FROM judged k
     LEFT JOIN pg_stat_database d ON d.datname = current_database()
     LEFT JOIN ( SELECT DISTINCT building.root
           FROM building) b ON b.root = k.indexrelid
  WHERE NOT (k.top_name = 'transactions_archive'::name AND k.on_partition AND k.valid AND k.invalid_leaves = 0 AND (EXISTS ( SELECT
           FROM guarded o
          WHERE o.table_name = 'transactions'::name AND o.relam = k.relam AND o.columns = k.columns AND o.classes = k.classes AND o.options = k.options AND o.condition = k.condition AND o.expressions = k.expressions)));
CREATE VIEW v_missing_partitions AS
 SELECT parent,
    within,
    name,
    from_at,
    to_at,
    bound,
    split,
    key_column,
    beside
   FROM missing_partitions() missing_partitions(parent, within, name, from_at, to_at, bound, split, key_column, beside);
CREATE VIEW v_partition_runway AS
 SELECT t.parent,
    COALESCE(m.missing, 0::bigint)::integer AS missing,
    LEAST(m.first_gap, COALESCE(p.last_end, now())) AS covered_until
   FROM partitioned_tables() t(parent, key_column, step, split, of_payments)
     LEFT JOIN ( SELECT v_partitions.parent,
            max(v_partitions.to_at) AS last_end
           FROM v_partitions
          WHERE v_partitions.level = 1
          GROUP BY v_partitions.parent) p USING (parent)
     LEFT JOIN ( SELECT v_missing_partitions.parent,
            count(*) AS missing,
            min(v_missing_partitions.from_at) FILTER (WHERE v_missing_partitions.to_at > now()) AS first_gap
           FROM v_missing_partitions
          GROUP BY v_missing_partitions.parent) m USING (parent);
CREATE VIEW v_partitions AS
 WITH RECURSIVE tree AS (
         SELECT c_1.oid AS root,
            c_1.relname::text AS parent,
            c_1.oid,
            NULL::oid AS within,
            0 AS level,
            false AS detaching,
            NULL::timestamp with time zone AS from_at,
            NULL::timestamp with time zone AS to_at,
            NULL::text COLLATE "C" AS bound
           FROM pg_class c_1
          WHERE c_1.relkind = 'p'::"char" AND NOT c_1.relispartition AND c_1.relnamespace = 'public'::regnamespace::oid
        UNION ALL
         SELECT t_1.root,
            t_1.parent,
            c_1.oid,
            i.inhparent,
            t_1.level + 1,
            t_1.detaching OR i.inhdetachpending,
                CASE
                    WHEN b.bound ~~ 'FOR VALUES FROM (''%'') TO (''%'')'::text THEN split_part(b.bound, ''''::text, 2)::timestamp with time zone
                    ELSE t_1.from_at
                END AS from_at,
                CASE
                    WHEN b.bound ~~ 'FOR VALUES FROM (''%'') TO (''%'')'::text THEN split_part(b.bound, ''''::text, 4)::timestamp with time zone
                    ELSE t_1.to_at
                END AS to_at,
            b.bound
           FROM tree t_1
             JOIN pg_inherits i ON i.inhparent = t_1.oid
             JOIN pg_class c_1 ON c_1.oid = i.inhrelid
             CROSS JOIN LATERAL ( SELECT pg_get_expr(c_1.relpartbound, 0::oid) AS bound
                 OFFSET 0) b
        ), pages AS (
         SELECT i.indrelid,
            sum(c_1.relpages) AS pages
           FROM pg_index i
             JOIN pg_class c_1 ON c_1.oid = i.indexrelid
          GROUP BY i.indrelid
        )
 SELECT t.parent,
    w.relname::text AS within,
    c.relname::text AS name,
    t.level,
    c.relkind <> 'p'::"char" AS leaf,
    t.from_at,
    t.to_at,
        CASE
            WHEN t.bound = 'DEFAULT'::text THEN t.bound
            ELSE "substring"(t.bound, 'IN \((.*)\)$'::text)
        END AS list_values,
        CASE
            WHEN c.relkind <> 'p'::"char" THEN
            CASE
                WHEN live.rows > 0 THEN live.rows
                ELSE GREATEST(c.reltuples, 0::real)::bigint
            END
            ELSE NULL::bigint
        END AS rows,
        CASE
            WHEN c.relkind <> 'p'::"char" THEN
            CASE
                WHEN c.relpages = 0 AND live.rows > 0 THEN pg_total_relation_size(c.oid::regclass)
                ELSE (GREATEST(c.relpages, 0) + COALESCE(p.pages, 0::bigint) + COALESCE(x.relpages, 0) + COALESCE(xp.pages, 0::bigint)) * current_setting('block_size'::text)::bigint
            END
            ELSE NULL::bigint
        END AS bytes,
    t.parent = 'transactions_archive'::text AS archived,
    t.parent = 'transactions'::text AND (EXISTS ( SELECT
           FROM partition_holds h
          WHERE h.month = (t.from_at AT TIME ZONE 'UTC'::text)::date AND (h.until IS NULL OR h.until > now()))) AS held,
    t.detaching,
    c.oid AS relation
   FROM tree t
     JOIN pg_class c ON c.oid = t.oid
     JOIN pg_class w ON w.oid = t.within
     LEFT JOIN pages p ON p.indrelid = c.oid
     LEFT JOIN pg_class x ON x.oid = c.reltoastrelid
     LEFT JOIN pages xp ON xp.indrelid = x.oid
     CROSS JOIN LATERAL ( SELECT pg_stat_get_live_tuples(c.oid) AS rows
         OFFSET 0) live
  WHERE t.level > 0;
CREATE VIEW v_slow_queries AS
 SELECT regexp_replace(s.query, '(password\s+)(''[^'']*''|\$[^ ;]*)'::text, '\1''…'''::text, 'gi'::text) AS query,
    s.calls,
    s.total_exec_time AS total_time,
    s.mean_exec_time AS mean_time,
    s.rows,
    s.queryid AS query_id,
    r.rolname AS role_name,
    s.max_exec_time AS max_time,
    s.stddev_exec_time AS stddev_time,
    s.shared_blks_hit,
    s.shared_blks_read
   FROM pg_stat_statements s
     JOIN pg_database d ON d.oid = s.dbid AND d.datname = current_database()
     LEFT JOIN pg_roles r ON r.oid = s.userid
  WHERE s.mean_exec_time > COALESCE(( SELECT (system_config.config_value #>> '{}'::text[])::double precision AS float8
           FROM system_config
          WHERE system_config.config_key::text = 'database.slow_query_ms'::text), 1000::double precision)
  ORDER BY s.mean_exec_time DESC;

-- Functions

CREATE OR REPLACE FUNCTION public.analyze_partitioned_table(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '200ms'
AS $function$
DECLARE
  v_table record;
BEGIN
  affected := 0;
  SELECT t.name, t.rows INTO v_table FROM (
    SELECT p.oid, p.relname AS name, p.reltuples AS known, pg_stat_get_last_analyze_time(p.oid) AS at, (
      SELECT sum(greatest(c.reltuples, 0)) FROM pg_partition_tree(p.oid) l JOIN pg_class c ON c.oid = l.relid WHERE l.isleaf) AS rows
    FROM pg_class p WHERE p.relnamespace = 'public'::regnamespace AND p.relkind = 'p' AND NOT p.relispartition) t
  WHERE t.rows > 0 AND (t.known < 0 OR abs(t.rows - t.known) > 0.2 * t.known OR t.at IS NULL OR t.at < now() - interval '7 days')
  ORDER BY t.known >= 0, abs(t.rows - t.known) / greatest(t.known, 1) DESC LIMIT 1;
  IF FOUND THEN
    -- From 18 on without its partitions, which have their own.
    EXECUTE format(CASE WHEN current_setting('server_version_num')::integer >= 180000 THEN 'ANALYZE ONLY %I' ELSE 'ANALYZE %I' END, v_table.name);
    affected := v_table.rows;
    detail := jsonb_build_object('table', v_table.name);
  END IF;
END $function$
;
CREATE OR REPLACE FUNCTION public.append_audit(p_actor_type text, p_user_id text, p_actor_name text, p_action text, p_resource_type text, p_resource_id text, p_old_values jsonb, p_new_values jsonb, p_outcome text, p_reason text, p_ip_address inet, p_user_agent text, p_session_id text, p_request_id text)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO audit_trail (actor_type, user_id, actor_name, action, resource_type, resource_id, old_values, new_values,
    outcome, reason, ip_address, user_agent, session_id, request_id, timestamp)
  VALUES (p_actor_type, p_user_id, p_actor_name, p_action, p_resource_type, p_resource_id, p_old_values, p_new_values,
    p_outcome, p_reason, p_ip_address, p_user_agent, p_session_id, p_request_id, clock_timestamp())
  RETURNING id;
$function$
;
CREATE OR REPLACE FUNCTION public.archive_old_transactions()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.bring_back_transactions(p_month date, p_reason text, p_by text, p_until timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
BEGIN
  PERFORM move_transactions_month(p_month, true);
  INSERT INTO partition_holds (month, reason, held_by, until) VALUES (date_trunc('month', p_month::timestamptz)::date, p_reason, p_by, p_until)
    ON CONFLICT (month) DO UPDATE SET reason = excluded.reason, held_by = excluded.held_by, until = excluded.until, created_at = now();
END $function$
;
CREATE OR REPLACE FUNCTION public.claim_payments(p_worker text, p_lease_ms integer, p_most integer, p_max_tries integer)
 RETURNS TABLE(id bigint, lease_epoch integer, raw_data jsonb, payload_hash text, retry_count integer, lost boolean, dead boolean)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_bitmapscan TO 'off'
 SET enable_sort TO 'off'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
DECLARE
  v_now CONSTANT timestamptz := clock_timestamp();
  v_suspect boolean;
BEGIN
  SELECT s.retry_count >= 2 INTO v_suspect FROM transaction_stream s
  WHERE s.processing_status IN ('PENDING', 'PROCESSING', 'FAILED') AND s.next_try_at <= v_now
    AND (s.lease_until IS NULL OR s.lease_until <= v_now)
  ORDER BY s.next_try_at, s.id LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;

  RETURN QUERY
  WITH due AS MATERIALIZED (
    SELECT s.id, s.next_try_at, s.retry_count >= 2 AS suspect, s.processing_status = 'PROCESSING' AS lost
    FROM transaction_stream s
    WHERE s.processing_status IN ('PENDING', 'PROCESSING', 'FAILED') AND s.next_try_at <= v_now
      AND (s.lease_until IS NULL OR s.lease_until <= v_now)
    ORDER BY s.next_try_at, s.id LIMIT CASE WHEN v_suspect THEN 1 ELSE p_most END
    FOR UPDATE SKIP LOCKED
  ), block AS MATERIALIZED (
    -- Up to the first suspect, which may itself be the first.
    SELECT o.id, o.next_try_at, o.lost FROM (
      SELECT d.*, row_number() OVER w AS place, bool_or(d.suspect) OVER w AS suspected
      FROM due d WINDOW w AS (ORDER BY d.next_try_at, d.id)) o
    WHERE o.place = 1 OR NOT o.suspected
  ), taken AS (
    UPDATE transaction_stream s
    SET lease_epoch = s.lease_epoch + 1, retry_count = s.retry_count + b.lost::integer,
        processing_status = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN 'DEAD' ELSE 'PROCESSING' END,
        lease_until = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN NULL
                           ELSE clock_timestamp() + p_lease_ms * interval '1 millisecond' END,
        leased_by = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN NULL ELSE p_worker END,
        error_code = CASE WHEN b.lost THEN 'worker_lost' ELSE s.error_code END,
        error_message = CASE WHEN b.lost THEN format('%s did not finish it', s.leased_by) ELSE s.error_message END,
        next_try_at = CASE WHEN NOT b.lost OR s.retry_count + 1 < p_max_tries THEN s.next_try_at END,
        processed_at = CASE WHEN b.lost AND s.retry_count + 1 >= p_max_tries THEN clock_timestamp() END
    FROM block b WHERE s.id = b.id
    RETURNING s.id, s.lease_epoch, s.raw_data, s.payload_hash, s.retry_count, b.lost, s.processing_status = 'DEAD' AS dead,
      b.next_try_at
  )
  SELECT t.id, t.lease_epoch, t.raw_data, t.payload_hash::text, t.retry_count, t.lost, t.dead
  FROM taken t ORDER BY t.next_try_at, t.id;
END
$function$
;
CREATE OR REPLACE FUNCTION public.decision_context(payments jsonb)
 RETURNS TABLE("position" integer, stream_status text, stream_hash text, stream_answer text, user_head bigint, card_head bigint, merchant_cached boolean, ip_cached boolean, user_count_10m integer, user_count_1h integer, user_count_24h integer, user_count_7d integer, user_count_30d integer, user_sum_1h double precision, user_sum_24h double precision, user_sum_7d double precision, user_sum_30d double precision, user_spread_30d double precision, user_max_24h double precision, user_max_30d double precision, user_distinct_merchants_24h integer, user_distinct_merchants_30d integer, user_distinct_devices_24h integer, user_distinct_devices_30d integer, user_distinct_ips_24h integer, user_distinct_countries_24h integer, user_distinct_cards_30d integer, user_hours_30d integer, user_seconds_since_last double precision, user_place_seconds double precision, user_place_latitude double precision, user_place_longitude double precision, user_seen_device boolean, user_seen_card boolean, user_seen_ip boolean, user_seen_country boolean, user_seen_merchant boolean, card_count_10m integer, card_count_1h integer, card_count_24h integer, card_count_7d integer, card_count_30d integer, card_small_count_10m integer, card_sum_10m double precision, card_sum_1h double precision, card_sum_24h double precision, card_sum_30d double precision, card_max_24h double precision, card_max_30d double precision, card_distinct_merchants_1h integer, card_distinct_merchants_24h integer, card_distinct_devices_24h integer, card_distinct_ips_24h integer, card_distinct_users_30d integer, device_count_10m integer, device_count_1h integer, device_count_24h integer, device_count_7d integer, device_count_30d integer, device_sum_24h double precision, device_max_24h double precision, device_distinct_users_24h integer, device_distinct_users_30d integer, device_distinct_cards_24h integer, device_distinct_cards_30d integer, ip_count_10m integer, ip_count_1h integer, ip_count_24h integer, ip_count_7d integer, ip_count_30d integer, ip_sum_24h double precision, ip_distinct_users_1h integer, ip_distinct_users_24h integer, ip_distinct_cards_24h integer, merchant_count_10m integer, merchant_count_1h integer, merchant_count_24h integer, merchant_count_7d integer, merchant_count_30d integer, merchant_sum_1h double precision, merchant_sum_24h double precision, merchant_sum_30d double precision, merchant_max_24h double precision, merchant_distinct_users_24h integer, merchant_distinct_cards_1h integer, merchant_distinct_cards_24h integer, merchant_blocked_1h integer, merchant_frauds_7d integer, merchant_frauds_30d integer)
 LANGUAGE plpgsql
 STABLE
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
DECLARE
  p record;
  known record;
  -- The long windows of a merchant or IP address that the cache keeps.
  m_7d integer;
  m_30d integer;
  m_sum_30d double precision;
  m_frauds_7d integer;
  m_frauds_30d integer;
  i_7d integer;
  i_30d integer;
  at timestamptz;
  at_hour integer;
  ago_10m timestamptz;
  ago_1h timestamptz;
  ago_24h timestamptz;
  ago_7d timestamptz;
  ago_30d timestamptz;
  hour_7d timestamptz;
  hour_30d timestamptz;
  label_from timestamptz;
  merchant_from timestamptz;
  ip_from timestamptz;
  -- Reach of a block.
  oldest timestamptz;
  newest timestamptz;
  oldest_label timestamptz;
  epoch CONSTANT timestamptz := '2000-01-01 00:00:00+00';
BEGIN
  IF jsonb_array_length(payments) > 16 THEN
    SELECT min(d.transaction_timestamp), max(d.transaction_timestamp) INTO oldest, newest
    FROM jsonb_to_recordset(payments) AS d(transaction_timestamp timestamptz);
    oldest := date_bin('1 hour', oldest - interval '720 hours', epoch);
    oldest_label := oldest - interval '1440 hours';
    FOR known IN
      SELECT d."position", s.processing_status, s.payload_hash, s.answer
      FROM jsonb_to_recordset(payments) AS d("position" integer, transaction_id varchar)
      JOIN public.transaction_stream s ON s.transaction_id = d.transaction_id
      WHERE s.answer IS NOT NULL
    LOOP
      "position" := known."position";
      stream_status := known.processing_status;
      stream_hash := known.payload_hash;
      stream_answer := known.answer;
      RETURN NEXT;
    END LOOP;
    RETURN QUERY
    WITH given AS MATERIALIZED (
      SELECT d.*, s.processing_status, s.payload_hash, s.answer,
             (extract(epoch FROM hu.recorded_at) * 1000000)::bigint AS user_head,
             (extract(epoch FROM hc.recorded_at) * 1000000)::bigint AS card_head,
             fm.id IS NOT NULL AS merchant_cached, fi.id IS NOT NULL AS ip_cached,
             d.at - interval '10 minutes' AS ago_10m, d.at - interval '1 hour' AS ago_1h, d.at - interval '24 hours' AS ago_24h,
             d.at - interval '168 hours' AS ago_7d, d.at - interval '720 hours' AS ago_30d,
             date_bin('1 hour', d.at - interval '168 hours', epoch) AS hour_7d, h.hour_30d,
             h.hour_30d - interval '1440 hours' AS label_from, extract(hour FROM d.at AT TIME ZONE 'UTC')::integer AS at_hour,
             CASE WHEN fm.id IS NULL THEN h.hour_30d ELSE d.at - interval '24 hours' END AS merchant_from,
             CASE WHEN fi.id IS NULL THEN h.hour_30d ELSE d.at - interval '24 hours' END AS ip_from
      FROM (SELECT r."position", r.transaction_id, r.user_id, r.merchant_id, r.transaction_timestamp AS at, r.country,
          r.device_id, r.ip_address, r.card_token
        FROM jsonb_to_recordset(payments) AS r(
          "position" integer, transaction_id varchar, user_id varchar, merchant_id varchar,
          transaction_timestamp timestamptz, country bpchar, device_id varchar, ip_address inet, card_token varchar)) d
      CROSS JOIN LATERAL (SELECT date_bin('1 hour', d.at - interval '720 hours', epoch) AS hour_30d) h
      LEFT JOIN public.transaction_stream s ON s.transaction_id = d.transaction_id
      LEFT JOIN public.entity_heads hu ON hu.entity = 'user' AND hu.key = d.user_id
      LEFT JOIN public.entity_heads hc ON hc.entity = 'card' AND hc.key = d.card_token
      LEFT JOIN public.feature_cache fm ON fm.cache_key = 'merchant:heavy:' || d.merchant_id
      LEFT JOIN public.feature_cache fi ON fi.cache_key = 'ip:heavy:' || host(d.ip_address)
    )
    SELECT p."position", p.processing_status::text, p.payload_hash::text, NULL::text,
           p.user_head, p.card_head, p.merchant_cached, p.ip_cached,
           u.*, c.*, d.*,
           a.n_10m, a.n_1h, a.n_24h, coalesce(i.n_7d, a.n_7d), coalesce(i.n_30d, a.n_30d),
           a.sum_24h, a.users_1h, a.users_24h, a.cards_24h,
           s.n_10m, s.n_1h, s.n_24h, coalesce(m.n_7d, s.n_7d), coalesce(m.n_30d, s.n_30d),
           s.sum_1h, s.sum_24h, coalesce(m.sum_30d, s.sum_30d),
           s.max_24h, s.users_24h, s.cards_1h, s.cards_24h, s.blocked_1h,
           coalesce(m.frauds_7d, l.frauds_7d), coalesce(m.frauds_30d, l.frauds_30d)
    FROM given p
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_7d), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             (count(*) * sum(x.amount_base * x.amount_base) - sum(x.amount_base) * sum(x.amount_base))::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.merchant_id COLLATE "C")::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.device_id COLLATE "C")::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             (count(DISTINCT x.country COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer,
             (sum(least(abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - p.at_hour),
                 24 - abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - p.at_hour))))::integer,
             extract(epoch FROM p.at - max(x.transaction_timestamp))::double precision,
             -(max(place.of))[1],
             (max(place.of))[3],
             (max(place.of))[4],
             bool_or(x.device_id = p.device_id),
             bool_or(x.card_token = p.card_token),
             bool_or(x.ip_address = p.ip_address),
             bool_or(x.country = p.country),
             bool_or(x.merchant_id = p.merchant_id)
      FROM public.transactions x
      -- The greatest array is the last payment that has a place: least age, then latest recorded.
      CROSS JOIN LATERAL (SELECT CASE WHEN x.latitude IS NOT NULL AND x.longitude IS NOT NULL THEN ARRAY[
        -extract(epoch FROM p.at - x.transaction_timestamp)::double precision,
        extract(epoch FROM x.recorded_at)::double precision, x.latitude, x.longitude] END AS of) AS place
      WHERE x.user_id = p.user_id AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
    ) u
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.card_token IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
               count(*)::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m AND x.amount_base < 10))::integer,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_10m), 0)::double precision,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
               coalesce(sum(x.amount_base), 0)::double precision,
               (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
               max(x.amount_base)::double precision,
               (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.user_id COLLATE "C")::integer
        FROM public.transactions x
        WHERE x.card_token = p.card_token AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) c ON true
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.device_id IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_7d))::integer,
               count(*)::integer,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision,
               (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.user_id COLLATE "C")::integer,
               (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer,
               count(DISTINCT x.card_token COLLATE "C")::integer
        FROM public.transactions x
        WHERE x.device_id = p.device_id AND x.transaction_timestamp > p.ago_30d AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) d ON true
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE p.ip_address IS NOT NULL OFFSET 0) AS given CROSS JOIN LATERAL (
        SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer AS n_10m,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS n_1h,
               (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS n_24h,
               (count(*) FILTER (WHERE x.transaction_timestamp >= p.hour_7d))::integer AS n_7d,
               count(*)::integer AS n_30d,
               coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision AS sum_24h,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS users_1h,
               (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS users_24h,
               (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS cards_24h
        FROM public.transactions x
        WHERE x.ip_address = p.ip_address AND x.transaction_timestamp >= p.ip_from AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
      ) q
    ) a ON true
    CROSS JOIN LATERAL (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= p.hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_1h), 0)::double precision AS sum_1h,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h), 0)::double precision AS sum_24h,
             coalesce(sum(x.amount_base), 0)::double precision AS sum_30d,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > p.ago_24h))::double precision AS max_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_1h))::integer AS cards_1h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > p.ago_24h))::integer AS cards_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp > p.ago_1h AND x.decision = 'BLOCK'))::integer AS blocked_1h
      FROM public.transactions x
      WHERE x.merchant_id = p.merchant_id AND x.transaction_timestamp >= p.merchant_from AND x.transaction_timestamp <= p.at
        AND x.transaction_timestamp >= oldest AND x.transaction_timestamp <= newest
    ) s
    LEFT JOIN LATERAL (
      SELECT q.* FROM (SELECT 1 WHERE NOT p.merchant_cached OFFSET 0) AS given CROSS JOIN LATERAL (
        -- A label never lies before its payment (label_transactions), so the payment's timestamp is within reach too.
        SELECT (count(*) FILTER (WHERE x.labelled_at >= p.hour_7d))::integer AS frauds_7d,
               count(*)::integer AS frauds_30d
        FROM public.transactions x
        WHERE x.merchant_id = p.merchant_id AND x.is_fraud
          AND x.labelled_at >= p.hour_30d AND x.labelled_at <= p.at
          AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
          AND x.transaction_timestamp >= p.label_from AND x.transaction_timestamp <= p.at
          AND x.transaction_timestamp >= oldest_label AND x.transaction_timestamp <= newest
      ) q
    ) l ON true
    LEFT JOIN LATERAL (
      SELECT f.* FROM (SELECT 1 WHERE p.merchant_cached OFFSET 0) AS given
      CROSS JOIN LATERAL public.feature_sums('merchant', p.merchant_id, p.at) f
    ) m ON true
    LEFT JOIN LATERAL (
      SELECT f.* FROM (SELECT 1 WHERE p.ip_cached OFFSET 0) AS given
      CROSS JOIN LATERAL public.feature_sums('ip', host(p.ip_address), p.at) f
    ) i ON true
    WHERE p.answer IS NULL;
    RETURN;
  END IF;
  FOR p IN
    SELECT d."position", d.transaction_id, d.user_id, d.merchant_id, d.transaction_timestamp, d.country, d.device_id,
           d.ip_address, d.card_token
    FROM jsonb_to_recordset(payments) AS d(
      "position" integer, transaction_id varchar, user_id varchar, merchant_id varchar,
      transaction_timestamp timestamptz, country bpchar, device_id varchar, ip_address inet, card_token varchar)
  LOOP
    at := p.transaction_timestamp;
    SELECT s.processing_status, s.payload_hash, s.answer,
           (extract(epoch FROM hu.recorded_at) * 1000000)::bigint AS user_head,
           (extract(epoch FROM hc.recorded_at) * 1000000)::bigint AS card_head,
           fm.id IS NOT NULL AS merchant_cached,
           fi.id IS NOT NULL AS ip_cached
    INTO known
    FROM (VALUES (1)) AS one(x)
    LEFT JOIN public.transaction_stream s ON s.transaction_id = p.transaction_id
    LEFT JOIN public.entity_heads hu ON hu.entity = 'user' AND hu.key = p.user_id
    LEFT JOIN public.entity_heads hc ON hc.entity = 'card' AND hc.key = p.card_token
    LEFT JOIN public.feature_cache fm ON fm.cache_key = 'merchant:heavy:' || p.merchant_id
    LEFT JOIN public.feature_cache fi ON fi.cache_key = 'ip:heavy:' || host(p.ip_address);

    IF known.answer IS NOT NULL THEN
      "position" := p."position";
      stream_status := known.processing_status;
      stream_hash := known.payload_hash;
      stream_answer := known.answer;
      RETURN NEXT;
      CONTINUE;
    END IF;

    ago_10m := at - interval '10 minutes';
    ago_1h := at - interval '1 hour';
    ago_24h := at - interval '24 hours';
    ago_7d := at - interval '168 hours';
    ago_30d := at - interval '720 hours';
    hour_7d := date_bin('1 hour', ago_7d, epoch);
    hour_30d := date_bin('1 hour', ago_30d, epoch);
    label_from := hour_30d - interval '1440 hours';
    at_hour := extract(hour FROM at AT TIME ZONE 'UTC');
    merchant_from := hour_30d;
    ip_from := hour_30d;
    IF known.merchant_cached THEN
      merchant_from := ago_24h;
      SELECT f.n_7d, f.n_30d, f.sum_30d, f.frauds_7d, f.frauds_30d INTO m_7d, m_30d, m_sum_30d, m_frauds_7d, m_frauds_30d
      FROM public.feature_sums('merchant', p.merchant_id, at) f;
    END IF;
    IF known.ip_cached THEN
      ip_from := ago_24h;
      SELECT f.n_7d, f.n_30d INTO i_7d, i_30d FROM public.feature_sums('ip', host(p.ip_address), at) f;
    END IF;

    RETURN QUERY
    SELECT p."position", known.processing_status::text, known.payload_hash::text, NULL::text,
           known.user_head, known.card_head, known.merchant_cached, known.ip_cached,
           u.*, c.*, d.*,
           a.n_10m, a.n_1h, a.n_24h,
           CASE WHEN known.ip_cached THEN i_7d ELSE a.n_7d END,
           CASE WHEN known.ip_cached THEN i_30d ELSE a.n_30d END,
           a.sum_24h, a.users_1h, a.users_24h, a.cards_24h,
           s.n_10m, s.n_1h, s.n_24h,
           CASE WHEN known.merchant_cached THEN m_7d ELSE s.n_7d END,
           CASE WHEN known.merchant_cached THEN m_30d ELSE s.n_30d END,
           s.sum_1h, s.sum_24h,
           CASE WHEN known.merchant_cached THEN m_sum_30d ELSE s.sum_30d END,
           s.max_24h, s.users_24h, s.cards_1h, s.cards_24h, s.blocked_1h,
           CASE WHEN known.merchant_cached THEN m_frauds_7d ELSE l.frauds_7d END,
           CASE WHEN known.merchant_cached THEN m_frauds_30d ELSE l.frauds_30d END
    FROM (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_7d), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             -- n² times the variance, exact until here: a difference of doubles would lose the small ones.
             (count(*) * sum(x.amount_base * x.amount_base) - sum(x.amount_base) * sum(x.amount_base))::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.merchant_id COLLATE "C")::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.device_id COLLATE "C")::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.country COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer,
             (sum(least(abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - at_hour),
                 24 - abs(extract(hour FROM x.transaction_timestamp AT TIME ZONE 'UTC')::integer - at_hour))))::integer,
             extract(epoch FROM at - max(x.transaction_timestamp))::double precision,
             -(max(place.of))[1],
             (max(place.of))[3],
             (max(place.of))[4],
             bool_or(x.device_id = p.device_id),
             bool_or(x.card_token = p.card_token),
             bool_or(x.ip_address = p.ip_address),
             bool_or(x.country = p.country),
             bool_or(x.merchant_id = p.merchant_id)
      FROM public.transactions x
      -- The greatest array is the last payment that has a place: least age, then latest recorded.
      CROSS JOIN LATERAL (SELECT CASE WHEN x.latitude IS NOT NULL AND x.longitude IS NOT NULL THEN ARRAY[
        -extract(epoch FROM at - x.transaction_timestamp)::double precision,
        extract(epoch FROM x.recorded_at)::double precision, x.latitude, x.longitude] END AS of) AS place
      WHERE x.user_id = p.user_id AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) u,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m AND x.amount_base < 10))::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_10m), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             coalesce(sum(x.amount_base), 0)::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             max(x.amount_base)::double precision,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(DISTINCT x.merchant_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.device_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(DISTINCT x.ip_address) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.user_id COLLATE "C")::integer
      FROM public.transactions x
      WHERE x.card_token = p.card_token AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) c,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_7d))::integer,
             count(*)::integer,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.user_id COLLATE "C")::integer,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer,
             count(DISTINCT x.card_token COLLATE "C")::integer
      FROM public.transactions x
      WHERE x.device_id = p.device_id AND x.transaction_timestamp > ago_30d AND x.transaction_timestamp <= at
    ) d,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision AS sum_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS users_1h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS cards_24h
      FROM public.transactions x
      WHERE x.ip_address = p.ip_address AND x.transaction_timestamp >= ip_from AND x.transaction_timestamp <= at
    ) a,
    (
      SELECT (count(*) FILTER (WHERE x.transaction_timestamp > ago_10m))::integer AS n_10m,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS n_1h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS n_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp >= hour_7d))::integer AS n_7d,
             count(*)::integer AS n_30d,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_1h), 0)::double precision AS sum_1h,
             coalesce(sum(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h), 0)::double precision AS sum_24h,
             coalesce(sum(x.amount_base), 0)::double precision AS sum_30d,
             (max(x.amount_base) FILTER (WHERE x.transaction_timestamp > ago_24h))::double precision AS max_24h,
             (count(DISTINCT x.user_id COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS users_24h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_1h))::integer AS cards_1h,
             (count(DISTINCT x.card_token COLLATE "C") FILTER (WHERE x.transaction_timestamp > ago_24h))::integer AS cards_24h,
             (count(*) FILTER (WHERE x.transaction_timestamp > ago_1h AND x.decision = 'BLOCK'))::integer AS blocked_1h
      FROM public.transactions x
      WHERE x.merchant_id = p.merchant_id AND x.transaction_timestamp >= merchant_from AND x.transaction_timestamp <= at
    ) s,
    (
      -- A label never lies before its payment (label_transactions), so the payment's timestamp is within reach too.
      SELECT (count(*) FILTER (WHERE x.labelled_at >= hour_7d))::integer AS frauds_7d,
             count(*)::integer AS frauds_30d
      FROM public.transactions x
      WHERE NOT known.merchant_cached AND x.merchant_id = p.merchant_id AND x.is_fraud
        AND x.labelled_at >= hour_30d AND x.labelled_at <= at
        AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
        AND x.transaction_timestamp >= label_from AND x.transaction_timestamp <= at
    ) l;
  END LOOP;
END
$function$
;
CREATE OR REPLACE FUNCTION public.decision_heads(payments jsonb)
 RETURNS TABLE("position" integer, stream_status text, stream_hash text, stream_answer text, user_head bigint, card_head bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
BEGIN
  RETURN QUERY
  SELECT d."position", s.processing_status::text, s.payload_hash::text, s.answer,
         (extract(epoch FROM hu.recorded_at) * 1000000)::bigint, (extract(epoch FROM hc.recorded_at) * 1000000)::bigint
  FROM jsonb_to_recordset(payments) AS d("position" integer, transaction_id varchar, user_id varchar, card_token varchar)
  LEFT JOIN transaction_stream s ON s.transaction_id = d.transaction_id
  LEFT JOIN entity_heads hu ON hu.entity = 'user' AND hu.key = d.user_id
  LEFT JOIN entity_heads hc ON hc.entity = 'card' AND hc.key = d.card_token;
END $function$
;
CREATE OR REPLACE FUNCTION public.delete_expired_rows(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET lock_timeout TO '200ms'
 SET enable_seqscan TO 'off'
AS $function$
DECLARE
  v_block CONSTANT integer := 2000;
  v_table record;
  v_until timestamptz;
  v_deleted bigint;
  v_sum bigint;
BEGIN
  affected := 0;
  detail := '{}';
  FOR v_table IN SELECT * FROM (VALUES
    ('transaction_stream', now() - make_interval(days => retention_setting('retention.stream_days', 30)),
      'DELETE FROM transaction_stream WHERE id IN (SELECT id FROM transaction_stream WHERE processing_status IN (''DONE'', ''DISCARDED'')
        AND received_at < $1 AND processed_at < $1 ORDER BY received_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('api_usage_slots of five minutes', now() - interval '2 days',
      'DELETE FROM api_usage_slots WHERE ctid IN (SELECT ctid FROM api_usage_slots WHERE slot_seconds = 300 AND slot < $1
        ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('api_usage_slots', now() - make_interval(days => retention_setting('retention.api_usage_days', 90)),
      'DELETE FROM api_usage_slots WHERE ctid IN (SELECT ctid FROM api_usage_slots WHERE slot_seconds = 3600 AND slot < $1
        ORDER BY slot LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('feature_cache', now(),
      'DELETE FROM feature_cache WHERE id IN (SELECT id FROM feature_cache WHERE expires_at < $1
        ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('job_runs', now() - make_interval(days => retention_setting('retention.job_runs_days', 30)),
      'DELETE FROM job_runs WHERE id IN (SELECT id FROM job_runs WHERE started_at < $1 AND status NOT IN (''waiting'', ''running'')
        ORDER BY started_at LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('model_drift', now() - make_interval(months => retention_setting('retention.features_months', 36)),
      'DELETE FROM model_drift WHERE ctid IN (SELECT ctid FROM model_drift WHERE day < ($1 AT TIME ZONE ''UTC'')::date
        ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)'),
    ('cron.job_run_details', now() - make_interval(days => retention_setting('retention.job_runs_days', 30)), NULL)
  ) AS t(name, before, statement) LOOP
    v_until := clock_timestamp() + interval '400 milliseconds';
    v_sum := 0;
    LOOP
      IF v_table.statement IS NULL THEN
        v_deleted := delete_server_runs(v_table.before, v_block);
      ELSE
        EXECUTE v_table.statement USING v_table.before, v_block;
        GET DIAGNOSTICS v_deleted = ROW_COUNT;
      END IF;
      v_sum := v_sum + v_deleted;
      EXIT WHEN v_deleted < v_block OR clock_timestamp() > v_until;
    END LOOP;
    affected := affected + v_sum;
    CONTINUE WHEN v_sum = 0;
    detail := detail || jsonb_build_object(v_table.name, v_sum);
    IF v_deleted = v_block THEN
      detail := detail || jsonb_build_object(v_table.name || ' left', true);
    END IF;
  END LOOP;
  -- Each payment writes its day; while the daily reports are paused this keeps one row of each.
  IF pg_relation_size('touched_days') > 1000000 THEN
    INSERT INTO touched_days SELECT unnest(take_touched_days());
  END IF;
END $function$
;
CREATE OR REPLACE FUNCTION public.delete_server_runs(p_before timestamp with time zone, p_limit integer)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ SELECT 0::bigint $function$
;
CREATE OR REPLACE FUNCTION public.drop_expired_partition(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '200ms'
AS $function$
DECLARE
  v_parent record;
  v_part record;
  v_busy text[] := '{}';
BEGIN
  affected := 0;
  FOR v_part IN
    SELECT c.relname AS name FROM pg_class c
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND c.relname ~ '_y\d{4}m\d{2}(d\d{2})?_expired$' ORDER BY c.relname
  LOOP
    BEGIN
      EXECUTE format('DROP TABLE %I', v_part.name);
      affected := 1;
      detail := jsonb_build_object('dropped', v_part.name);
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      v_busy := v_busy || v_part.name::text;
    END;
  END LOOP;
  FOR v_parent IN
    SELECT p.name, CASE p.unit WHEN 'days' THEN make_interval(days => retention_setting(p.key, p.usual))
      ELSE make_interval(months => retention_setting(p.key, p.usual)) END AS keep, p.holds
    FROM (VALUES
      ('api_usage', 'retention.api_usage_days', 90, 'days', false),
      ('system_metrics', 'retention.system_metrics_days', 7, 'days', false),
      ('ml_features', 'retention.features_months', 36, 'months', true),
      ('model_predictions', 'retention.features_months', 36, 'months', true),
      ('rule_hits', 'retention.features_months', 36, 'months', true),
      ('audit_trail', 'retention.audit_months', 84, 'months', false),
      ('security_events', 'retention.audit_months', 84, 'months', false)) AS p(name, key, usual, unit, holds)
  LOOP
    SELECT p.name, p.from_at, p.to_at INTO v_part FROM v_partitions p
    WHERE p.parent = v_parent.name AND p.level = 1 ORDER BY p.from_at LIMIT 1;
    CONTINUE WHEN NOT FOUND OR v_part.to_at > now() - v_parent.keep
      OR v_parent.holds AND EXISTS (SELECT FROM partition_holds h
        WHERE h.month = v_part.from_at::date AND (h.until IS NULL OR h.until > now()));
    BEGIN
      IF v_parent.name = 'system_metrics' THEN
        -- From 17 on a day attached with its hours cannot be detached again ("is not an identity column").
        PERFORM roll_up_metrics_day(v_part.from_at::date);
        EXECUTE format('DROP TABLE %I', v_part.name);
        detail := jsonb_build_object('dropped', v_part.name);
      ELSE
        EXECUTE format('ALTER TABLE %I DETACH PARTITION %I', v_parent.name, v_part.name);
        EXECUTE format('ALTER TABLE %I RENAME TO %I', v_part.name, v_part.name || '_expired');
        detail := jsonb_build_object('detached', v_part.name);
      END IF;
      PERFORM append_audit('system', NULL, 'drop-expired-partitions', 'partition:expire', 'partition', v_part.name, NULL,
        jsonb_build_object('kept', v_parent.keep), 'success', NULL, NULL, NULL, NULL, NULL);
      affected := 1;
      RETURN;
    EXCEPTION WHEN lock_not_available THEN
      v_busy := v_busy || v_part.name::text;
    END;
  END LOOP;
  IF v_busy <> '{}' THEN
    detail := jsonb_build_object('busy', array_to_string(v_busy, ', '));
  END IF;
END $function$
;
CREATE OR REPLACE FUNCTION public.drop_feature_keys(p_touched jsonb)
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
AS $function$
  DELETE FROM feature_cache c USING (
    SELECT l.id FROM feature_cache l WHERE l.cache_key = ANY (ARRAY(
      SELECT t.entity || b.name || feature_hour(t.at) / b.hours || ':' || t.key
      FROM jsonb_to_recordset(p_touched) AS t(entity text, key text, at timestamptz)
      CROSS JOIN (VALUES (':h:', 1), (':d:', 24)) AS b(name, hours)))
    ORDER BY l.cache_key FOR UPDATE) locked
  WHERE c.id = locked.id;
$function$
;
CREATE OR REPLACE FUNCTION public.drop_unread_slot(p_slot text, p_restart_lsn pg_lsn, p_confirmed_lsn pg_lsn)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_slot record;
  v_facts jsonb;
  v_refusal text;
BEGIN
  SELECT * INTO v_slot FROM pg_replication_slots WHERE slot_name = p_slot;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'dropped');
  END IF;
  v_facts := jsonb_build_object(
    'type', v_slot.slot_type, 'plugin', v_slot.plugin, 'database', v_slot.database, 'active', v_slot.active,
    'restartLsn', v_slot.restart_lsn, 'confirmedLsn', v_slot.confirmed_flush_lsn, 'walStatus', v_slot.wal_status,
    'keptBytes', pg_wal_lsn_diff(pg_current_wal_lsn(), v_slot.restart_lsn));
  v_refusal := CASE
    WHEN v_slot.active THEN 'active'
    WHEN v_slot.database <> current_database() THEN 'other_database'
  END;
  IF v_refusal IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', v_refusal, 'slot', v_facts);
  END IF;
  IF v_slot.restart_lsn IS DISTINCT FROM p_restart_lsn OR v_slot.confirmed_flush_lsn IS DISTINCT FROM p_confirmed_lsn THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'moved_on', 'slot', v_facts);
  END IF;
  BEGIN
    -- Refuses by itself where somebody has begun to read it since.
    PERFORM pg_drop_replication_slot(p_slot);
  EXCEPTION
    WHEN object_in_use THEN
      RETURN jsonb_build_object('outcome', 'refused', 'reason', 'active', 'slot', v_facts);
    WHEN undefined_object THEN
      RETURN jsonb_build_object('outcome', 'gone', 'reason', 'dropped', 'slot', v_facts);
    WHEN insufficient_privilege THEN
      RETURN jsonb_build_object('outcome', 'refused', 'reason', 'not_granted', 'slot', v_facts);
  END;
  RETURN jsonb_build_object('outcome', 'done', 'slot', v_facts);
END $function$
;
CREATE OR REPLACE FUNCTION public.ensure_partitions(p_from timestamp with time zone DEFAULT NULL::timestamp with time zone, p_to timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  v_done record;
BEGIN
  IF p_from < now() - interval '20 years' OR p_to > now() + interval '2 years' OR p_from > now() + interval '2 years' THEN
    RAISE EXCEPTION 'partitions from % to % are out of bounds', p_from, p_to USING ERRCODE = '22023';
  END IF;
  SELECT * INTO v_done FROM make_missing_partitions(p_from, p_to, false);
  IF cardinality(v_done.failed) > 0 THEN
    RAISE WARNING 'partitions not made: %', array_to_string(v_done.failed, '; ');
  END IF;
  RETURN cardinality(v_done.made);
END $function$
;
CREATE OR REPLACE FUNCTION public.entity_payments(p_column text, p_keys jsonb, p_from timestamp with time zone, p_to timestamp with time zone, p_frauds boolean)
 RETURNS TABLE(key text, at double precision, cents numeric, user_id text, merchant_id text, country text, device_id text, ip_address text, card_token text, latitude double precision, longitude double precision, blocked boolean, known_at double precision)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET jit TO 'off'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.feature_bucket(p_entity text, p_key text, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS TABLE(n bigint, amount numeric, frauds bigint)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
DECLARE
  v_ip inet;
  v_label_from timestamptz := p_from - interval '1440 hours';
BEGIN
  IF p_entity = 'ip' THEN
    v_ip := p_key::inet;
    RETURN QUERY
    SELECT count(*), coalesce(sum(x.amount_base), 0), 0::bigint FROM transactions x
    WHERE x.ip_address = v_ip AND x.transaction_timestamp >= p_from AND x.transaction_timestamp < p_to;
  ELSE
    RETURN QUERY
    SELECT t.n, t.amount, l.n
    FROM (SELECT count(*) AS n, coalesce(sum(x.amount_base), 0) AS amount FROM transactions x
          WHERE x.merchant_id = p_key AND x.transaction_timestamp >= p_from AND x.transaction_timestamp < p_to) t,
         (SELECT count(*) AS n FROM transactions x
          WHERE x.merchant_id = p_key AND x.is_fraud AND x.labelled_at >= p_from AND x.labelled_at < p_to
            AND x.labelled_at <= x.transaction_timestamp + interval '1440 hours'
            AND x.transaction_timestamp >= v_label_from AND x.transaction_timestamp < p_to) l;
  END IF;
END $function$
;
CREATE OR REPLACE FUNCTION public.feature_hour(p_at timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$ SELECT floor(extract(epoch FROM p_at AT TIME ZONE 'UTC') / 3600)::integer $function$
;
CREATE OR REPLACE FUNCTION public.feature_sums(p_entity text, p_key text, p_at timestamp with time zone)
 RETURNS TABLE(n_7d integer, n_30d integer, sum_30d double precision, frauds_7d integer, frauds_30d integer)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
DECLARE
  v_hour integer := feature_hour(p_at);
  v_7d integer := v_hour - 168;
  v_30d integer := v_hour - 720;
  -- Whole days lie between these; the day in which the 7 days begin is taken apart into hours.
  v_first_day integer := (v_30d + 23) / 24;
  v_today integer := v_hour / 24;
  v_split integer := v_7d / 24;
  v_keys text[];
  v_starts integer[];
  v_sizes integer[];
  v_found integer;
  v_n bigint;
  v_amount numeric;
  v_n_7d bigint;
  v_frauds bigint;
  v_frauds_7d bigint;
  v_missing record;
BEGIN
  SELECT array_agg(p_entity || ':' || b.kind || ':' || b.number || ':' || p_key), array_agg(b.start), array_agg(b.size)
  INTO v_keys, v_starts, v_sizes
  FROM (
    SELECT 'd' AS kind, d AS number, d * 24 AS start, 24 AS size FROM generate_series(v_first_day, v_today - 1) d WHERE d <> v_split
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_30d, v_first_day * 24 - 1) h
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_split * 24, v_split * 24 + 23) h
    UNION ALL SELECT 'h', h, h, 1 FROM generate_series(v_today * 24, v_hour - 1) h) b;

  SELECT count(*), coalesce(sum(c.n), 0), coalesce(sum(c.amount), 0), coalesce(sum(c.frauds), 0),
         coalesce(sum(c.n) FILTER (WHERE c.start >= v_7d), 0), coalesce(sum(c.frauds) FILTER (WHERE c.start >= v_7d), 0)
  INTO v_found, v_n, v_amount, v_frauds, v_n_7d, v_frauds_7d
  FROM (SELECT (f.feature_data ->> 'start')::integer AS start, (f.feature_data ->> 'n')::integer AS n,
               (f.feature_data ->> 'amount')::numeric AS amount, (f.feature_data ->> 'frauds')::integer AS frauds
        FROM feature_cache f WHERE f.cache_key = ANY (v_keys)) c;

  -- The open hour up to p_at, a microsecond being the grain of timestamps, and every bucket that nobody has filled.
  FOR v_missing IN
    SELECT v_hour AS start, f.n, f.amount, f.frauds
    FROM feature_bucket(p_entity, p_key, to_timestamp(v_hour * 3600::bigint), p_at + interval '1 microsecond') f
    UNION ALL
    SELECT b.start, f.n, f.amount, f.frauds
    FROM unnest(v_keys, v_starts, v_sizes) AS b(key, start, size)
    CROSS JOIN LATERAL feature_bucket(p_entity, p_key, to_timestamp(b.start * 3600::bigint),
      to_timestamp((b.start + b.size) * 3600::bigint)) f
    WHERE v_found < cardinality(v_keys) AND NOT EXISTS (SELECT FROM feature_cache c WHERE c.cache_key = b.key)
  LOOP
    v_n := v_n + v_missing.n;
    v_amount := v_amount + v_missing.amount;
    v_frauds := v_frauds + v_missing.frauds;
    IF v_missing.start >= v_7d THEN
      v_n_7d := v_n_7d + v_missing.n;
      v_frauds_7d := v_frauds_7d + v_missing.frauds;
    END IF;
  END LOOP;
  RETURN QUERY SELECT v_n_7d::integer, v_n::integer, v_amount::double precision, v_frauds_7d::integer, v_frauds::integer;
END $function$
;
CREATE OR REPLACE FUNCTION public.fill_feature_cache(p_entity text, p_key text, p_day timestamp with time zone)
 RETURNS integer
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_day integer := feature_hour(p_day) / 24;
  -- The first hour that is still open.
  v_open integer := feature_hour(clock_timestamp() - interval '5 seconds');
  v_made integer;
BEGIN
  IF p_entity NOT IN ('merchant', 'ip') THEN
    RAISE EXCEPTION 'feature_cache keeps merchants and IP addresses, not %', p_entity USING ERRCODE = '22023';
  END IF;
  PERFORM pg_advisory_xact_lock(7461, h.hour)
  FROM (SELECT h AS hour FROM generate_series(v_day * 24, v_day * 24 + 23) h WHERE h < v_open ORDER BY h) h;
  INSERT INTO feature_cache (cache_key, feature_data, expires_at)
  SELECT w.cache_key, jsonb_build_object('start', w.start, 'n', f.n, 'amount', f.amount, 'frauds', f.frauds),
    to_timestamp(v_day * 86400::bigint) + interval '33 days'
  FROM (
    SELECT p_entity || ':' || b.kind || ':' || b.number || ':' || p_key AS cache_key, b.start, b.start + b.size AS stop
    FROM (SELECT 'h' AS kind, h AS number, h AS start, 1 AS size FROM generate_series(v_day * 24, v_day * 24 + 23) h
          UNION ALL SELECT 'd', v_day, v_day * 24, 24) b
  ) w
  CROSS JOIN LATERAL feature_bucket(p_entity, p_key, to_timestamp(w.start * 3600::bigint), to_timestamp(w.stop * 3600::bigint)) f
  WHERE w.stop <= v_open AND NOT EXISTS (SELECT FROM feature_cache c WHERE c.cache_key = w.cache_key)
  ON CONFLICT (cache_key) DO NOTHING;
  GET DIAGNOSTICS v_made = ROW_COUNT;
  RETURN v_made;
END $function$
;
CREATE OR REPLACE FUNCTION public.index_shapes(p_table text)
 RETURNS TABLE(index_name text, shape text, valid boolean)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT c.relname::text, concat_ws(' ', c.relam, i.indisunique, i.indisprimary, i.indnkeyatts,
      (SELECT string_agg(coalesce(a.attname, '()'), ',' ORDER BY k.position)
        FROM unnest(i.indkey::smallint[]) WITH ORDINALITY k(number, position)
        LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number),
      i.indclass, i.indcollation, i.indoption,
      -- Where in its statement something stood does not make it another condition.
      regexp_replace(coalesce(i.indpred::text, ''), ':location -?\d+', '', 'g'),
      regexp_replace(coalesce(i.indexprs::text, ''), ':location -?\d+', '', 'g')),
    i.indisvalid AND i.indisready
  FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
  WHERE i.indrelid = to_regclass(format('public.%I', p_table))
$function$
;
CREATE OR REPLACE FUNCTION public.keep_feature_cache(p_entities jsonb)
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO feature_cache AS c (cache_key, feature_data, expires_at, access_count)
  SELECT e.entity || ':heavy:' || e.key, '{}', now() + interval '2 days', e.hits
  FROM jsonb_to_recordset(p_entities) AS e(entity text, key text, hits integer)
  WHERE e.entity IN ('merchant', 'ip')
  ORDER BY 1
  ON CONFLICT (cache_key) DO UPDATE
  SET access_count = least(c.access_count::bigint + excluded.access_count, 2147483647)::integer, expires_at = excluded.expires_at;
$function$
;
CREATE OR REPLACE FUNCTION public.keep_health_checks(p_found jsonb, p_known text[], p_at timestamp with time zone)
 RETURNS TABLE(name text, from_status text, to_status text)
 LANGUAGE sql
AS $function$
  WITH found AS MATERIALIZED (
    SELECT f.* FROM jsonb_to_recordset(p_found) AS f(name text, status text, value double precision, result jsonb,
      group_name text, group_ms double precision)
  ), gone AS (
    DELETE FROM health_checks h WHERE h.name <> ALL (p_known)
  ), before AS (
    SELECT h.name, h.status FROM health_checks h
  ), kept AS (
    INSERT INTO health_checks AS h (name, status, since, value, last_good_at, last_good_value, checked_at, result,
      group_name, group_ms)
    SELECT f.name, f.status, p_at, f.value, CASE f.status WHEN 'ok' THEN p_at END, CASE f.status WHEN 'ok' THEN f.value END,
      p_at, f.result, f.group_name, f.group_ms
    FROM found f ORDER BY f.name
    ON CONFLICT (name) DO UPDATE SET status = excluded.status, value = excluded.value, checked_at = excluded.checked_at,
      since = CASE WHEN h.status = excluded.status THEN h.since ELSE excluded.since END,
      previous_status = CASE WHEN h.status = excluded.status THEN h.previous_status ELSE h.status END,
      last_good_at = coalesce(excluded.last_good_at, h.last_good_at),
      last_good_value = CASE excluded.status WHEN 'ok' THEN excluded.value ELSE h.last_good_value END,
      result = excluded.result, group_name = excluded.group_name, group_ms = excluded.group_ms
    -- Two passes may cross: the later word stands.
    WHERE h.checked_at <= excluded.checked_at
    RETURNING h.name, h.status
  )
  SELECT k.name::text, b.status::text, k.status::text FROM kept k LEFT JOIN before b USING (name)
  WHERE b.status IS DISTINCT FROM k.status;
$function$
;
CREATE OR REPLACE FUNCTION public.label_transactions(p_labels jsonb, p_source text)
 RETURNS TABLE(transaction_id text, transaction_timestamp timestamp with time zone, is_fraud boolean, labelled_at timestamp with time zone, was_fraud boolean, was_source text, was_labelled_at timestamp with time zone)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET enable_hashjoin TO 'off'
 SET enable_mergejoin TO 'off'
 SET enable_material TO 'off'
 SET jit TO 'off'
AS $function$
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
$function$
;
CREATE OR REPLACE FUNCTION public.make_missing_partitions(p_from timestamp with time zone, p_to timestamp with time zone, p_beside boolean, OUT made text[], OUT failed text[])
 RETURNS record
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '3s'
AS $function$
DECLARE
  v_missing v_missing_partitions;
  v_statement text;
  v_locked text[] := '{}';
BEGIN
  made := '{}';
  failed := '{}';
  PERFORM pg_advisory_xact_lock(hashtext('vigil.partitions'));
  -- Found only now: another may have made them while this waited.
  FOR v_missing IN SELECT m.* FROM missing_partitions(p_from, p_to) m LOOP
    IF v_missing.beside AND NOT p_beside THEN
      failed := failed || format('%s: a table of this name stands beside %s, detached', v_missing.name, v_missing.within);
    ELSIF NOT v_missing.within = ANY (v_locked) THEN
      BEGIN
        FOR v_statement IN SELECT * FROM partition_statements(v_missing) LOOP
          EXECUTE v_statement;
        END LOOP;
        made := made || v_missing.name;
      EXCEPTION WHEN OTHERS THEN
        failed := failed || format('%s: %s', v_missing.name, SQLERRM);
        IF SQLSTATE = '55P03' THEN
          v_locked := v_locked || v_missing.within;
        END IF;
      END;
    END IF;
  END LOOP;
END $function$
;
CREATE OR REPLACE FUNCTION public.measure_ab_test(p_test integer, p_mature_days integer)
 RETURNS jsonb
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET jit TO 'off'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.measure_ab_tests(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.metric_growth(p_names text[], p_from timestamp with time zone)
 RETURNS TABLE(metric_name text, at timestamp with time zone, seconds double precision, grown double precision)
 LANGUAGE sql
 STABLE
AS $function$
  SELECT s.metric_name::text, s.timestamp, s.seconds,
    CASE WHEN s.value >= s.before THEN s.value - s.before ELSE s.value END
  FROM (SELECT m.metric_name, m.timestamp, m.metric_value::double precision AS value,
      lag(m.metric_value::double precision) OVER w AS before,
      extract(epoch FROM m.timestamp - lag(m.timestamp) OVER w)::double precision AS seconds
    FROM system_metrics m
    WHERE m.metric_name = ANY (p_names) AND m.timestamp >= p_from
    WINDOW w AS (PARTITION BY m.metric_name ORDER BY m.timestamp)) AS s
  WHERE s.before IS NOT NULL AND s.seconds > 0 AND s.seconds <= 600;
$function$
;
CREATE OR REPLACE FUNCTION public.missing_partitions(p_from timestamp with time zone DEFAULT NULL::timestamp with time zone, p_to timestamp with time zone DEFAULT NULL::timestamp with time zone)
 RETURNS TABLE(parent text, within text, name text, from_at timestamp with time zone, to_at timestamp with time zone, bound text, split text, key_column text, beside boolean)
 LANGUAGE sql
 STABLE ROWS 10
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET jit TO 'off'
AS $function$
  WITH present AS MATERIALIZED (
    SELECT p.parent, p.within, p.name, p.level, p.leaf, p.from_at, p.to_at,
      CASE WHEN p.list_values IS NULL THEN format('FOR VALUES FROM (%L) TO (%L)', p.from_at, p.to_at)
           ELSE format('FOR VALUES IN (%s)', p.list_values) END AS bound
    FROM v_partitions p
  ), kinds AS (
    SELECT k.*, ('1 ' || k.step)::interval AS length,
      date_trunc(k.step, least(s.first_at, now() - k.back, CASE WHEN k.of_payments THEN p_from END)) AS first_at,
      date_trunc(k.step, greatest(s.last_at, now() + k.ahead, CASE WHEN k.of_payments THEN p_to END)) AS last_at
    FROM (SELECT t.*, CASE step WHEN 'month' THEN interval '2 months' ELSE interval '1 day' END AS back,
        CASE step WHEN 'month' THEN interval '3 months' ELSE interval '3 days' END AS ahead
      FROM partitioned_tables() t WHERE to_regclass('public.' || t.parent) IS NOT NULL) k
    LEFT JOIN (SELECT p.parent, min(p.from_at) AS first_at, max(p.from_at) AS last_at FROM present p
      WHERE p.level = 1 GROUP BY p.parent) s USING (parent)
  ), spans AS (
    SELECT k.parent, k.key_column, k.split, s.at AS from_at, s.at + k.length AS to_at,
      k.parent || to_char(s.at, CASE k.step WHEN 'month' THEN '"_y"YYYY"m"MM' ELSE '"_y"YYYY"m"MM"d"DD' END) AS name
    FROM kinds k CROSS JOIN LATERAL generate_series(k.first_at, k.last_at, k.length) AS s(at)
  ), wanted AS (
    SELECT s.parent, s.parent AS within, s.name, s.from_at, s.to_at,
      format('FOR VALUES FROM (%L) TO (%L)', s.from_at, s.to_at) AS bound, s.split, s.key_column
    FROM spans s
    WHERE NOT EXISTS (SELECT FROM present p WHERE p.level = 1 AND p.from_at < s.to_at AND p.to_at > s.from_at
      AND (p.parent = s.parent OR (s.parent = 'transactions' AND p.parent = 'transactions_archive')))
    UNION ALL
    SELECT m.parent, m.name, l.name, coalesce(h.from_at, m.from_at), coalesce(h.to_at, m.to_at), l.bound, NULL, s.key_column
    FROM present m
    JOIN spans s ON s.parent = m.parent AND s.from_at = m.from_at AND s.split IS NOT NULL
    CROSS JOIN LATERAL partition_leaves(m.name, s.split, m.from_at) l
    CROSS JOIN LATERAL (SELECT substring(l.bound FROM 'FROM \(''([^'']+)''\)')::timestamptz AS from_at,
      substring(l.bound FROM 'TO \(''([^'']+)''\)')::timestamptz AS to_at) h
    WHERE m.level = 1 AND NOT m.leaf AND NOT EXISTS (SELECT FROM present p WHERE p.within = m.name AND p.bound = l.bound)
  )
  SELECT w.*, to_regclass(format('public.%I', w.name)) IS NOT NULL FROM wanted w ORDER BY w.parent, w.from_at, w.name
$function$
;
CREATE OR REPLACE FUNCTION public.months_to_archive()
 RETURNS TABLE(month date, name text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET jit TO 'off'
AS $function$
  SELECT p.from_at::date, p.name FROM v_partitions p
  WHERE p.parent = 'transactions' AND p.level = 1 AND NOT p.held AND NOT p.detaching
    AND p.to_at < now() - coalesce((SELECT make_interval(months => (c.config_value #>> '{}')::integer)
      FROM system_config c WHERE c.config_key = 'retention.transactions_months'), interval '2 years')
    AND p.to_at <= date_trunc('month', now()) - interval '2 months'
  ORDER BY p.from_at
$function$
;
CREATE OR REPLACE FUNCTION public.move_transactions_month(p_month date, p_back boolean)
 RETURNS text
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET lock_timeout TO '200ms'
 SET jit TO 'off'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.nearest_transactions(p_transaction_id text, p_timestamp timestamp with time zone, p_limit integer DEFAULT 6)
 RETURNS TABLE(transaction_id text, transaction_timestamp timestamp with time zone, similarity double precision)
 LANGUAGE plpgsql
 STABLE
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_custom_plan'
AS $function$
#variable_conflict use_column
DECLARE
  v_from CONSTANT timestamptz := p_timestamp - interval '30 days';
  v_of CONSTANT cube := (SELECT cube(o.transaction_embedding::double precision[]) FROM ml_features o
    WHERE o.transaction_id = p_transaction_id AND o.transaction_timestamp = p_timestamp);
  v_rows CONSTANT double precision := (SELECT sum(greatest(c.reltuples, 0)) FROM pg_class c
    WHERE c.oid IN (to_regclass('ml_features_y' || to_char(p_timestamp AT TIME ZONE 'UTC', 'YYYY"m"MM')),
      to_regclass('ml_features_y' || to_char(v_from AT TIME ZONE 'UTC', 'YYYY"m"MM'))));
BEGIN
  IF v_rows > 100000 THEN
    RETURN QUERY
    SELECT m.transaction_id::text, m.transaction_timestamp, 1 - m.distance * m.distance / 2
    FROM (
      SELECT n.transaction_id, n.transaction_timestamp, cube(n.transaction_embedding::double precision[]) <-> v_of AS distance
      FROM (
        SELECT t.transaction_id, t.transaction_timestamp FROM transactions t
        WHERE t.transaction_timestamp >= v_from AND t.transaction_timestamp <= p_timestamp
        ORDER BY t.transaction_timestamp DESC, t.transaction_id DESC LIMIT 1000) t
      JOIN ml_features n USING (transaction_id, transaction_timestamp)
      WHERE n.transaction_timestamp >= v_from AND n.transaction_timestamp <= p_timestamp
        AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL AND v_of IS NOT NULL
      ORDER BY distance LIMIT least(p_limit, 50)) m;
    RETURN;
  END IF;
  RETURN QUERY
  SELECT f.transaction_id::text, f.transaction_timestamp, 1 - f.distance * f.distance / 2
  FROM (
    SELECT n.transaction_id, n.transaction_timestamp, cube(n.transaction_embedding::double precision[]) <-> v_of AS distance
    FROM ml_features n
    WHERE n.transaction_timestamp >= v_from AND n.transaction_timestamp <= p_timestamp
      AND n.transaction_id <> p_transaction_id AND n.transaction_embedding IS NOT NULL AND v_of IS NOT NULL
    ORDER BY cube(n.transaction_embedding::double precision[]) <-> v_of
    LIMIT least(p_limit, 50)) f;
END $function$
;
CREATE OR REPLACE FUNCTION public.partition_leaves(p_name text, p_split text, p_from timestamp with time zone)
 RETURNS TABLE(name text, bound text)
 LANGUAGE sql
 STABLE ROWS 24
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
  SELECT p_name || r.suffix, format('FOR VALUES IN (%s)', r.levels)
  FROM (VALUES ('_high_risk', $v$'HIGH', 'CRITICAL'$v$), ('_low_risk', $v$'MINIMAL', 'LOW', 'MEDIUM'$v$)) AS r(suffix, levels)
  WHERE p_split = 'risk'
  UNION ALL
  SELECT p_name || to_char(h, '"h"HH24'), format('FOR VALUES FROM (%L) TO (%L)', h, h + interval '1 hour')
  FROM generate_series(p_from, p_from + interval '23 hours', interval '1 hour') h
  WHERE p_split = 'hour'
$function$
;
CREATE OR REPLACE FUNCTION public.partition_statements(p v_missing_partitions)
 RETURNS SETOF text
 LANGUAGE plpgsql
 STABLE ROWS 8
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  v_leaf record;
BEGIN
  IF NOT p.beside THEN
    RETURN NEXT partition_table_statement(p.parent, p.within, p.name, p.split,
      -- A part carries its parent's.
      CASE WHEN p.within = p.parent THEN format('%1$I IS NOT NULL AND %1$I >= %2$L AND %1$I < %3$L', p.key_column, p.from_at, p.to_at) END);
    FOR v_leaf IN SELECT * FROM partition_leaves(p.name, p.split, p.from_at) LOOP
      RETURN NEXT partition_table_statement(p.parent, p.name, v_leaf.name, NULL);
      RETURN NEXT format('ALTER TABLE %I ATTACH PARTITION %I %s', p.name, v_leaf.name, v_leaf.bound);
    END LOOP;
  END IF;
  RETURN NEXT format('ALTER TABLE %I ATTACH PARTITION %I %s', p.within, p.name, p.bound);
END $function$
;
CREATE OR REPLACE FUNCTION public.partition_table_statement(p_parent text, p_within text, p_name text, p_split text, p_bounds text DEFAULT NULL::text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT format('CREATE TABLE %I (LIKE %I INCLUDING ALL EXCLUDING IDENTITY%s)%s', p_name, p_within,
    CASE WHEN p_bounds IS NULL THEN '' ELSE format(', CONSTRAINT %I CHECK (%s)', p_name || '_bounds', p_bounds) END,
    CASE WHEN p_split = 'risk' THEN ' PARTITION BY LIST (risk_level)'
         WHEN p_split = 'hour' THEN ' PARTITION BY RANGE ("timestamp")'
         WHEN p_parent IN ('transactions', 'ml_features') THEN ' WITH (toast_tuple_target = 128, fillfactor = 90, '
           || 'autovacuum_vacuum_insert_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.02)'
         ELSE '' END)
$function$
;
CREATE OR REPLACE FUNCTION public.partitioned_tables()
 RETURNS TABLE(parent text, key_column text, step text, split text, of_payments boolean)
 LANGUAGE sql
 IMMUTABLE ROWS 8
 SET search_path TO 'public', 'pg_temp'
AS $function$
  VALUES ('transactions', 'transaction_timestamp', 'month', 'risk', true),
    ('ml_features', 'transaction_timestamp', 'month', NULL, true),
    ('model_predictions', 'transaction_timestamp', 'month', NULL, true),
    ('rule_hits', 'transaction_timestamp', 'month', NULL, true),
    ('audit_trail', 'timestamp', 'month', NULL, false),
    ('security_events', 'created_at', 'month', NULL, false),
    ('api_usage', 'timestamp', 'day', NULL, false),
    ('system_metrics', 'timestamp', 'day', 'hour', false)
$function$
;
CREATE OR REPLACE FUNCTION public.queue_payments(payments jsonb)
 RETURNS TABLE(transaction_id text, outcome text, payload_hash text, processing_status text, answer text, error_code text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
#variable_conflict use_column
DECLARE
  v_oldest timestamptz;
  v_newest timestamptz;
  v_now CONSTANT timestamptz := clock_timestamp();
  v_added text[];
BEGIN
  SELECT min(p.transaction_timestamp), max(p.transaction_timestamp) INTO v_oldest, v_newest
  FROM jsonb_to_recordset(payments) AS p(transaction_timestamp timestamptz);

  -- By id, as all writers do, so that two blocks with the same payments cannot wait for each other; their own order is
  -- in the microseconds.
  WITH added AS (
    INSERT INTO transaction_stream AS s (transaction_id, raw_data, payload_hash, received_at, next_try_at)
    SELECT p.transaction_id, p.raw_data, p.payload_hash, p.at, p.at
    FROM (SELECT g.*, v_now + g."position" * interval '1 microsecond' AS at
      FROM jsonb_to_recordset(payments) AS g("position" integer, transaction_id varchar, payload_hash bpchar, raw_data jsonb,
        transaction_timestamp timestamptz)) p
    WHERE NOT EXISTS (SELECT FROM transactions x WHERE x.transaction_id = p.transaction_id
      AND x.transaction_timestamp = p.transaction_timestamp
      AND x.transaction_timestamp BETWEEN v_oldest AND v_newest)
    ORDER BY p.transaction_id
    ON CONFLICT (transaction_id) DO NOTHING
    RETURNING s.transaction_id)
  SELECT coalesce(array_agg(a.transaction_id), '{}') INTO v_added FROM added a;

  -- A statement of its own: it sees what others had kept before the insert met it.
  RETURN QUERY
  SELECT p.transaction_id, CASE WHEN p.transaction_id = ANY (v_added) THEN 'accepted' WHEN s.id IS NULL THEN 'forgotten'
      ELSE 'known' END, s.payload_hash::text, s.processing_status::text, s.answer, s.error_code::text
  FROM jsonb_to_recordset(payments) AS p(transaction_id text)
  LEFT JOIN transaction_stream s ON s.transaction_id = p.transaction_id;
END
$function$
;
CREATE OR REPLACE FUNCTION public.record_decision(decisions jsonb)
 RETURNS TABLE("position" integer, outcome text, answer text)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
$function$
;
CREATE OR REPLACE FUNCTION public.record_job_run(p_job text, p_started timestamp with time zone, p_status text, p_rows bigint DEFAULT NULL::bigint, p_error text DEFAULT NULL::text, p_detail jsonb DEFAULT NULL::jsonb)
 RETURNS bigint
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_run bigint := nullif(current_setting('vigil.job_run', true), '')::bigint;
  v_id bigint;
BEGIN
  IF v_run IS NOT NULL THEN
    UPDATE job_runs SET ended_at = clock_timestamp(), status = p_status, affected_rows = p_rows, error_message = p_error, detail = p_detail
    WHERE id = v_run AND job_name = p_job AND status IN ('running', 'lost') RETURNING id INTO v_id;
  END IF;
  IF v_id IS NULL THEN
    INSERT INTO job_runs (job_name, started_at, ended_at, status, affected_rows, error_message, started_by, detail)
    VALUES (p_job, p_started, clock_timestamp(), p_status, p_rows, p_error,
      -- In a worker of the server pg_cron is the process itself, over a connection the name of the application.
      CASE WHEN current_setting('application_name', true) LIKE 'pg_cron%' OR (SELECT backend_type LIKE 'pg_cron%'
        FROM pg_stat_activity WHERE pid = pg_backend_pid()) THEN 'pg_cron' ELSE session_user END, p_detail)
    RETURNING id INTO v_id;
  END IF;
  RETURN v_id;
END $function$
;
CREATE OR REPLACE FUNCTION public.refresh_analyst_day(p_day date)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_changed bigint;
BEGIN
  WITH verdicts AS (
    SELECT coalesce(a.decided_by, '') AS user_id, a.disposition = 'fraud' AS fraud, a.decided_at <= a.sla_due_at AS in_time,
      CASE WHEN a.decided_at < a.created_at + interval '1 second' THEN 0
        ELSE 1 + floor(16 * log(2, extract(epoch FROM a.decided_at - a.created_at))) END::smallint AS bucket
    FROM fraud_alerts a WHERE a.status = 'decided' AND a.decided_at >= v_from AND a.decided_at < v_to
  ), buckets AS (
    SELECT user_id, bucket, count(*) AS n, count(*) FILTER (WHERE fraud) AS frauds, count(*) FILTER (WHERE in_time) AS in_time
    FROM verdicts GROUP BY 1, 2
  ), of_day AS MATERIALIZED (
    SELECT user_id, sum(n)::integer AS decided, sum(frauds)::integer AS frauds, sum(in_time)::integer AS in_time,
      array_agg(bucket ORDER BY bucket) AS took, array_agg(n::integer ORDER BY bucket) AS alerts
    FROM buckets GROUP BY 1
  ), gone AS (
    DELETE FROM analyst_analytics a WHERE a.date = p_day AND NOT EXISTS (SELECT FROM of_day o WHERE o.user_id = a.user_id)
    RETURNING a.user_id
  ), kept AS (
    INSERT INTO analyst_analytics AS a (date, user_id, decided_count, fraud_count, in_time_count, took, alerts)
    SELECT p_day, user_id, decided, frauds, in_time, took, alerts FROM of_day
    ON CONFLICT (date, user_id) DO UPDATE SET decided_count = excluded.decided_count, fraud_count = excluded.fraud_count,
      in_time_count = excluded.in_time_count, took = excluded.took, alerts = excluded.alerts
    WHERE (a.decided_count, a.fraud_count, a.in_time_count, a.took, a.alerts)
      IS DISTINCT FROM (excluded.decided_count, excluded.fraud_count, excluded.in_time_count, excluded.took, excluded.alerts)
    RETURNING a.user_id
  )
  SELECT (SELECT count(*) FROM gone) + (SELECT count(*) FROM kept) INTO v_changed;
  RETURN v_changed;
END $function$
;
CREATE OR REPLACE FUNCTION public.refresh_daily_reports(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.refresh_fraud_dashboard()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_rows bigint;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext('refresh-fraud-dashboard')) THEN
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'skipped', NULL, 'another run is under way');
    RETURN;
  END IF;
  BEGIN
    REFRESH MATERIALIZED VIEW CONCURRENTLY mv_fraud_dashboard_realtime;
    SELECT count(*) INTO v_rows FROM mv_fraud_dashboard_realtime;
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'ok', v_rows);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('refresh-fraud-dashboard', v_started, 'failed', NULL, SQLERRM);
  END;
END $function$
;
CREATE OR REPLACE FUNCTION public.refresh_report_day(p_day date)
 RETURNS text[]
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.refresh_risk_trends(p_merchants text[], p_days date[])
 RETURNS void
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
$function$
;
CREATE OR REPLACE FUNCTION public.refresh_rule_day(p_day date)
 RETURNS bigint
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
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
END $function$
;
CREATE OR REPLACE FUNCTION public.renew_claims(p_worker text, p_lease_ms integer, p_claims jsonb)
 RETURNS integer
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
  WITH held AS MATERIALIZED (
    SELECT s.id FROM jsonb_to_recordset(p_claims) AS c(id bigint, epoch integer)
    JOIN transaction_stream s ON s.id = c.id AND s.lease_epoch = c.epoch
    WHERE s.processing_status = 'PROCESSING' AND s.leased_by = p_worker
    ORDER BY s.id FOR UPDATE OF s SKIP LOCKED
  ), renewed AS (
    UPDATE transaction_stream s SET lease_until = clock_timestamp() + p_lease_ms * interval '1 millisecond'
    FROM held h WHERE s.id = h.id RETURNING s.id
  )
  SELECT count(*)::integer FROM renewed;
$function$
;
CREATE OR REPLACE FUNCTION public.request_job_cancel(p_run bigint, p_by text)
 RETURNS text
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  UPDATE job_runs SET cancelled_by = p_by WHERE id = p_run AND status = 'running' RETURNING job_name;
$function$
;
CREATE OR REPLACE FUNCTION public.request_job_run(p_job text, p_by text)
 RETURNS bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
  INSERT INTO job_runs (job_name, started_at, status, started_by) VALUES (p_job, clock_timestamp(), 'waiting', p_by)
  ON CONFLICT (job_name) WHERE status = 'waiting' DO NOTHING RETURNING id;
$function$
;
CREATE OR REPLACE FUNCTION public.retention_setting(p_key text, p_default integer)
 RETURNS integer
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT coalesce((SELECT (config_value #>> '{}')::integer FROM system_config
    WHERE config_key = p_key AND config_value #>> '{}' ~ '^[1-9][0-9]{0,5}$'), p_default);
$function$
;
CREATE OR REPLACE FUNCTION public.roll_up_metrics(OUT affected bigint, OUT detail jsonb)
 RETURNS record
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  v_day date := (SELECT mark::date + 1 FROM job_marks WHERE job_name = 'roll-up-metrics');
  v_days integer := 0;
BEGIN
  affected := 0;
  v_day := coalesce(v_day, (SELECT min(timestamp)::date FROM system_metrics));
  WHILE v_day < current_date LOOP
    affected := affected + roll_up_metrics_day(v_day);
    v_days := v_days + 1;
    INSERT INTO job_marks (job_name, mark) VALUES ('roll-up-metrics', v_day)
      ON CONFLICT (job_name) DO UPDATE SET mark = excluded.mark;
    v_day := v_day + 1;
  END LOOP;
  DELETE FROM system_metrics_daily
    WHERE day < current_date - make_interval(months => retention_setting('retention.metrics_daily_months', 36));
  detail := jsonb_build_object('days', v_days);
END $function$
;
CREATE OR REPLACE FUNCTION public.roll_up_metrics_day(p_day date)
 RETURNS integer
 LANGUAGE plpgsql
 SET search_path TO 'public', 'pg_temp'
 SET "TimeZone" TO 'UTC'
AS $function$
DECLARE
  v_from timestamptz := p_day;
  v_to timestamptz := p_day + 1;
  v_rows integer;
BEGIN
  INSERT INTO system_metrics_daily AS d (day, metric_name, labels, samples, mean_value, min_value, max_value)
  SELECT p_day, m.metric_name, coalesce(m.labels, '{}'), count(*), avg(m.metric_value), min(m.metric_value), max(m.metric_value)
  FROM system_metrics m WHERE m.timestamp >= v_from AND m.timestamp < v_to GROUP BY m.metric_name, coalesce(m.labels, '{}')
  ON CONFLICT (metric_name, day, labels) DO UPDATE
  SET samples = excluded.samples, mean_value = excluded.mean_value, min_value = excluded.min_value, max_value = excluded.max_value
  WHERE excluded.samples > d.samples;
  GET DIAGNOSTICS v_rows = ROW_COUNT;
  RETURN v_rows;
END $function$
;
CREATE OR REPLACE FUNCTION public.run_ensure_partitions()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_done record;
BEGIN
  BEGIN
    SELECT * INTO v_done FROM make_missing_partitions(NULL, NULL, false);
    PERFORM record_job_run('ensure-partitions', v_started, CASE WHEN cardinality(v_done.failed) > 0 THEN 'failed' ELSE 'ok' END,
      cardinality(v_done.made), nullif(array_to_string(v_done.failed, '; '), ''),
      CASE WHEN cardinality(v_done.made) > 0 THEN jsonb_build_object('made', v_done.made) END);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run('ensure-partitions', v_started, 'failed', NULL, SQLERRM);
  END;
END $function$
;
CREATE OR REPLACE FUNCTION public.run_job(p_job text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
DECLARE
  v_started timestamptz := clock_timestamp();
  v_rows bigint;
  v_detail jsonb;
BEGIN
  IF NOT pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext(p_job)) THEN
    PERFORM record_job_run(p_job, v_started, 'skipped', 0, 'another run is under way');
    RETURN;
  END IF;
  BEGIN
    CASE p_job
      WHEN 'drop-expired-partitions' THEN SELECT * INTO v_rows, v_detail FROM drop_expired_partition();
      WHEN 'delete-expired-rows' THEN SELECT * INTO v_rows, v_detail FROM delete_expired_rows();
      WHEN 'roll-up-metrics' THEN SELECT * INTO v_rows, v_detail FROM roll_up_metrics();
      WHEN 'daily-reports' THEN SELECT * INTO v_rows, v_detail FROM refresh_daily_reports();
      WHEN 'measure-ab-tests' THEN SELECT * INTO v_rows, v_detail FROM measure_ab_tests();
      WHEN 'analyze-partitioned' THEN SELECT * INTO v_rows, v_detail FROM analyze_partitioned_table();
    END CASE;
    PERFORM record_job_run(p_job, v_started, 'ok', v_rows, NULL, v_detail);
  EXCEPTION WHEN OTHERS THEN
    PERFORM record_job_run(p_job, v_started, 'failed', NULL, SQLERRM);
  END;
END $function$
;
CREATE OR REPLACE FUNCTION public.server_jobs()
 RETURNS TABLE(job_name text, schedule text, active boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT NULL::text, NULL::text, NULL::boolean WHERE false;
$function$
;
CREATE OR REPLACE FUNCTION public.server_run_count(p_job text, p_from timestamp with time zone, p_to timestamp with time zone)
 RETURNS integer
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ SELECT NULL::integer $function$
;
CREATE OR REPLACE FUNCTION public.server_runs(p_since timestamp with time zone)
 RETURNS TABLE(id bigint, job_name text, started_at timestamp with time zone, ended_at timestamp with time zone, status text, error_message text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  SELECT NULL::bigint, NULL::text, NULL::timestamptz, NULL::timestamptz, NULL::text, NULL::text WHERE false;
$function$
;
CREATE OR REPLACE FUNCTION public.set_server_job(p_job text, p_active boolean)
 RETURNS boolean
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$ SELECT false $function$
;
CREATE OR REPLACE FUNCTION public.settle_claims(p_claims jsonb)
 RETURNS SETOF bigint
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
 SET plan_cache_mode TO 'force_generic_plan'
 SET enable_seqscan TO 'off'
 SET jit TO 'off'
AS $function$
  WITH held AS MATERIALIZED (
    SELECT s.id, c.verdict, c.code, c.message, c.wait_ms
    FROM jsonb_to_recordset(p_claims) AS c(id bigint, epoch integer, verdict text, code text, message text, wait_ms integer)
    JOIN transaction_stream s ON s.id = c.id AND s.lease_epoch = c.epoch
    WHERE s.processing_status = 'PROCESSING'
    ORDER BY s.id FOR UPDATE OF s
  )
  UPDATE transaction_stream s
  SET processing_status = CASE WHEN h.verdict <> 'RELEASED' THEN h.verdict
                               WHEN s.retry_count = 0 THEN 'PENDING' ELSE 'FAILED' END,
      retry_count = s.retry_count + (h.verdict <> 'RELEASED')::integer,
      error_code = coalesce(h.code, s.error_code), error_message = coalesce(h.message, s.error_message),
      next_try_at = CASE h.verdict WHEN 'FAILED' THEN clock_timestamp() + h.wait_ms * interval '1 millisecond'
                                   WHEN 'DEAD' THEN NULL ELSE s.next_try_at END,
      processed_at = CASE h.verdict WHEN 'DEAD' THEN clock_timestamp() END,
      lease_epoch = s.lease_epoch + 1, lease_until = NULL, leased_by = NULL
  FROM held h WHERE s.id = h.id
  RETURNING s.id;
$function$
;
CREATE OR REPLACE FUNCTION public.signal_session(p_signal text, p_pid integer, p_backend_start timestamp with time zone, p_query_start timestamp with time zone)
 RETURNS jsonb
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
DECLARE
  v_session record;
  v_facts jsonb;
  v_refusal text;
  v_sent boolean;
  v_ended boolean;
BEGIN
  IF p_signal NOT IN ('cancel', 'terminate') THEN
    RAISE EXCEPTION 'no such signal: %', p_signal USING ERRCODE = '22023';
  END IF;
  -- A transaction reads pg_stat_activity once and then sees what it saw.
  PERFORM pg_stat_clear_snapshot();
  SELECT a.*, r.rolsuper AS is_superuser INTO v_session
  FROM pg_stat_activity a LEFT JOIN pg_roles r ON r.oid = a.usesysid
  WHERE a.pid = p_pid AND a.backend_start = p_backend_start;
  IF NOT FOUND THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'ended');
  END IF;
  v_facts := jsonb_build_object(
    'role', v_session.usename, 'application', v_session.application_name, 'client', host(v_session.client_addr),
    'backendType', v_session.backend_type, 'state', v_session.state, 'query', v_session.query,
    'wait', v_session.wait_event_type || ': ' || v_session.wait_event,
    'transactionSeconds', round(extract(epoch FROM clock_timestamp() - v_session.xact_start)::numeric, 1));
  v_refusal := CASE
    WHEN v_session.pid = pg_backend_pid() THEN 'own'
    WHEN v_session.backend_type = 'walsender' THEN 'replication'
    WHEN v_session.backend_type IS DISTINCT FROM 'client backend' THEN 'background'
    WHEN v_session.datname IS DISTINCT FROM current_database() THEN 'other_database'
    WHEN v_session.is_superuser IS NOT FALSE THEN 'superuser'
  END;
  IF v_refusal IS NOT NULL THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', v_refusal, 'session', v_facts);
  END IF;
  IF v_session.query_start IS DISTINCT FROM p_query_start THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'moved_on', 'session', v_facts);
  END IF;
  -- A query that has ended keeps its query_start; cancelling then would hit nothing, or the next one.
  IF p_signal = 'cancel' AND v_session.state IS DISTINCT FROM 'active' THEN
    RETURN jsonb_build_object('outcome', 'gone', 'reason', 'finished', 'session', v_facts);
  END IF;
  BEGIN
    v_sent := CASE p_signal WHEN 'cancel' THEN pg_cancel_backend(p_pid) ELSE pg_terminate_backend(p_pid) END;
    IF NOT v_sent THEN
      RETURN jsonb_build_object('outcome', 'gone', 'reason', 'ended', 'session', v_facts);
    END IF;
  EXCEPTION WHEN insufficient_privilege THEN
    RETURN jsonb_build_object('outcome', 'refused', 'reason', 'not_granted', 'session', v_facts);
  END;
  -- The signal is only a request: look for up to two seconds whether it was heard.
  FOR v_try IN 1..40 LOOP
    PERFORM pg_stat_clear_snapshot();
    v_ended := NOT EXISTS (SELECT FROM pg_stat_activity a
      WHERE a.pid = p_pid AND a.backend_start = p_backend_start
        AND (p_signal = 'terminate' OR (a.query_start IS NOT DISTINCT FROM p_query_start AND a.state = 'active')));
    EXIT WHEN v_ended;
    PERFORM pg_sleep(0.05);
  END LOOP;
  RETURN jsonb_build_object('outcome', 'done', 'ended', v_ended, 'session', v_facts);
END $function$
;
CREATE OR REPLACE FUNCTION public.take_touched_days()
 RETURNS date[]
 LANGUAGE sql
 SET search_path TO 'public', 'pg_temp'
AS $function$
  WITH taken AS (DELETE FROM touched_days WHERE ctid = ANY (ARRAY(SELECT ctid FROM touched_days LIMIT 1000000 FOR UPDATE SKIP LOCKED)) RETURNING day)
  SELECT coalesce(array_agg(DISTINCT day ORDER BY day), '{}') FROM taken;
$function$
;
CREATE OR REPLACE FUNCTION public.unready_to_attach(p_month text, p_table text)
 RETURNS TABLE(problem text, index_name text)
 LANGUAGE sql
 STABLE
 SET search_path TO 'public', 'pg_temp'
AS $function$
  SELECT 'bounds', NULL WHERE NOT EXISTS (SELECT FROM pg_constraint k
    WHERE k.conrelid = to_regclass(format('public.%I', p_month)) AND k.conname = p_month || '_bounds' AND k.contype = 'c' AND k.convalidated)
  UNION ALL
  SELECT 'index', w.index_name FROM index_shapes(p_table) w
  WHERE NOT EXISTS (SELECT FROM index_shapes(p_month) h WHERE h.shape = w.shape AND h.valid)
$function$
;

-- Publications

CREATE PUBLICATION fraud_analytics FOR TABLE fraud_patterns, merchants, ml_features, transactions, users WITH (publish_via_partition_root = true);

-- Grants

GRANT EXECUTE ON FUNCTION append_audit(p_actor_type text, p_user_id text, p_actor_name text, p_action text, p_resource_type text, p_resource_id text, p_old_values jsonb, p_new_values jsonb, p_outcome text, p_reason text, p_ip_address inet, p_user_agent text, p_session_id text, p_request_id text) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION append_audit(p_actor_type text, p_user_id text, p_actor_name text, p_action text, p_resource_type text, p_resource_id text, p_old_values jsonb, p_new_values jsonb, p_outcome text, p_reason text, p_ip_address inet, p_user_agent text, p_session_id text, p_request_id text) TO vigil_web;
GRANT EXECUTE ON FUNCTION append_audit(p_actor_type text, p_user_id text, p_actor_name text, p_action text, p_resource_type text, p_resource_id text, p_old_values jsonb, p_new_values jsonb, p_outcome text, p_reason text, p_ip_address inet, p_user_agent text, p_session_id text, p_request_id text) TO vigil_worker;
GRANT EXECUTE ON FUNCTION archive_old_transactions() TO vigil_worker;
GRANT EXECUTE ON FUNCTION bring_back_transactions(p_month date, p_reason text, p_by text, p_until timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION claim_payments(p_worker text, p_lease_ms integer, p_most integer, p_max_tries integer) TO vigil_worker;
GRANT EXECUTE ON FUNCTION delete_server_runs(p_before timestamp with time zone, p_limit integer) TO vigil_owner;
GRANT EXECUTE ON FUNCTION drop_unread_slot(p_slot text, p_restart_lsn pg_lsn, p_confirmed_lsn pg_lsn) TO vigil_web;
GRANT EXECUTE ON FUNCTION ensure_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION ensure_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_web;
GRANT EXECUTE ON FUNCTION ensure_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION fill_feature_cache(p_entity text, p_key text, p_day timestamp with time zone) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION fill_feature_cache(p_entity text, p_key text, p_day timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION index_shapes(p_table text) TO vigil_web;
GRANT EXECUTE ON FUNCTION index_shapes(p_table text) TO vigil_worker;
GRANT EXECUTE ON FUNCTION keep_feature_cache(p_entities jsonb) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION keep_feature_cache(p_entities jsonb) TO vigil_worker;
GRANT EXECUTE ON FUNCTION label_transactions(p_labels jsonb, p_source text) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION label_transactions(p_labels jsonb, p_source text) TO vigil_web;
GRANT EXECUTE ON FUNCTION label_transactions(p_labels jsonb, p_source text) TO vigil_worker;
GRANT EXECUTE ON FUNCTION missing_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_readonly;
GRANT EXECUTE ON FUNCTION missing_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_web;
GRANT EXECUTE ON FUNCTION missing_partitions(p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION months_to_archive() TO vigil_web;
GRANT EXECUTE ON FUNCTION months_to_archive() TO vigil_worker;
GRANT EXECUTE ON FUNCTION move_transactions_month(p_month date, p_back boolean) TO vigil_worker;
GRANT EXECUTE ON FUNCTION partition_leaves(p_name text, p_split text, p_from timestamp with time zone) TO vigil_readonly;
GRANT EXECUTE ON FUNCTION partition_leaves(p_name text, p_split text, p_from timestamp with time zone) TO vigil_web;
GRANT EXECUTE ON FUNCTION partition_leaves(p_name text, p_split text, p_from timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION partition_statements(p v_missing_partitions) TO vigil_web;
GRANT EXECUTE ON FUNCTION partition_table_statement(p_parent text, p_within text, p_name text, p_split text, p_bounds text) TO vigil_web;
GRANT EXECUTE ON FUNCTION partitioned_tables() TO vigil_readonly;
GRANT EXECUTE ON FUNCTION partitioned_tables() TO vigil_web;
GRANT EXECUTE ON FUNCTION partitioned_tables() TO vigil_worker;
GRANT EXECUTE ON FUNCTION queue_payments(payments jsonb) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION record_decision(decisions jsonb) TO vigil_ingest;
GRANT EXECUTE ON FUNCTION record_decision(decisions jsonb) TO vigil_worker;
GRANT EXECUTE ON FUNCTION record_job_run(p_job text, p_started timestamp with time zone, p_status text, p_rows bigint, p_error text, p_detail jsonb) TO vigil_worker;
GRANT EXECUTE ON FUNCTION refresh_fraud_dashboard() TO vigil_worker;
GRANT EXECUTE ON FUNCTION renew_claims(p_worker text, p_lease_ms integer, p_claims jsonb) TO vigil_worker;
GRANT EXECUTE ON FUNCTION request_job_cancel(p_run bigint, p_by text) TO vigil_web;
GRANT EXECUTE ON FUNCTION request_job_run(p_job text, p_by text) TO vigil_web;
GRANT EXECUTE ON FUNCTION run_ensure_partitions() TO vigil_worker;
GRANT EXECUTE ON FUNCTION run_job(p_job text) TO vigil_worker;
GRANT EXECUTE ON FUNCTION server_jobs() TO vigil_web;
GRANT EXECUTE ON FUNCTION server_jobs() TO vigil_worker;
GRANT EXECUTE ON FUNCTION server_run_count(p_job text, p_from timestamp with time zone, p_to timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION server_runs(p_since timestamp with time zone) TO vigil_web;
GRANT EXECUTE ON FUNCTION server_runs(p_since timestamp with time zone) TO vigil_worker;
GRANT EXECUTE ON FUNCTION set_server_job(p_job text, p_active boolean) TO vigil_web;
GRANT EXECUTE ON FUNCTION settle_claims(p_claims jsonb) TO vigil_worker;
GRANT EXECUTE ON FUNCTION signal_session(p_signal text, p_pid integer, p_backend_start timestamp with time zone, p_query_start timestamp with time zone) TO vigil_web;
GRANT EXECUTE ON FUNCTION unready_to_attach(p_month text, p_table text) TO vigil_web;
GRANT EXECUTE ON FUNCTION unready_to_attach(p_month text, p_table text) TO vigil_worker;
GRANT SELECT ON analyst_analytics TO vigil_planner;
GRANT SELECT ON analyst_analytics TO vigil_web;
GRANT SELECT ON analyst_analytics TO vigil_worker;
GRANT INSERT, SELECT ON api_key_addresses TO vigil_ingest;
GRANT INSERT, SELECT ON api_key_addresses TO vigil_planner;
GRANT INSERT, SELECT ON api_key_addresses TO vigil_worker;
GRANT SELECT ON api_key_addresses TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON api_keys TO vigil_web;
GRANT SELECT ON api_keys TO vigil_ingest;
GRANT SELECT ON api_keys TO vigil_worker;
GRANT UPDATE ON api_keys (last_used_at) TO vigil_ingest;
GRANT UPDATE ON api_keys (last_used_at) TO vigil_worker;
GRANT UPDATE ON api_keys (last_used_ip) TO vigil_ingest;
GRANT UPDATE ON api_keys (last_used_ip) TO vigil_worker;
GRANT USAGE ON api_keys_id_seq TO vigil_ingest;
GRANT USAGE ON api_keys_id_seq TO vigil_web;
GRANT USAGE ON api_keys_id_seq TO vigil_worker;
GRANT INSERT ON api_usage TO vigil_ingest;
GRANT INSERT, SELECT ON api_usage TO vigil_planner;
GRANT INSERT, SELECT ON api_usage TO vigil_worker;
GRANT SELECT ON api_usage TO vigil_web;
GRANT USAGE ON api_usage_id_seq TO vigil_ingest;
GRANT USAGE ON api_usage_id_seq TO vigil_web;
GRANT USAGE ON api_usage_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON api_usage_slots TO vigil_ingest;
GRANT INSERT, SELECT, UPDATE ON api_usage_slots TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON api_usage_slots TO vigil_worker;
GRANT SELECT ON api_usage_slots TO vigil_web;
GRANT SELECT ON applied_objects TO vigil_planner;
GRANT SELECT ON applied_objects TO vigil_web;
GRANT SELECT ON applied_objects TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON audit_reviews TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON audit_reviews TO vigil_web;
GRANT SELECT ON audit_reviews TO vigil_worker;
GRANT SELECT ON audit_trail TO vigil_planner;
GRANT SELECT ON audit_trail TO vigil_web;
GRANT SELECT ON audit_trail TO vigil_worker;
GRANT USAGE ON audit_trail_id_seq TO vigil_ingest;
GRANT USAGE ON audit_trail_id_seq TO vigil_web;
GRANT USAGE ON audit_trail_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON case_events TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON case_events TO vigil_web;
GRANT SELECT ON case_events TO vigil_worker;
GRANT USAGE ON case_events_id_seq TO vigil_ingest;
GRANT USAGE ON case_events_id_seq TO vigil_web;
GRANT USAGE ON case_events_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON cases TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON cases TO vigil_web;
GRANT SELECT ON cases TO vigil_worker;
GRANT USAGE ON cases_id_seq TO vigil_ingest;
GRANT USAGE ON cases_id_seq TO vigil_web;
GRANT USAGE ON cases_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON console_users TO vigil_web;
GRANT SELECT ON console_users TO vigil_worker;
GRANT SELECT ON daily_metrics TO vigil_planner;
GRANT SELECT ON daily_metrics TO vigil_readonly;
GRANT SELECT ON daily_metrics TO vigil_web;
GRANT SELECT ON daily_metrics TO vigil_worker;
GRANT USAGE ON daily_metrics_id_seq TO vigil_ingest;
GRANT USAGE ON daily_metrics_id_seq TO vigil_web;
GRANT USAGE ON daily_metrics_id_seq TO vigil_worker;
GRANT SELECT ON entity_heads TO vigil_ingest;
GRANT SELECT ON entity_heads TO vigil_planner;
GRANT SELECT ON entity_heads TO vigil_web;
GRANT SELECT ON entity_heads TO vigil_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON entity_lists TO vigil_planner;
GRANT DELETE, INSERT, SELECT, UPDATE ON entity_lists TO vigil_web;
GRANT SELECT ON entity_lists TO vigil_ingest;
GRANT SELECT ON entity_lists TO vigil_worker;
GRANT USAGE ON entity_lists_id_seq TO vigil_ingest;
GRANT USAGE ON entity_lists_id_seq TO vigil_web;
GRANT USAGE ON entity_lists_id_seq TO vigil_worker;
GRANT DELETE, SELECT ON feature_cache TO vigil_planner;
GRANT DELETE, SELECT ON feature_cache TO vigil_worker;
GRANT SELECT ON feature_cache TO vigil_ingest;
GRANT SELECT ON feature_cache TO vigil_web;
GRANT USAGE ON feature_cache_id_seq TO vigil_ingest;
GRANT USAGE ON feature_cache_id_seq TO vigil_web;
GRANT USAGE ON feature_cache_id_seq TO vigil_worker;
GRANT INSERT, SELECT ON feature_importance TO vigil_planner;
GRANT INSERT, SELECT ON feature_importance TO vigil_worker;
GRANT SELECT ON feature_importance TO vigil_web;
GRANT USAGE ON feature_importance_id_seq TO vigil_ingest;
GRANT USAGE ON feature_importance_id_seq TO vigil_web;
GRANT USAGE ON feature_importance_id_seq TO vigil_worker;
GRANT SELECT ON fraud_alerts TO vigil_planner;
GRANT SELECT ON fraud_alerts TO vigil_web;
GRANT SELECT ON fraud_alerts TO vigil_worker;
GRANT UPDATE ON fraud_alerts (assignee_id) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (assignee_id) TO vigil_web;
GRANT UPDATE ON fraud_alerts (assignee_id) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (decided_at) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (decided_at) TO vigil_web;
GRANT UPDATE ON fraud_alerts (decided_at) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (decided_by) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (decided_by) TO vigil_web;
GRANT UPDATE ON fraud_alerts (decided_by) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (disposition) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (disposition) TO vigil_web;
GRANT UPDATE ON fraud_alerts (disposition) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (lease_until) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (lease_until) TO vigil_web;
GRANT UPDATE ON fraud_alerts (lease_until) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (note) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (note) TO vigil_web;
GRANT UPDATE ON fraud_alerts (note) TO vigil_worker;
GRANT UPDATE ON fraud_alerts (status) TO vigil_planner;
GRANT UPDATE ON fraud_alerts (status) TO vigil_web;
GRANT UPDATE ON fraud_alerts (status) TO vigil_worker;
GRANT USAGE ON fraud_alerts_id_seq TO vigil_ingest;
GRANT USAGE ON fraud_alerts_id_seq TO vigil_web;
GRANT USAGE ON fraud_alerts_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON fraud_patterns TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON fraud_patterns TO vigil_web;
GRANT SELECT ON fraud_patterns TO vigil_ingest;
GRANT SELECT ON fraud_patterns TO vigil_worker;
GRANT USAGE ON fraud_patterns_id_seq TO vigil_ingest;
GRANT USAGE ON fraud_patterns_id_seq TO vigil_web;
GRANT USAGE ON fraud_patterns_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON fraud_rules TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON fraud_rules TO vigil_web;
GRANT SELECT ON fraud_rules TO vigil_ingest;
GRANT SELECT ON fraud_rules TO vigil_worker;
GRANT USAGE ON fraud_rules_id_seq TO vigil_ingest;
GRANT USAGE ON fraud_rules_id_seq TO vigil_web;
GRANT USAGE ON fraud_rules_id_seq TO vigil_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON health_checks TO vigil_planner;
GRANT DELETE, INSERT, SELECT, UPDATE ON health_checks TO vigil_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON health_checks TO vigil_worker;
GRANT SELECT ON imports TO vigil_planner;
GRANT SELECT ON imports TO vigil_web;
GRANT SELECT ON imports TO vigil_worker;
GRANT USAGE ON imports_id_seq TO vigil_ingest;
GRANT USAGE ON imports_id_seq TO vigil_web;
GRANT USAGE ON imports_id_seq TO vigil_worker;
GRANT SELECT ON job_marks TO vigil_planner;
GRANT SELECT ON job_marks TO vigil_web;
GRANT SELECT ON job_marks TO vigil_worker;
GRANT DELETE, INSERT, SELECT ON job_pauses TO vigil_planner;
GRANT DELETE, INSERT, SELECT ON job_pauses TO vigil_web;
GRANT SELECT ON job_pauses TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON job_runs TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON job_runs TO vigil_worker;
GRANT SELECT ON job_runs TO vigil_web;
GRANT USAGE ON job_runs_id_seq TO vigil_ingest;
GRANT USAGE ON job_runs_id_seq TO vigil_web;
GRANT USAGE ON job_runs_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON job_slots TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON job_slots TO vigil_worker;
GRANT SELECT ON job_slots TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON known_devices TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON known_devices TO vigil_web;
GRANT SELECT ON known_devices TO vigil_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON login_guard TO vigil_web;
GRANT DELETE, SELECT ON login_guard TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON maintenance_requests TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON maintenance_requests TO vigil_worker;
GRANT SELECT ON maintenance_requests TO vigil_web;
GRANT INSERT ON maintenance_requests (arguments) TO vigil_web;
GRANT UPDATE ON maintenance_requests (cancel_requested_at) TO vigil_planner;
GRANT UPDATE ON maintenance_requests (cancel_requested_at) TO vigil_web;
GRANT INSERT ON maintenance_requests (kind) TO vigil_web;
GRANT INSERT ON maintenance_requests (reason) TO vigil_web;
GRANT INSERT ON maintenance_requests (requested_by) TO vigil_web;
GRANT USAGE ON maintenance_requests_id_seq TO vigil_ingest;
GRANT USAGE ON maintenance_requests_id_seq TO vigil_web;
GRANT USAGE ON maintenance_requests_id_seq TO vigil_worker;
GRANT SELECT ON merchant_analytics TO vigil_planner;
GRANT SELECT ON merchant_analytics TO vigil_readonly;
GRANT SELECT ON merchant_analytics TO vigil_web;
GRANT SELECT ON merchant_analytics TO vigil_worker;
GRANT USAGE ON merchant_analytics_id_seq TO vigil_ingest;
GRANT USAGE ON merchant_analytics_id_seq TO vigil_web;
GRANT USAGE ON merchant_analytics_id_seq TO vigil_worker;
GRANT SELECT ON merchants TO vigil_ingest;
GRANT SELECT ON merchants TO vigil_planner;
GRANT SELECT ON merchants TO vigil_web;
GRANT SELECT ON merchants TO vigil_worker;
GRANT SELECT ON ml_features TO vigil_ingest;
GRANT SELECT ON ml_features TO vigil_planner;
GRANT SELECT ON ml_features TO vigil_web;
GRANT SELECT ON ml_features TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON ml_model_performance TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON ml_model_performance TO vigil_worker;
GRANT SELECT ON ml_model_performance TO vigil_web;
GRANT USAGE ON ml_model_performance_id_seq TO vigil_ingest;
GRANT USAGE ON ml_model_performance_id_seq TO vigil_web;
GRANT USAGE ON ml_model_performance_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON model_ab_tests TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON model_ab_tests TO vigil_web;
GRANT SELECT ON model_ab_tests TO vigil_ingest;
GRANT SELECT ON model_ab_tests TO vigil_worker;
GRANT USAGE ON model_ab_tests_id_seq TO vigil_ingest;
GRANT USAGE ON model_ab_tests_id_seq TO vigil_web;
GRANT USAGE ON model_ab_tests_id_seq TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON model_drift TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON model_drift TO vigil_worker;
GRANT SELECT ON model_drift TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON model_experiments TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON model_experiments TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON model_experiments TO vigil_worker;
GRANT USAGE ON model_experiments_id_seq TO vigil_ingest;
GRANT USAGE ON model_experiments_id_seq TO vigil_web;
GRANT USAGE ON model_experiments_id_seq TO vigil_worker;
GRANT SELECT ON model_predictions TO vigil_ingest;
GRANT SELECT ON model_predictions TO vigil_planner;
GRANT SELECT ON model_predictions TO vigil_web;
GRANT SELECT ON model_predictions TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON model_references TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON model_references TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON model_references TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON models TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON models TO vigil_web;
GRANT INSERT, SELECT, UPDATE ON models TO vigil_worker;
GRANT SELECT ON models TO vigil_ingest;
GRANT USAGE ON models_id_seq TO vigil_ingest;
GRANT USAGE ON models_id_seq TO vigil_web;
GRANT USAGE ON models_id_seq TO vigil_worker;
GRANT SELECT ON mv_fraud_dashboard_realtime TO vigil_planner;
GRANT SELECT ON mv_fraud_dashboard_realtime TO vigil_readonly;
GRANT SELECT ON mv_fraud_dashboard_realtime TO vigil_web;
GRANT SELECT ON mv_fraud_dashboard_realtime TO vigil_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON partition_holds TO vigil_planner;
GRANT DELETE, INSERT, SELECT, UPDATE ON partition_holds TO vigil_web;
GRANT SELECT ON partition_holds TO vigil_worker;
GRANT DELETE, INSERT, SELECT, UPDATE ON password_links TO vigil_web;
GRANT SELECT ON password_links TO vigil_worker;
GRANT DELETE, INSERT, SELECT ON query_stats TO vigil_planner;
GRANT DELETE, INSERT, SELECT ON query_stats TO vigil_worker;
GRANT INSERT ON query_stats TO vigil_ingest;
GRANT SELECT ON query_stats TO vigil_web;
GRANT DELETE, INSERT, SELECT, UPDATE ON query_texts TO vigil_planner;
GRANT DELETE, INSERT, SELECT, UPDATE ON query_texts TO vigil_worker;
GRANT SELECT ON query_texts TO vigil_web;
GRANT SELECT ON rule_analytics TO vigil_planner;
GRANT SELECT ON rule_analytics TO vigil_readonly;
GRANT SELECT ON rule_analytics TO vigil_web;
GRANT SELECT ON rule_analytics TO vigil_worker;
GRANT SELECT ON rule_hits TO vigil_ingest;
GRANT SELECT ON rule_hits TO vigil_planner;
GRANT SELECT ON rule_hits TO vigil_web;
GRANT SELECT ON rule_hits TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON rule_versions TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON rule_versions TO vigil_web;
GRANT SELECT ON rule_versions TO vigil_ingest;
GRANT SELECT ON rule_versions TO vigil_worker;
GRANT USAGE ON rule_versions_id_seq TO vigil_ingest;
GRANT USAGE ON rule_versions_id_seq TO vigil_web;
GRANT USAGE ON rule_versions_id_seq TO vigil_worker;
GRANT INSERT ON security_events TO vigil_ingest;
GRANT INSERT, SELECT ON security_events TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON security_events TO vigil_planner;
GRANT INSERT, SELECT, UPDATE ON security_events TO vigil_web;
GRANT USAGE ON security_events_id_seq TO vigil_ingest;
GRANT USAGE ON security_events_id_seq TO vigil_web;
GRANT USAGE ON security_events_id_seq TO vigil_worker;
GRANT SELECT ON server_capabilities TO vigil_ingest;
GRANT SELECT ON server_capabilities TO vigil_planner;
GRANT SELECT ON server_capabilities TO vigil_web;
GRANT SELECT ON server_capabilities TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON system_config TO vigil_web;
GRANT SELECT ON system_config TO vigil_ingest;
GRANT SELECT ON system_config TO vigil_worker;
GRANT USAGE ON system_config_id_seq TO vigil_ingest;
GRANT USAGE ON system_config_id_seq TO vigil_web;
GRANT USAGE ON system_config_id_seq TO vigil_worker;
GRANT INSERT ON system_metrics TO vigil_ingest;
GRANT INSERT, SELECT ON system_metrics TO vigil_planner;
GRANT INSERT, SELECT ON system_metrics TO vigil_web;
GRANT INSERT, SELECT ON system_metrics TO vigil_worker;
GRANT INSERT ON system_metrics_daily TO vigil_ingest;
GRANT INSERT, SELECT ON system_metrics_daily TO vigil_planner;
GRANT INSERT, SELECT ON system_metrics_daily TO vigil_worker;
GRANT SELECT ON system_metrics_daily TO vigil_web;
GRANT USAGE ON system_metrics_id_seq TO vigil_ingest;
GRANT USAGE ON system_metrics_id_seq TO vigil_web;
GRANT USAGE ON system_metrics_id_seq TO vigil_worker;
GRANT INSERT, SELECT ON touched_days TO vigil_planner;
GRANT INSERT, SELECT ON touched_days TO vigil_web;
GRANT SELECT ON touched_days TO vigil_worker;
GRANT DELETE, SELECT ON transaction_stream TO vigil_planner;
GRANT DELETE, SELECT ON transaction_stream TO vigil_worker;
GRANT SELECT ON transaction_stream TO vigil_ingest;
GRANT SELECT ON transaction_stream TO vigil_web;
GRANT UPDATE ON transaction_stream (discard_reason) TO vigil_planner;
GRANT UPDATE ON transaction_stream (discard_reason) TO vigil_web;
GRANT UPDATE ON transaction_stream (error_code) TO vigil_planner;
GRANT UPDATE ON transaction_stream (error_code) TO vigil_web;
GRANT UPDATE ON transaction_stream (error_message) TO vigil_planner;
GRANT UPDATE ON transaction_stream (error_message) TO vigil_web;
GRANT UPDATE ON transaction_stream (lease_epoch) TO vigil_planner;
GRANT UPDATE ON transaction_stream (lease_epoch) TO vigil_web;
GRANT UPDATE ON transaction_stream (next_try_at) TO vigil_planner;
GRANT UPDATE ON transaction_stream (next_try_at) TO vigil_web;
GRANT UPDATE ON transaction_stream (processed_at) TO vigil_planner;
GRANT UPDATE ON transaction_stream (processed_at) TO vigil_web;
GRANT UPDATE ON transaction_stream (processing_status) TO vigil_planner;
GRANT UPDATE ON transaction_stream (processing_status) TO vigil_web;
GRANT UPDATE ON transaction_stream (retry_count) TO vigil_planner;
GRANT UPDATE ON transaction_stream (retry_count) TO vigil_web;
GRANT USAGE ON transaction_stream_id_seq TO vigil_ingest;
GRANT USAGE ON transaction_stream_id_seq TO vigil_web;
GRANT USAGE ON transaction_stream_id_seq TO vigil_worker;
GRANT SELECT ON transactions TO vigil_ingest;
GRANT SELECT ON transactions TO vigil_planner;
GRANT SELECT ON transactions TO vigil_web;
GRANT SELECT ON transactions TO vigil_worker;
GRANT SELECT ON transactions_all TO vigil_ingest;
GRANT SELECT ON transactions_all TO vigil_planner;
GRANT SELECT ON transactions_all TO vigil_web;
GRANT SELECT ON transactions_all TO vigil_worker;
GRANT SELECT ON transactions_archive TO vigil_ingest;
GRANT SELECT ON transactions_archive TO vigil_planner;
GRANT SELECT ON transactions_archive TO vigil_web;
GRANT SELECT ON transactions_archive TO vigil_worker;
GRANT SELECT ON transactions_readonly TO vigil_planner;
GRANT SELECT ON transactions_readonly TO vigil_readonly;
GRANT SELECT ON transactions_readonly TO vigil_web;
GRANT SELECT ON transactions_readonly TO vigil_worker;
GRANT INSERT, SELECT, UPDATE ON user_sessions TO vigil_web;
GRANT SELECT ON user_sessions TO vigil_worker;
GRANT UPDATE ON user_sessions (end_reason) TO vigil_worker;
GRANT UPDATE ON user_sessions (ended_at) TO vigil_worker;
GRANT UPDATE ON user_sessions (ended_by) TO vigil_worker;
GRANT UPDATE ON user_sessions (is_active) TO vigil_worker;
GRANT USAGE ON user_sessions_id_seq TO vigil_ingest;
GRANT USAGE ON user_sessions_id_seq TO vigil_web;
GRANT USAGE ON user_sessions_id_seq TO vigil_worker;
GRANT SELECT ON users TO vigil_ingest;
GRANT SELECT ON users TO vigil_planner;
GRANT SELECT ON users TO vigil_web;
GRANT SELECT ON users TO vigil_worker;
GRANT SELECT ON v_database_health TO vigil_planner;
GRANT SELECT ON v_database_health TO vigil_readonly;
GRANT SELECT ON v_database_health TO vigil_web;
GRANT SELECT ON v_database_health TO vigil_worker;
GRANT SELECT ON v_index_usage TO vigil_planner;
GRANT SELECT ON v_index_usage TO vigil_web;
GRANT SELECT ON v_index_usage TO vigil_worker;
GRANT SELECT ON v_missing_partitions TO vigil_planner;
GRANT SELECT ON v_missing_partitions TO vigil_web;
GRANT SELECT ON v_missing_partitions TO vigil_worker;
GRANT SELECT ON v_partition_runway TO vigil_planner;
GRANT SELECT ON v_partition_runway TO vigil_web;
GRANT SELECT ON v_partition_runway TO vigil_worker;
GRANT SELECT ON v_partitions TO vigil_planner;
GRANT SELECT ON v_partitions TO vigil_web;
GRANT SELECT ON v_partitions TO vigil_worker;
GRANT SELECT ON v_slow_queries TO vigil_planner;
GRANT SELECT ON v_slow_queries TO vigil_web;
GRANT SELECT ON v_slow_queries TO vigil_worker;
