CREATE TABLE "case_events" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "case_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"case_id" bigint NOT NULL,
	"kind" varchar(30) NOT NULL,
	"actor_id" varchar(100) NOT NULL,
	"body" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "cases" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "cases_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"title" varchar(200) NOT NULL,
	"status" varchar(12) DEFAULT 'open' NOT NULL,
	"severity" varchar(10) DEFAULT 'warning' NOT NULL,
	"assignee_id" varchar(100),
	"sla_due_at" timestamp with time zone,
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"closed_at" timestamp with time zone,
	CONSTRAINT "cases_status_check" CHECK (status IN ('open','closed'))
);
--> statement-breakpoint
CREATE TABLE "fraud_alerts" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "fraud_alerts_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"user_id" varchar(100) NOT NULL,
	"merchant_id" varchar(100) NOT NULL,
	"card_token" varchar(100),
	"amount" numeric(15, 2) NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_base" numeric(15, 2) NOT NULL,
	"fraud_score" numeric(5, 4) NOT NULL,
	"risk_level" varchar(10) NOT NULL,
	"decision" varchar(10) NOT NULL,
	"severity" varchar(10) NOT NULL,
	"status" varchar(12) DEFAULT 'open' NOT NULL,
	"disposition" varchar(20),
	"reasons" jsonb NOT NULL,
	"rules" integer[] DEFAULT '{}' NOT NULL,
	"patterns" text[] DEFAULT '{}' NOT NULL,
	"queue_at" timestamp with time zone NOT NULL,
	"sla_due_at" timestamp with time zone NOT NULL,
	"assignee_id" varchar(100),
	"lease_until" timestamp with time zone,
	"note" text,
	"decided_by" varchar(100),
	"decided_at" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fraud_alerts_status_check" CHECK (status IN ('open','escalated','decided')),
	CONSTRAINT "fraud_alerts_severity_check" CHECK (severity IN ('info','warning','critical')),
	CONSTRAINT "fraud_alerts_disposition_check" CHECK ((status = 'decided') = (disposition IS NOT NULL) AND disposition IN ('fraud','good_alert','false_positive'))
);
--> statement-breakpoint
CREATE TABLE "fraud_patterns" (
	"id" serial PRIMARY KEY NOT NULL,
	"pattern_name" varchar(100) NOT NULL,
	"description" text,
	"rules" jsonb NOT NULL,
	"review_threshold" numeric(5, 4) NOT NULL,
	"block_threshold" numeric(5, 4) NOT NULL,
	"is_active" boolean DEFAULT false NOT NULL,
	"created_by" varchar(100),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fraud_patterns_pattern_name_unique" UNIQUE("pattern_name")
);
--> statement-breakpoint
CREATE TABLE "ml_features" (
	"transaction_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"user_sum_1h" double precision,
	"user_sum_24h" double precision,
	"user_sum_7d" double precision,
	"user_sum_30d" double precision,
	"card_sum_10m" double precision,
	"card_sum_1h" double precision,
	"card_sum_24h" double precision,
	"card_sum_30d" double precision,
	"device_sum_24h" double precision,
	"ip_sum_24h" double precision,
	"merchant_sum_1h" double precision,
	"merchant_sum_24h" double precision,
	"user_mean_24h" double precision,
	"user_mean_7d" double precision,
	"user_mean_30d" double precision,
	"card_mean_30d" double precision,
	"merchant_mean_24h" double precision,
	"merchant_mean_30d" double precision,
	"user_max_24h" double precision,
	"user_max_30d" double precision,
	"card_max_24h" double precision,
	"card_max_30d" double precision,
	"device_max_24h" double precision,
	"merchant_max_24h" double precision,
	"user_seconds_since_last" double precision,
	"user_distance_km_since_last" double precision,
	"user_speed_kmh_since_last" double precision,
	"user_amount_to_mean_30d" double precision,
	"user_amount_zscore_30d" double precision,
	"user_hour_deviation_30d" double precision,
	"merchant_blocked_share_1h" double precision,
	"merchant_fraud_rate_7d" double precision,
	"merchant_fraud_rate_30d" double precision,
	"payment_amount" double precision,
	"user_count_10m" integer,
	"user_count_1h" integer,
	"user_count_24h" integer,
	"user_count_7d" integer,
	"user_count_30d" integer,
	"card_count_10m" integer,
	"card_count_1h" integer,
	"card_count_24h" integer,
	"card_count_7d" integer,
	"card_count_30d" integer,
	"device_count_10m" integer,
	"device_count_1h" integer,
	"device_count_24h" integer,
	"device_count_7d" integer,
	"device_count_30d" integer,
	"ip_count_10m" integer,
	"ip_count_1h" integer,
	"ip_count_24h" integer,
	"ip_count_7d" integer,
	"ip_count_30d" integer,
	"merchant_count_10m" integer,
	"merchant_count_1h" integer,
	"merchant_count_24h" integer,
	"merchant_count_7d" integer,
	"merchant_count_30d" integer,
	"user_distinct_merchants_24h" integer,
	"user_distinct_merchants_30d" integer,
	"user_distinct_devices_24h" integer,
	"user_distinct_devices_30d" integer,
	"user_distinct_ips_24h" integer,
	"user_distinct_countries_24h" integer,
	"user_distinct_cards_30d" integer,
	"card_distinct_merchants_1h" integer,
	"card_distinct_merchants_24h" integer,
	"card_distinct_devices_24h" integer,
	"card_distinct_ips_24h" integer,
	"card_distinct_users_30d" integer,
	"device_distinct_users_24h" integer,
	"device_distinct_users_30d" integer,
	"device_distinct_cards_24h" integer,
	"device_distinct_cards_30d" integer,
	"ip_distinct_users_1h" integer,
	"ip_distinct_users_24h" integer,
	"ip_distinct_cards_24h" integer,
	"merchant_distinct_users_24h" integer,
	"merchant_distinct_cards_1h" integer,
	"merchant_distinct_cards_24h" integer,
	"card_small_count_10m" integer,
	"payment_hour" integer,
	"user_new_device_30d" boolean,
	"user_new_card_30d" boolean,
	"user_new_ip_30d" boolean,
	"user_new_country_30d" boolean,
	"user_new_merchant_30d" boolean,
	"payment_night" boolean,
	"payment_weekend" boolean,
	"transaction_embedding" real[],
	CONSTRAINT "ml_features_transaction_id_transaction_timestamp_pk" PRIMARY KEY("transaction_id","transaction_timestamp")
) PARTITION BY RANGE ("transaction_timestamp");
--> statement-breakpoint
CREATE TABLE "feature_importance" (
	"id" serial PRIMARY KEY NOT NULL,
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"feature_name" varchar(100) NOT NULL,
	"importance_score" numeric(8, 6) NOT NULL,
	"importance_rank" integer,
	"calculation_method" varchar(50),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "ml_model_performance" (
	"id" serial PRIMARY KEY NOT NULL,
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"window_start" timestamp with time zone NOT NULL,
	"window_end" timestamp with time zone NOT NULL,
	"true_positives" integer NOT NULL,
	"false_positives" integer NOT NULL,
	"true_negatives" integer NOT NULL,
	"false_negatives" integer NOT NULL,
	"precision" real,
	"recall" real,
	"f1_score" real,
	"auc_roc" real,
	"average_precision" real,
	"threshold" real NOT NULL,
	"sample_size" integer NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_ab_tests" (
	"id" serial PRIMARY KEY NOT NULL,
	"test_name" varchar(100) NOT NULL,
	"model_a" varchar(100) NOT NULL,
	"model_b" varchar(100) NOT NULL,
	"traffic_split" numeric(3, 2) DEFAULT '0.5' NOT NULL,
	"start_date" timestamp with time zone DEFAULT now() NOT NULL,
	"end_date" timestamp with time zone,
	"status" varchar(20) DEFAULT 'ACTIVE' NOT NULL,
	"results" jsonb,
	CONSTRAINT "model_ab_tests_status_check" CHECK (status IN ('ACTIVE','CONCLUDED','STOPPED')),
	CONSTRAINT "model_ab_tests_split_check" CHECK (traffic_split BETWEEN 0 AND 1)
);
--> statement-breakpoint
CREATE TABLE "model_experiments" (
	"id" serial PRIMARY KEY NOT NULL,
	"experiment_name" varchar(100) NOT NULL,
	"model_type" varchar(50) NOT NULL,
	"hyperparameters" jsonb NOT NULL,
	"training_data_hash" varchar(64),
	"validation_metrics" jsonb,
	"training_duration_minutes" integer,
	"training_ms" bigint,
	"created_by" varchar(100),
	"status" varchar(20) DEFAULT 'RUNNING' NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "model_experiments_status_check" CHECK (status IN ('RUNNING','DONE','FAILED','CANCELLED'))
);
--> statement-breakpoint
CREATE TABLE "models" (
	"id" serial PRIMARY KEY NOT NULL,
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"model_type" varchar(50) NOT NULL,
	"parameters" jsonb NOT NULL,
	"is_champion" boolean DEFAULT false NOT NULL,
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "api_usage" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "api_usage_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"endpoint" varchar(200) NOT NULL,
	"method" varchar(10) NOT NULL,
	"user_id" varchar(100),
	"ip_address" "inet",
	"response_time_ms" integer,
	"status_code" integer,
	"request_size_bytes" integer,
	"response_size_bytes" integer,
	"timestamp" timestamp with time zone DEFAULT now() NOT NULL,
	"api_key_id" integer,
	CONSTRAINT "api_usage_id_timestamp_pk" PRIMARY KEY("id","timestamp")
) PARTITION BY RANGE ("timestamp");
--> statement-breakpoint
CREATE TABLE "applied_objects" (
	"file" varchar(200) PRIMARY KEY NOT NULL,
	"hash" varchar(64) NOT NULL,
	"applied_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "daily_metrics" (
	"id" serial PRIMARY KEY NOT NULL,
	"date" date NOT NULL,
	"total_transactions" integer DEFAULT 0 NOT NULL,
	"total_amount" numeric(15, 2) DEFAULT '0' NOT NULL,
	"fraud_transactions" integer DEFAULT 0 NOT NULL,
	"fraud_amount" numeric(15, 2) DEFAULT '0' NOT NULL,
	"avg_fraud_score" numeric(5, 4),
	"unique_users" integer DEFAULT 0 NOT NULL,
	"unique_merchants" integer DEFAULT 0 NOT NULL,
	"processing_time_avg_ms" integer,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "daily_metrics_date_unique" UNIQUE("date")
);
--> statement-breakpoint
CREATE TABLE "job_runs" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "job_runs_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"job_name" varchar(100) NOT NULL,
	"started_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone,
	"status" varchar(10) NOT NULL,
	"affected_rows" bigint,
	"error_message" text,
	"started_by" varchar(100) NOT NULL,
	"detail" jsonb,
	CONSTRAINT "job_runs_status_check" CHECK (status IN ('running','ok','failed','skipped'))
);
--> statement-breakpoint
CREATE TABLE "job_slots" (
	"job_name" varchar(100) PRIMARY KEY NOT NULL,
	"slot" timestamp with time zone NOT NULL,
	"taken_by" varchar(100) NOT NULL,
	"taken_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "maintenance_requests" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "maintenance_requests_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"kind" varchar(40) NOT NULL,
	"arguments" jsonb NOT NULL,
	"status" varchar(10) DEFAULT 'waiting' NOT NULL,
	"requested_by" varchar(100) NOT NULL,
	"requested_at" timestamp with time zone DEFAULT now() NOT NULL,
	"started_at" timestamp with time zone,
	"ended_at" timestamp with time zone,
	"result" jsonb,
	"error_message" text,
	CONSTRAINT "maintenance_requests_status_check" CHECK (status IN ('waiting','running','ok','failed'))
);
--> statement-breakpoint
CREATE TABLE "merchant_analytics" (
	"id" serial PRIMARY KEY NOT NULL,
	"merchant_id" varchar(100) NOT NULL,
	"date" date NOT NULL,
	"transaction_count" integer DEFAULT 0 NOT NULL,
	"transaction_amount" numeric(15, 2) DEFAULT '0' NOT NULL,
	"fraud_count" integer DEFAULT 0 NOT NULL,
	"fraud_rate" numeric(5, 4),
	"avg_transaction_amount" numeric(15, 2),
	"risk_score_trend" numeric(5, 4),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "partition_holds" (
	"month" date PRIMARY KEY NOT NULL,
	"reason" text NOT NULL,
	"held_by" varchar(100) NOT NULL,
	"until" timestamp with time zone,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "query_stats" (
	"captured_at" timestamp with time zone NOT NULL,
	"query_id" bigint NOT NULL,
	"role_name" varchar(63) NOT NULL,
	"calls" bigint NOT NULL,
	"total_time_ms" double precision NOT NULL,
	"rows" bigint NOT NULL,
	"shared_blocks_hit" bigint NOT NULL,
	"shared_blocks_read" bigint NOT NULL,
	CONSTRAINT "query_stats_captured_at_query_id_role_name_pk" PRIMARY KEY("captured_at","query_id","role_name")
);
--> statement-breakpoint
CREATE TABLE "query_texts" (
	"query_id" bigint NOT NULL,
	"role_name" varchar(63) NOT NULL,
	"query_text" text NOT NULL,
	"calls" bigint NOT NULL,
	"total_time_ms" double precision NOT NULL,
	"rows" bigint NOT NULL,
	"shared_blocks_hit" bigint NOT NULL,
	"shared_blocks_read" bigint NOT NULL,
	"seen_at" timestamp with time zone NOT NULL,
	CONSTRAINT "query_texts_query_id_role_name_pk" PRIMARY KEY("query_id","role_name")
);
--> statement-breakpoint
CREATE TABLE "server_capabilities" (
	"capability" varchar(40) PRIMARY KEY NOT NULL,
	"present" boolean NOT NULL,
	"detail" text,
	"checked_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "system_config" (
	"id" serial PRIMARY KEY NOT NULL,
	"config_key" varchar(100) NOT NULL,
	"config_value" jsonb NOT NULL,
	"description" text,
	"is_sensitive" boolean DEFAULT false NOT NULL,
	"updated_by" varchar(100),
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "system_config_config_key_unique" UNIQUE("config_key")
);
--> statement-breakpoint
CREATE TABLE "system_metrics" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "system_metrics_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"metric_name" varchar(100) NOT NULL,
	"metric_value" numeric(15, 4) NOT NULL,
	"labels" jsonb,
	"timestamp" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "system_metrics_id_timestamp_pk" PRIMARY KEY("id","timestamp")
) PARTITION BY RANGE ("timestamp");
--> statement-breakpoint
CREATE TABLE "system_metrics_daily" (
	"day" date NOT NULL,
	"metric_name" varchar(100) NOT NULL,
	"samples" integer NOT NULL,
	"mean_value" double precision NOT NULL,
	"min_value" double precision NOT NULL,
	"max_value" double precision NOT NULL,
	CONSTRAINT "system_metrics_daily_metric_name_day_pk" PRIMARY KEY("metric_name","day")
);
--> statement-breakpoint
CREATE TABLE "api_key_addresses" (
	"api_key_id" integer NOT NULL,
	"ip_address" "inet" NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_key_addresses_api_key_id_ip_address_pk" PRIMARY KEY("api_key_id","ip_address")
);
--> statement-breakpoint
CREATE TABLE "api_keys" (
	"id" serial PRIMARY KEY NOT NULL,
	"name" varchar(100) NOT NULL,
	"owner_id" varchar(100) NOT NULL,
	"prefix" varchar(20) NOT NULL,
	"key_hash" char(64) NOT NULL,
	"scopes" text[] NOT NULL,
	"rate_per_second" integer DEFAULT 1000 NOT NULL,
	"burst" integer DEFAULT 2000 NOT NULL,
	"expires_at" timestamp with time zone,
	"revoked_at" timestamp with time zone,
	"revoked_by" varchar(100),
	"last_used_at" timestamp with time zone,
	"last_used_ip" "inet",
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "api_keys_scopes_check" CHECK (scopes <@ ARRAY['ingest','labels','read'] AND cardinality(scopes) > 0),
	CONSTRAINT "api_keys_rate_check" CHECK (rate_per_second BETWEEN 1 AND 100000 AND burst BETWEEN 1 AND 1000000)
);
--> statement-breakpoint
CREATE TABLE "audit_reviews" (
	"audit_id" bigint PRIMARY KEY NOT NULL,
	"audit_timestamp" timestamp with time zone NOT NULL,
	"reviewed_by" varchar(100) NOT NULL,
	"reviewed_at" timestamp with time zone DEFAULT now() NOT NULL,
	"note" text
);
--> statement-breakpoint
CREATE TABLE "audit_trail" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "audit_trail_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"user_id" varchar(100),
	"action" varchar(100) NOT NULL,
	"resource_type" varchar(50) NOT NULL,
	"resource_id" varchar(100),
	"old_values" jsonb,
	"new_values" jsonb,
	"ip_address" "inet",
	"user_agent" text,
	"timestamp" timestamp with time zone DEFAULT now() NOT NULL,
	"session_id" varchar(100),
	"actor_type" varchar(10) NOT NULL,
	"actor_name" varchar(200) NOT NULL,
	"outcome" varchar(10) DEFAULT 'success' NOT NULL,
	"reason" text,
	"request_id" varchar(40),
	CONSTRAINT "audit_trail_id_timestamp_pk" PRIMARY KEY("id","timestamp"),
	CONSTRAINT "audit_trail_actor_check" CHECK (actor_type IN ('user','api_key','system')),
	CONSTRAINT "audit_trail_outcome_check" CHECK (outcome IN ('success','failure','denied'))
) PARTITION BY RANGE ("timestamp");
--> statement-breakpoint
CREATE TABLE "console_users" (
	"id" uuid PRIMARY KEY DEFAULT gen_random_uuid() NOT NULL,
	"email" varchar(200) NOT NULL,
	"name" varchar(100) NOT NULL,
	"role" varchar(20) NOT NULL,
	"password_hash" text,
	"password_changed_at" timestamp with time zone,
	"is_active" boolean DEFAULT true NOT NULL,
	"last_sign_in_at" timestamp with time zone,
	"created_by" varchar(100),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "console_users_role_check" CHECK (role IN ('analyst','senior_analyst','security_officer','db_operator','data_scientist','auditor','admin'))
);
--> statement-breakpoint
CREATE TABLE "known_devices" (
	"console_user_id" uuid NOT NULL,
	"device_hash" char(64) NOT NULL,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_seen_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "known_devices_console_user_id_device_hash_pk" PRIMARY KEY("console_user_id","device_hash")
);
--> statement-breakpoint
CREATE TABLE "login_guard" (
	"guard_key" varchar(200) PRIMARY KEY NOT NULL,
	"failures" integer DEFAULT 0 NOT NULL,
	"window_start" timestamp with time zone DEFAULT now() NOT NULL,
	"locked_until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "password_links" (
	"token_hash" char(64) PRIMARY KEY NOT NULL,
	"console_user_id" uuid NOT NULL,
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"used_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "security_events" (
	"id" bigint GENERATED ALWAYS AS IDENTITY (sequence name "security_events_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"event_type" varchar(50) NOT NULL,
	"severity" varchar(20) NOT NULL,
	"description" text NOT NULL,
	"user_id" varchar(100),
	"ip_address" "inet",
	"metadata" jsonb,
	"resolved" boolean DEFAULT false NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"session_id" varchar(100),
	"assignee_id" varchar(100),
	"resolved_by" varchar(100),
	"resolved_at" timestamp with time zone,
	"resolution" varchar(30),
	"note" text,
	CONSTRAINT "security_events_id_created_at_pk" PRIMARY KEY("id","created_at"),
	CONSTRAINT "security_events_severity_check" CHECK (severity IN ('info','warning','critical'))
) PARTITION BY RANGE ("created_at");
--> statement-breakpoint
CREATE TABLE "user_sessions" (
	"id" serial PRIMARY KEY NOT NULL,
	"session_id" varchar(100) NOT NULL,
	"user_id" varchar(100) NOT NULL,
	"ip_address" "inet",
	"user_agent" text,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"last_activity" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"is_active" boolean DEFAULT true NOT NULL,
	"device_hash" char(64),
	"ended_at" timestamp with time zone,
	"ended_by" varchar(100),
	"end_reason" varchar(30)
);
--> statement-breakpoint
CREATE TABLE "entity_lists" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "entity_lists_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"list_name" varchar(100) NOT NULL,
	"kind" varchar(10) NOT NULL,
	"entity" varchar(10) NOT NULL,
	"value" varchar(100) NOT NULL,
	"reason" text,
	"expires_at" timestamp with time zone,
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "entity_lists_kind_check" CHECK (kind IN ('allow','block','watch')),
	CONSTRAINT "entity_lists_entity_check" CHECK (entity IN ('user','card','device','ip','merchant','country'))
);
--> statement-breakpoint
CREATE TABLE "fraud_rules" (
	"id" serial PRIMARY KEY NOT NULL,
	"rule_name" varchar(100) NOT NULL,
	"rule_type" varchar(50) NOT NULL,
	"conditions" jsonb NOT NULL,
	"actions" jsonb NOT NULL,
	"priority" integer DEFAULT 100 NOT NULL,
	"is_active" boolean DEFAULT false NOT NULL,
	"created_by" varchar(100),
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	CONSTRAINT "fraud_rules_rule_name_unique" UNIQUE("rule_name")
);
--> statement-breakpoint
CREATE TABLE "rule_versions" (
	"id" serial PRIMARY KEY NOT NULL,
	"rule_id" integer NOT NULL,
	"version" integer NOT NULL,
	"state" varchar(12) DEFAULT 'draft' NOT NULL,
	"rule_name" varchar(100) NOT NULL,
	"rule_type" varchar(50) NOT NULL,
	"description" text,
	"conditions" jsonb NOT NULL,
	"actions" jsonb NOT NULL,
	"priority" integer DEFAULT 100 NOT NULL,
	"reason_code" varchar(60) DEFAULT 'rule' NOT NULL,
	"revision" integer DEFAULT 1 NOT NULL,
	"created_by" varchar(100) NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"updated_at" timestamp with time zone DEFAULT now() NOT NULL,
	"state_by" varchar(100),
	"state_at" timestamp with time zone DEFAULT now() NOT NULL,
	"state_note" text,
	CONSTRAINT "rule_versions_state_check" CHECK (state IN ('draft','in_review','approved','shadow','canary','live','paused','retired'))
);
--> statement-breakpoint
CREATE TABLE "entity_heads" (
	"entity" varchar(10) NOT NULL,
	"key" varchar(100) NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"payments" bigint DEFAULT 0 NOT NULL,
	CONSTRAINT "entity_heads_entity_key_pk" PRIMARY KEY("entity","key")
);
--> statement-breakpoint
CREATE TABLE "feature_cache" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "feature_cache_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"cache_key" varchar(200) NOT NULL,
	"feature_data" jsonb NOT NULL,
	"created_at" timestamp with time zone DEFAULT now() NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"access_count" integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE "merchants" (
	"merchant_id" varchar(100) PRIMARY KEY NOT NULL,
	"display_name" varchar(200),
	"category" varchar(50),
	"country" char(2),
	"latitude" double precision,
	"longitude" double precision,
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
CREATE TABLE "model_predictions" (
	"transaction_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"model_name" varchar(100) NOT NULL,
	"model_version" varchar(20) NOT NULL,
	"arm" varchar(20) DEFAULT 'champion' NOT NULL,
	"probability" real NOT NULL,
	"base_log_odds" real NOT NULL,
	"contributions" real[] NOT NULL,
	"latency_ms" real,
	CONSTRAINT "model_predictions_transaction_id_transaction_timestamp_pk" PRIMARY KEY("transaction_id","transaction_timestamp"),
	CONSTRAINT "model_predictions_probability_check" CHECK (probability >= 0 AND probability <= 1)
) PARTITION BY RANGE ("transaction_timestamp");
--> statement-breakpoint
CREATE TABLE "rule_hits" (
	"transaction_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"rule_version_id" integer NOT NULL,
	"rule_id" integer NOT NULL,
	"position" smallint NOT NULL,
	"decision" varchar(10),
	"points" real,
	"tags" text[],
	"severity" varchar(10),
	"reason_code" varchar(60) NOT NULL,
	"reason_values" jsonb NOT NULL,
	"seen" jsonb NOT NULL,
	CONSTRAINT "rule_hits_transaction_id_transaction_timestamp_rule_version_id_pk" PRIMARY KEY("transaction_id","transaction_timestamp","rule_version_id")
) PARTITION BY RANGE ("transaction_timestamp");
--> statement-breakpoint
CREATE TABLE "transaction_stream" (
	"id" bigint PRIMARY KEY GENERATED ALWAYS AS IDENTITY (sequence name "transaction_stream_id_seq" INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807 START WITH 1 CACHE 1),
	"transaction_id" varchar(100) NOT NULL,
	"raw_data" jsonb NOT NULL,
	"processed_at" timestamp with time zone,
	"processing_status" varchar(20) DEFAULT 'PENDING' NOT NULL,
	"error_message" text,
	"retry_count" integer DEFAULT 0 NOT NULL,
	"received_at" timestamp with time zone DEFAULT now() NOT NULL,
	"payload_hash" char(64) NOT NULL,
	"answer" text,
	"lease_until" timestamp with time zone,
	"lease_epoch" integer DEFAULT 0 NOT NULL,
	"leased_by" varchar(100),
	"next_try_at" timestamp with time zone,
	CONSTRAINT "transaction_stream_status_check" CHECK (processing_status IN ('PENDING','PROCESSING','DONE','FAILED','DEAD'))
);
--> statement-breakpoint
CREATE TABLE "transactions" (
	"transaction_id" varchar(100) NOT NULL,
	"user_id" varchar(100) NOT NULL,
	"merchant_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"amount" numeric(15, 2) NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_base" numeric(15, 2) NOT NULL,
	"latitude" double precision,
	"longitude" double precision,
	"country" char(2),
	"device_id" varchar(100),
	"ip_address" "inet",
	"channel" varchar(20),
	"card_token" varchar(100),
	"merchant_category" varchar(50),
	"metadata" jsonb,
	"fraud_score" numeric(5, 4) NOT NULL,
	"risk_level" varchar(10) NOT NULL,
	"decision" varchar(10) NOT NULL,
	"decision_version" varchar(64) NOT NULL,
	"latency_ms" real,
	"is_fraud" boolean,
	"label_source" varchar(20),
	"labelled_at" timestamp with time zone,
	CONSTRAINT "transactions_transaction_id_transaction_timestamp_risk_level_pk" PRIMARY KEY("transaction_id","transaction_timestamp","risk_level"),
	CONSTRAINT "transactions_amount_check" CHECK (amount >= 0 AND amount <> 'NaN'),
	CONSTRAINT "transactions_amount_base_check" CHECK (amount_base >= 0 AND amount_base <> 'NaN'),
	CONSTRAINT "transactions_score_check" CHECK (fraud_score >= 0 AND fraud_score <= 1),
	CONSTRAINT "transactions_risk_check" CHECK (risk_level IN ('MINIMAL','LOW','MEDIUM','HIGH','CRITICAL')),
	CONSTRAINT "transactions_decision_check" CHECK (decision IN ('ALLOW','REVIEW','BLOCK')),
	CONSTRAINT "transactions_label_check" CHECK ((is_fraud IS NULL) = (labelled_at IS NULL) AND (is_fraud IS NULL) = (label_source IS NULL))
) PARTITION BY RANGE ("transaction_timestamp");
--> statement-breakpoint
CREATE TABLE "transactions_archive" (
	"transaction_id" varchar(100) NOT NULL,
	"user_id" varchar(100) NOT NULL,
	"merchant_id" varchar(100) NOT NULL,
	"transaction_timestamp" timestamp with time zone NOT NULL,
	"recorded_at" timestamp with time zone NOT NULL,
	"amount" numeric(15, 2) NOT NULL,
	"currency" char(3) NOT NULL,
	"amount_base" numeric(15, 2) NOT NULL,
	"latitude" double precision,
	"longitude" double precision,
	"country" char(2),
	"device_id" varchar(100),
	"ip_address" "inet",
	"channel" varchar(20),
	"card_token" varchar(100),
	"merchant_category" varchar(50),
	"metadata" jsonb,
	"fraud_score" numeric(5, 4) NOT NULL,
	"risk_level" varchar(10) NOT NULL,
	"decision" varchar(10) NOT NULL,
	"decision_version" varchar(64) NOT NULL,
	"latency_ms" real,
	"is_fraud" boolean,
	"label_source" varchar(20),
	"labelled_at" timestamp with time zone,
	CONSTRAINT "transactions_archive_transaction_id_transaction_timestamp_risk_level_pk" PRIMARY KEY("transaction_id","transaction_timestamp","risk_level")
) PARTITION BY RANGE ("transaction_timestamp");
--> statement-breakpoint
CREATE TABLE "users" (
	"user_id" varchar(100) PRIMARY KEY NOT NULL,
	"display_name" varchar(200),
	"country" char(2),
	"first_seen_at" timestamp with time zone DEFAULT now() NOT NULL
);
--> statement-breakpoint
ALTER TABLE "case_events" ADD CONSTRAINT "case_events_case_id_cases_id_fk" FOREIGN KEY ("case_id") REFERENCES "public"."cases"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "api_key_addresses" ADD CONSTRAINT "api_key_addresses_api_key_id_api_keys_id_fk" FOREIGN KEY ("api_key_id") REFERENCES "public"."api_keys"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_console_user_id_console_users_id_fk" FOREIGN KEY ("console_user_id") REFERENCES "public"."console_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "password_links" ADD CONSTRAINT "password_links_console_user_id_console_users_id_fk" FOREIGN KEY ("console_user_id") REFERENCES "public"."console_users"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
ALTER TABLE "rule_versions" ADD CONSTRAINT "rule_versions_rule_id_fraud_rules_id_fk" FOREIGN KEY ("rule_id") REFERENCES "public"."fraud_rules"("id") ON DELETE no action ON UPDATE no action;--> statement-breakpoint
CREATE INDEX "case_events_case_idx" ON "case_events" USING btree ("case_id","id");--> statement-breakpoint
CREATE INDEX "cases_open_idx" ON "cases" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE status = 'open';--> statement-breakpoint
CREATE UNIQUE INDEX "fraud_alerts_transaction_id_key" ON "fraud_alerts" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "fraud_alerts_queue_idx" ON "fraud_alerts" USING btree ("queue_at","id") WHERE status <> 'decided';--> statement-breakpoint
CREATE INDEX "fraud_alerts_due_idx" ON "fraud_alerts" USING btree ("sla_due_at") WHERE status <> 'decided';--> statement-breakpoint
CREATE INDEX "fraud_alerts_created_idx" ON "fraud_alerts" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "fraud_alerts_decided_idx" ON "fraud_alerts" USING btree ("decided_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE status = 'decided';--> statement-breakpoint
CREATE INDEX "fraud_alerts_user_idx" ON "fraud_alerts" USING btree ("user_id","created_at");--> statement-breakpoint
CREATE INDEX "fraud_alerts_merchant_idx" ON "fraud_alerts" USING btree ("merchant_id","created_at");--> statement-breakpoint
CREATE INDEX "fraud_alerts_assignee_idx" ON "fraud_alerts" USING btree ("assignee_id","queue_at") WHERE assignee_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "feature_importance_model_idx" ON "feature_importance" USING btree ("model_name","model_version","importance_rank");--> statement-breakpoint
CREATE UNIQUE INDEX "ml_model_performance_window_key" ON "ml_model_performance" USING btree ("model_name","model_version","window_start","window_end");--> statement-breakpoint
CREATE UNIQUE INDEX "model_ab_tests_active_key" ON "model_ab_tests" USING btree ("status") WHERE status = 'ACTIVE';--> statement-breakpoint
CREATE UNIQUE INDEX "models_version_key" ON "models" USING btree ("model_name","model_version");--> statement-breakpoint
CREATE UNIQUE INDEX "models_champion_key" ON "models" USING btree ("is_champion") WHERE is_champion;--> statement-breakpoint
CREATE INDEX "api_usage_time_idx" ON "api_usage" USING btree ("timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "api_usage_key_idx" ON "api_usage" USING btree ("api_key_id","timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "job_runs_job_idx" ON "job_runs" USING btree ("job_name","started_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "job_runs_time_idx" ON "job_runs" USING btree ("started_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "maintenance_requests_open_idx" ON "maintenance_requests" USING btree ("id") WHERE status IN ('waiting','running');--> statement-breakpoint
CREATE UNIQUE INDEX "merchant_analytics_merchant_id_date_key" ON "merchant_analytics" USING btree ("merchant_id","date");--> statement-breakpoint
CREATE INDEX "merchant_analytics_date_idx" ON "merchant_analytics" USING btree ("date" DESC NULLS FIRST,"fraud_rate" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "query_stats_query_idx" ON "query_stats" USING btree ("query_id","captured_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "system_metrics_name_time_idx" ON "system_metrics" USING btree ("metric_name","timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "api_keys_key_hash_key" ON "api_keys" USING btree ("key_hash");--> statement-breakpoint
CREATE INDEX "audit_trail_time_idx" ON "audit_trail" USING btree ("timestamp" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_trail_user_idx" ON "audit_trail" USING btree ("user_id","timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_trail_action_idx" ON "audit_trail" USING btree ("action","timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "audit_trail_resource_idx" ON "audit_trail" USING btree ("resource_type","resource_id","timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "console_users_email_key" ON "console_users" USING btree (lower("email"));--> statement-breakpoint
CREATE INDEX "password_links_user_idx" ON "password_links" USING btree ("console_user_id");--> statement-breakpoint
CREATE INDEX "security_events_time_idx" ON "security_events" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "security_events_open_idx" ON "security_events" USING btree ("created_at" DESC NULLS FIRST,"id" DESC NULLS FIRST) WHERE NOT resolved;--> statement-breakpoint
CREATE INDEX "security_events_user_idx" ON "security_events" USING btree ("user_id","created_at" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "user_sessions_session_id_key" ON "user_sessions" USING btree ("session_id");--> statement-breakpoint
CREATE INDEX "user_sessions_user_idx" ON "user_sessions" USING btree ("user_id","is_active");--> statement-breakpoint
CREATE INDEX "user_sessions_last_idx" ON "user_sessions" USING btree ("last_activity" DESC NULLS FIRST,"id" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "entity_lists_entry_key" ON "entity_lists" USING btree ("list_name","entity","value");--> statement-breakpoint
CREATE INDEX "entity_lists_value_idx" ON "entity_lists" USING btree ("entity","value");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_versions_rule_version_key" ON "rule_versions" USING btree ("rule_id","version");--> statement-breakpoint
CREATE UNIQUE INDEX "rule_versions_live_key" ON "rule_versions" USING btree ("rule_id") WHERE state = 'live';--> statement-breakpoint
CREATE INDEX "rule_versions_state_idx" ON "rule_versions" USING btree ("state");--> statement-breakpoint
CREATE UNIQUE INDEX "feature_cache_cache_key_key" ON "feature_cache" USING btree ("cache_key");--> statement-breakpoint
CREATE INDEX "feature_cache_expires_idx" ON "feature_cache" USING btree ("expires_at");--> statement-breakpoint
CREATE INDEX "rule_hits_rule_time_idx" ON "rule_hits" USING btree ("rule_id","transaction_timestamp" DESC NULLS FIRST);--> statement-breakpoint
CREATE UNIQUE INDEX "transaction_stream_transaction_id_key" ON "transaction_stream" USING btree ("transaction_id");--> statement-breakpoint
CREATE INDEX "transaction_stream_open_idx" ON "transaction_stream" USING btree ("next_try_at","id") WHERE processing_status IN ('PENDING','PROCESSING','FAILED');--> statement-breakpoint
CREATE INDEX "transaction_stream_dead_idx" ON "transaction_stream" USING btree ("id") WHERE processing_status = 'DEAD';--> statement-breakpoint
CREATE INDEX "transaction_stream_received_idx" ON "transaction_stream" USING btree ("received_at");--> statement-breakpoint
CREATE INDEX "idx_transactions_ml_composite" ON "transactions" USING btree ("user_id","merchant_id","transaction_timestamp","amount","fraud_score") INCLUDE ("latitude","longitude","device_id");--> statement-breakpoint
CREATE INDEX "idx_transactions_recent_fraud" ON "transactions" USING btree ("transaction_timestamp","fraud_score","risk_level") WHERE is_fraud;--> statement-breakpoint
CREATE INDEX "transactions_time_idx" ON "transactions" USING btree ("transaction_timestamp" DESC NULLS FIRST,"transaction_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "transactions_user_time_idx" ON "transactions" USING btree ("user_id","transaction_timestamp");--> statement-breakpoint
CREATE INDEX "transactions_card_time_idx" ON "transactions" USING btree ("card_token","transaction_timestamp") WHERE card_token IS NOT NULL;--> statement-breakpoint
CREATE INDEX "transactions_device_time_idx" ON "transactions" USING btree ("device_id","transaction_timestamp") WHERE device_id IS NOT NULL;--> statement-breakpoint
CREATE INDEX "transactions_ip_time_idx" ON "transactions" USING btree ("ip_address","transaction_timestamp") WHERE ip_address IS NOT NULL;--> statement-breakpoint
CREATE INDEX "transactions_merchant_time_idx" ON "transactions" USING btree ("merchant_id","transaction_timestamp");--> statement-breakpoint
CREATE INDEX "transactions_merchant_label_idx" ON "transactions" USING btree ("merchant_id","labelled_at") WHERE is_fraud;--> statement-breakpoint
CREATE INDEX "transactions_decided_idx" ON "transactions" USING btree ("transaction_timestamp" DESC NULLS FIRST,"transaction_id" DESC NULLS FIRST) WHERE decision <> 'ALLOW';--> statement-breakpoint
CREATE INDEX "transactions_archive_time_idx" ON "transactions_archive" USING btree ("transaction_timestamp" DESC NULLS FIRST,"transaction_id" DESC NULLS FIRST);--> statement-breakpoint
CREATE INDEX "transactions_archive_user_time_idx" ON "transactions_archive" USING btree ("user_id","transaction_timestamp");