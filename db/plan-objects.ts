/**
 * Every object of the database plan, as it was asked for; a test finds each in a migrated database. `built` stands
 * where Vigil keeps another type under the plan's name; docs/plan-review.md says why.
 */
export type PlanColumn = { name: string; type: string; notNull?: boolean; unique?: boolean; built?: string };

const required = (name: string, type: string, built?: string): PlanColumn => ({
  name,
  type,
  notNull: true,
  built,
});
const optional = (name: string, type: string, built?: string): PlanColumn => ({ name, type, built });
const only = (name: string, type: string): PlanColumn => ({ name, type, notNull: true, unique: true });
const serial = required('id', 'integer');
/** A key of a table that grows for ever, or that is partitioned: 2³¹ rows are too few. */
const long = required('id', 'integer', 'bigint');
const text = (length: number) => `character varying(${length})`;
const moment = 'timestamp with time zone';

/** Tables that the plan calls existing, with the columns that it names. */
export const existingTables: Record<string, readonly string[]> = {
  users: ['user_id'],
  merchants: ['merchant_id'],
  transactions: [
    'user_id',
    'merchant_id',
    'transaction_timestamp',
    'amount',
    'fraud_score',
    'latitude',
    'longitude',
    'device_id',
    'risk_level',
    'is_fraud',
  ],
  ml_model_performance: [],
  fraud_patterns: [],
  model_predictions: [],
  ml_features: ['transaction_embedding'],
  fraud_alerts: [],
};

/** Tables that the plan adds. */
export const planTables: Record<string, readonly PlanColumn[]> = {
  transaction_stream: [
    long,
    only('transaction_id', text(100)),
    required('raw_data', 'jsonb'),
    optional('processed_at', moment),
    optional('processing_status', text(20)),
    optional('error_message', 'text'),
    optional('retry_count', 'integer'),
  ],
  feature_cache: [
    long,
    only('cache_key', text(200)),
    required('feature_data', 'jsonb'),
    optional('created_at', moment),
    required('expires_at', moment),
    optional('access_count', 'integer'),
  ],
  system_metrics: [
    long,
    required('metric_name', text(100)),
    required('metric_value', 'numeric(15,4)'),
    optional('labels', 'jsonb'),
    optional('timestamp', moment),
  ],
  api_usage: [
    long,
    required('endpoint', text(200)),
    required('method', text(10)),
    optional('user_id', text(100)),
    optional('ip_address', 'inet'),
    optional('response_time_ms', 'integer'),
    optional('status_code', 'integer'),
    optional('request_size_bytes', 'integer'),
    optional('response_size_bytes', 'integer'),
    optional('timestamp', moment),
  ],
  model_experiments: [
    serial,
    required('experiment_name', text(100)),
    required('model_type', text(50)),
    required('hyperparameters', 'jsonb'),
    optional('training_data_hash', text(64)),
    optional('validation_metrics', 'jsonb'),
    optional('training_duration_minutes', 'integer'),
    optional('created_by', text(100)),
    optional('status', text(20)),
    optional('created_at', moment),
  ],
  feature_importance: [
    serial,
    required('model_name', text(100)),
    required('model_version', text(20)),
    required('feature_name', text(100)),
    required('importance_score', 'numeric(8,6)'),
    optional('importance_rank', 'integer'),
    optional('calculation_method', text(50)),
    optional('created_at', moment),
  ],
  model_ab_tests: [
    serial,
    required('test_name', text(100)),
    required('model_a', text(100)),
    required('model_b', text(100)),
    optional('traffic_split', 'numeric(3,2)'),
    optional('start_date', moment),
    optional('end_date', moment),
    optional('status', text(20)),
    optional('results', 'jsonb'),
  ],
  audit_trail: [
    long,
    optional('user_id', text(100)),
    required('action', text(100)),
    required('resource_type', text(50)),
    optional('resource_id', text(100)),
    optional('old_values', 'jsonb'),
    optional('new_values', 'jsonb'),
    optional('ip_address', 'inet'),
    optional('user_agent', 'text'),
    optional('timestamp', moment),
    optional('session_id', text(100)),
  ],
  user_sessions: [
    serial,
    only('session_id', text(100)),
    required('user_id', text(100)),
    optional('ip_address', 'inet'),
    optional('user_agent', 'text'),
    optional('created_at', moment),
    optional('last_activity', moment),
    optional('expires_at', moment),
    optional('is_active', 'boolean'),
  ],
  security_events: [
    long,
    required('event_type', text(50)),
    required('severity', text(20)),
    required('description', 'text'),
    optional('user_id', text(100)),
    optional('ip_address', 'inet'),
    optional('metadata', 'jsonb'),
    optional('resolved', 'boolean'),
    optional('created_at', moment),
  ],
  daily_metrics: [
    serial,
    only('date', 'date'),
    optional('total_transactions', 'integer'),
    optional('total_amount', 'numeric(15,2)'),
    optional('fraud_transactions', 'integer'),
    optional('fraud_amount', 'numeric(15,2)'),
    optional('avg_fraud_score', 'numeric(5,4)'),
    optional('unique_users', 'integer'),
    optional('unique_merchants', 'integer'),
    optional('processing_time_avg_ms', 'integer'),
    optional('created_at', moment),
  ],
  merchant_analytics: [
    serial,
    required('merchant_id', text(100)),
    required('date', 'date'),
    optional('transaction_count', 'integer'),
    optional('transaction_amount', 'numeric(15,2)'),
    optional('fraud_count', 'integer'),
    optional('fraud_rate', 'numeric(5,4)'),
    optional('avg_transaction_amount', 'numeric(15,2)'),
    optional('risk_score_trend', 'numeric(5,4)'),
    optional('created_at', moment),
  ],
  fraud_rules: [
    serial,
    only('rule_name', text(100)),
    required('rule_type', text(50)),
    required('conditions', 'jsonb'),
    required('actions', 'jsonb'),
    optional('priority', 'integer'),
    optional('is_active', 'boolean'),
    optional('created_by', text(100)),
    optional('created_at', moment),
    optional('updated_at', moment),
  ],
  system_config: [
    serial,
    only('config_key', text(100)),
    required('config_value', 'jsonb'),
    optional('description', 'text'),
    optional('is_sensitive', 'boolean'),
    optional('updated_by', text(100)),
    optional('updated_at', moment),
  ],
};

/** The plan's defaults: `table.column` → the default as PostgreSQL prints it. */
export const planDefaults: Record<string, string> = {
  'transaction_stream.processing_status': "'PENDING'::character varying",
  'transaction_stream.retry_count': '0',
  'feature_cache.created_at': 'now()',
  'feature_cache.access_count': '0',
  'system_metrics.timestamp': 'now()',
  'api_usage.timestamp': 'now()',
  'model_experiments.status': "'RUNNING'::character varying",
  'model_ab_tests.traffic_split': '0.5',
  'model_ab_tests.status': "'ACTIVE'::character varying",
  'audit_trail.timestamp': 'now()',
  'user_sessions.is_active': 'true',
  'security_events.resolved': 'false',
  'daily_metrics.total_transactions': '0',
  'merchant_analytics.fraud_count': '0',
  'fraud_rules.priority': '100',
  'system_config.is_sensitive': 'false',
};

export const planViews: Record<string, { kind: 'view' | 'materialized view'; columns: readonly string[] }> = {
  mv_fraud_dashboard_realtime: {
    kind: 'materialized view',
    columns: ['hour', 'total_transactions', 'fraud_count', 'avg_fraud_score', 'total_amount', 'unique_users'],
  },
  v_database_health: { kind: 'view', columns: ['metric', 'value'] },
  v_slow_queries: { kind: 'view', columns: ['query', 'calls', 'total_time', 'mean_time', 'rows'] },
};

/** The metrics that the plan's v_database_health has. */
export const planMetrics = ['connections', 'cache_hit_ratio'] as const;

export const planFunctions = ['refresh_fraud_dashboard', 'archive_old_transactions'] as const;

/** The plan's indexes, with what PostgreSQL must print of each. */
export const planIndexes: Record<string, { table: string; definition: RegExp }> = {
  idx_transactions_ml_composite: {
    table: 'transactions',
    definition:
      /\(user_id, merchant_id, transaction_timestamp, amount, fraud_score\) INCLUDE \(latitude, longitude, device_id\)/,
  },
  idx_transactions_recent_fraud: {
    table: 'transactions',
    definition: /\(transaction_timestamp, fraud_score, risk_level\) WHERE is_fraud/,
  },
  idx_ml_features_embedding: { table: 'ml_features', definition: /transaction_embedding/ },
};

export const planJob = { name: 'refresh-fraud-dashboard', schedule: '*/5 * * * *' } as const;

export const planPublication = {
  name: 'fraud_analytics',
  tables: ['transactions', 'users', 'merchants', 'ml_features', 'fraud_patterns'],
} as const;

/** Names and bounds of partitions: a month by risk, a day by hour. */
export const planPartitions: Record<string, { under: RegExp; bound: RegExp }> = {
  transactions_yNNNNmNN_high_risk: {
    under: /^transactions_y\d{4}m\d{2}$/,
    bound: /IN \('HIGH', 'CRITICAL'\)/,
  },
  transactions_yNNNNmNN_low_risk: {
    under: /^transactions_y\d{4}m\d{2}$/,
    bound: /IN \('MINIMAL', 'LOW', 'MEDIUM'\)/,
  },
  system_metrics_yNNNNmNNdNNhNN: { under: /^system_metrics_y\d{4}m\d{2}d\d{2}$/, bound: /FROM .* TO / },
};

export const archiveTable = { name: 'transactions_archive', like: 'transactions' } as const;

/** The plan's storage setting, on every leaf of these tables (a partitioned parent refuses it). */
export const planStorage = {
  tables: ['transactions', 'ml_features'],
  option: 'toast_tuple_target=128',
} as const;
