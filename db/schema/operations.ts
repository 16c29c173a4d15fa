import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  check,
  date,
  doublePrecision,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  serial,
  smallint,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { ipAddress, key, moment } from './columns';

export const systemConfig = pgTable('system_config', {
  id: serial('id').primaryKey(),
  configKey: varchar('config_key', { length: 100 }).notNull().unique(),
  configValue: jsonb('config_value').notNull(),
  description: text('description'),
  isSensitive: boolean('is_sensitive').notNull().default(false),
  updatedBy: key('updated_by'),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

export const systemMetrics = pgTable(
  'system_metrics',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    metricName: varchar('metric_name', { length: 100 }).notNull(),
    metricValue: numeric('metric_value', { precision: 15, scale: 4 }).notNull(),
    labels: jsonb('labels'),
    timestamp: moment('timestamp').notNull().defaultNow(),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.timestamp] }),
    index('system_metrics_name_time_idx').on(t.metricName, t.timestamp.desc().nullsFirst()),
  ],
);

/** Day means of system_metrics, kept when the hours are dropped. */
export const systemMetricsDaily = pgTable(
  'system_metrics_daily',
  {
    day: date('day', { mode: 'string' }).notNull(),
    metricName: varchar('metric_name', { length: 100 }).notNull(),
    labels: jsonb('labels').notNull().default({}),
    samples: integer('samples').notNull(),
    meanValue: doublePrecision('mean_value').notNull(),
    minValue: doublePrecision('min_value').notNull(),
    maxValue: doublePrecision('max_value').notNull(),
  },
  (t) => [primaryKey({ columns: [t.metricName, t.day, t.labels] })],
);

export const apiUsage = pgTable(
  'api_usage',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    endpoint: varchar('endpoint', { length: 200 }).notNull(),
    method: varchar('method', { length: 10 }).notNull(),
    userId: key('user_id'),
    ipAddress: ipAddress('ip_address'),
    responseTimeMs: integer('response_time_ms'),
    statusCode: integer('status_code'),
    requestSizeBytes: integer('request_size_bytes'),
    responseSizeBytes: integer('response_size_bytes'),
    timestamp: moment('timestamp').notNull().defaultNow(),
    apiKeyId: integer('api_key_id'),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.timestamp] }),
    index('api_usage_time_idx').on(t.timestamp.desc().nullsFirst()),
    index('api_usage_key_idx').on(t.apiKeyId, t.timestamp.desc().nullsFirst()),
  ],
);

/**
 * Calls of api_usage counted by five minutes and by hour, written with them: a month of any traffic is a few thousand
 * rows. `api_key_id` 0 is a call without a key; `latency_ms` is the upper bound of the time taken.
 */
export const apiUsageSlots = pgTable(
  'api_usage_slots',
  {
    slotSeconds: integer('slot_seconds').notNull(),
    slot: moment('slot').notNull(),
    endpoint: varchar('endpoint', { length: 200 }).notNull(),
    method: varchar('method', { length: 10 }).notNull(),
    statusCode: integer('status_code').notNull(),
    apiKeyId: integer('api_key_id').notNull(),
    latencyMs: integer('latency_ms').notNull(),
    calls: bigint('calls', { mode: 'number' }).notNull(),
    requestBytes: bigint('request_bytes', { mode: 'number' }).notNull(),
    responseBytes: bigint('response_bytes', { mode: 'number' }).notNull(),
  },
  (t) => [
    primaryKey({
      name: 'api_usage_slots_pkey',
      columns: [t.slotSeconds, t.slot, t.endpoint, t.method, t.statusCode, t.apiKeyId, t.latencyMs],
    }),
    check('api_usage_slots_seconds_check', sql`slot_seconds IN (300, 3600)`),
  ],
);

export const dailyMetrics = pgTable('daily_metrics', {
  id: serial('id').primaryKey(),
  date: date('date', { mode: 'string' }).notNull().unique(),
  totalTransactions: integer('total_transactions').notNull().default(0),
  totalAmount: numeric('total_amount', { precision: 15, scale: 2 }).notNull().default('0'),
  fraudTransactions: integer('fraud_transactions').notNull().default(0),
  fraudAmount: numeric('fraud_amount', { precision: 15, scale: 2 }).notNull().default('0'),
  avgFraudScore: numeric('avg_fraud_score', { precision: 5, scale: 4 }),
  uniqueUsers: integer('unique_users').notNull().default(0),
  uniqueMerchants: integer('unique_merchants').notNull().default(0),
  processingTimeAvgMs: integer('processing_time_avg_ms'),
  createdAt: moment('created_at').notNull().defaultNow(),
});

export const merchantAnalytics = pgTable(
  'merchant_analytics',
  {
    id: serial('id').primaryKey(),
    merchantId: key('merchant_id').notNull(),
    date: date('date', { mode: 'string' }).notNull(),
    transactionCount: integer('transaction_count').notNull().default(0),
    transactionAmount: numeric('transaction_amount', { precision: 15, scale: 2 }).notNull().default('0'),
    fraudCount: integer('fraud_count').notNull().default(0),
    fraudRate: numeric('fraud_rate', { precision: 5, scale: 4 }),
    avgTransactionAmount: numeric('avg_transaction_amount', { precision: 15, scale: 2 }),
    riskScoreTrend: numeric('risk_score_trend', { precision: 5, scale: 4 }),
    /** The day's scores added up, so that the trend of fourteen days reads no payments. */
    scoreSum: numeric('score_sum', { precision: 15, scale: 4 }).notNull().default('0'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('merchant_analytics_merchant_id_date_key').on(t.merchantId, t.date),
    index('merchant_analytics_date_idx').on(t.date.desc().nullsFirst(), t.fraudRate.desc().nullsFirst()),
    // What a merchant's days add up to, without reading the rows: reports sum a hundred merchants over a year.
    index('merchant_analytics_sums_idx').on(
      t.merchantId,
      t.date,
      t.transactionCount,
      t.transactionAmount,
      t.fraudCount,
      t.scoreSum,
    ),
    // Whose scores rise most on a day.
    index('merchant_analytics_trend_idx')
      .on(t.date, t.riskScoreTrend.desc().nullsFirst(), t.merchantId)
      .where(sql`risk_score_trend > 0`),
    // The few merchants with confirmed fraud among all of a long period.
    index('merchant_analytics_fraud_idx')
      .on(t.date, t.merchantId, t.fraudCount, t.transactionCount)
      .where(sql`fraud_count > 0`),
  ],
);

/**
 * What somebody decided on a UTC day: alerts by their verdict, with how long each took, so that medians of long periods
 * read no alerts. `took` are buckets of seconds in ascending order, `alerts` how many lie in each: bucket 0 is under a
 * second, bucket b from 2^((b-1)/16) to 2^(b/16) seconds.
 */
export const analystAnalytics = pgTable(
  'analyst_analytics',
  {
    date: date('date', { mode: 'string' }).notNull(),
    userId: key('user_id').notNull(),
    decidedCount: integer('decided_count').notNull(),
    fraudCount: integer('fraud_count').notNull(),
    inTimeCount: integer('in_time_count').notNull(),
    took: smallint('took').array().notNull(),
    alerts: integer('alerts').array().notNull(),
  },
  (t) => [primaryKey({ columns: [t.date, t.userId] })],
);

/** Days (UTC) that payments, labels or verdicts have touched since daily figures were computed; written in their own transaction, so it has no key to wait for. */
export const touchedDays = pgTable('touched_days', {
  day: date('day', { mode: 'string' }).notNull(),
});

/** One row a run of a job, from its start on: also when it failed, was skipped, was lost with its process, or never came. */
export const jobRuns = pgTable(
  'job_runs',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    jobName: varchar('job_name', { length: 100 }).notNull(),
    startedAt: moment('started_at').notNull(),
    endedAt: moment('ended_at'),
    status: varchar('status', { length: 10 }).notNull(),
    affectedRows: bigint('affected_rows', { mode: 'number' }),
    errorMessage: text('error_message'),
    startedBy: varchar('started_by', { length: 100 }).notNull(),
    detail: jsonb('detail'),
    cancelledBy: key('cancelled_by'),
  },
  (t) => [
    index('job_runs_job_idx').on(t.jobName, t.startedAt.desc().nullsFirst()),
    index('job_runs_time_idx').on(t.startedAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('job_runs_open_idx').on(t.id).where(sql`status IN ('waiting','running')`),
    uniqueIndex('job_runs_waiting_key').on(t.jobName).where(sql`status = 'waiting'`),
    check(
      'job_runs_status_check',
      sql`status IN ('waiting','running','ok','failed','skipped','missed','lost')`,
    ),
  ],
);

/** The last planned moment of each job that a worker took: of two workers one gets it. */
export const jobSlots = pgTable('job_slots', {
  jobName: varchar('job_name', { length: 100 }).primaryKey(),
  slot: moment('slot').notNull(),
  /** The one taken before it: what lies between was missed. */
  previous: moment('previous'),
  takenBy: varchar('taken_by', { length: 100 }).notNull(),
  takenAt: moment('taken_at').notNull().defaultNow(),
});

/** Jobs that no schedule starts for the time being. */
export const jobPauses = pgTable('job_pauses', {
  jobName: varchar('job_name', { length: 100 }).primaryKey(),
  pausedBy: key('paused_by').notNull(),
  reason: text('reason').notNull(),
  pausedAt: moment('paused_at').notNull().defaultNow(),
});

/** How far a job has come. */
export const jobMarks = pgTable('job_marks', {
  jobName: varchar('job_name', { length: 100 }).primaryKey(),
  mark: moment('mark').notNull(),
});

/** Typed requests for statements that cannot run inside a function; the worker carries them out. */
export const maintenanceRequests = pgTable(
  'maintenance_requests',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    kind: varchar('kind', { length: 40 }).notNull(),
    arguments: jsonb('arguments').notNull(),
    status: varchar('status', { length: 10 }).notNull().default('waiting'),
    requestedBy: key('requested_by').notNull(),
    requestedAt: moment('requested_at').notNull().defaultNow(),
    reason: text('reason'),
    startedAt: moment('started_at'),
    endedAt: moment('ended_at'),
    /** The worker that runs it, and how many have: each write of a worker names its own attempt. */
    takenBy: varchar('taken_by', { length: 100 }),
    attempts: integer('attempts').notNull().default(0),
    progress: jsonb('progress'),
    cancelRequestedAt: moment('cancel_requested_at'),
    result: jsonb('result'),
    errorMessage: text('error_message'),
  },
  (t) => [
    index('maintenance_requests_open_idx').on(t.id).where(sql`status IN ('waiting','running')`),
    check(
      'maintenance_requests_status_check',
      sql`status IN ('waiting','running','ok','failed','cancelled')`,
    ),
  ],
);

/** Keeps a month out of the archive. */
export const partitionHolds = pgTable('partition_holds', {
  month: date('month', { mode: 'string' }).primaryKey(),
  reason: text('reason').notNull(),
  heldBy: key('held_by').notNull(),
  until: moment('until'),
  createdAt: moment('created_at').notNull().defaultNow(),
});

/**
 * One row a file that was imported with these options: what was in it, and how far it has come. Rows before `next_row` are
 * recorded or rejected (counted from 0).
 */
export const imports = pgTable(
  'imports',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    fileName: varchar('file_name', { length: 500 }).notNull(),
    /** SHA-256 over the content of the file and what was made of it. */
    fingerprint: char('fingerprint', { length: 64 }).notNull().unique(),
    options: jsonb('options').notNull(),
    status: varchar('status', { length: 20 }).notNull().default('running'),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    firstAt: moment('first_at'),
    lastAt: moment('last_at'),
    nextRow: bigint('next_row', { mode: 'number' }).notNull().default(0),
    recorded: bigint('recorded', { mode: 'number' }).notNull().default(0),
    /** Payments that were there before. */
    known: bigint('known', { mode: 'number' }).notNull().default(0),
    rejected: bigint('rejected', { mode: 'number' }).notNull().default(0),
    labels: bigint('labels', { mode: 'number' }).notNull().default(0),
    /** The definition of the index of embeddings, where this import has set it aside to build it at its end. */
    embeddingIndex: text('embedding_index'),
    startedBy: key('started_by').notNull(),
    startedAt: moment('started_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    finishedAt: moment('finished_at'),
  },
  () => [check('imports_status_check', sql`status IN ('running','finished')`)],
);

/** pg_stat_statements as differences per minute, so that resets and restarts lose nothing. */
export const queryStats = pgTable(
  'query_stats',
  {
    capturedAt: moment('captured_at').notNull(),
    queryId: bigint('query_id', { mode: 'bigint' }).notNull(),
    roleName: varchar('role_name', { length: 63 }).notNull(),
    calls: bigint('calls', { mode: 'number' }).notNull(),
    totalTimeMs: doublePrecision('total_time_ms').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    sharedBlocksHit: bigint('shared_blocks_hit', { mode: 'number' }).notNull(),
    sharedBlocksRead: bigint('shared_blocks_read', { mode: 'number' }).notNull(),
    tempBlocksWritten: bigint('temp_blocks_written', { mode: 'number' }).notNull().default(0),
    /** Waiting for disk; 0 while track_io_timing is off. */
    ioTimeMs: doublePrecision('io_time_ms').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.capturedAt, t.queryId, t.roleName] }),
    index('query_stats_query_idx').on(t.queryId, t.capturedAt.desc().nullsFirst()),
  ],
);

/** The text of each query in query_stats and its last seen counters. */
export const queryTexts = pgTable(
  'query_texts',
  {
    queryId: bigint('query_id', { mode: 'bigint' }).notNull(),
    roleName: varchar('role_name', { length: 63 }).notNull(),
    queryText: text('query_text').notNull(),
    calls: bigint('calls', { mode: 'number' }).notNull(),
    totalTimeMs: doublePrecision('total_time_ms').notNull(),
    rows: bigint('rows', { mode: 'number' }).notNull(),
    sharedBlocksHit: bigint('shared_blocks_hit', { mode: 'number' }).notNull(),
    sharedBlocksRead: bigint('shared_blocks_read', { mode: 'number' }).notNull(),
    /** Null until they are seen for the first time: what was counted before has no date. */
    tempBlocksWritten: bigint('temp_blocks_written', { mode: 'number' }),
    ioTimeMs: doublePrecision('io_time_ms'),
    seenAt: moment('seen_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.queryId, t.roleName] })],
);

/** What each check of the database found last, and since when it says so. */
export const healthChecks = pgTable(
  'health_checks',
  {
    name: varchar('name', { length: 60 }).primaryKey(),
    status: varchar('status', { length: 10 }).notNull(),
    /** When it took this status, and the one before. */
    since: moment('since').notNull(),
    previousStatus: varchar('previous_status', { length: 10 }),
    value: doublePrecision('value'),
    lastGoodAt: moment('last_good_at'),
    lastGoodValue: doublePrecision('last_good_value'),
    checkedAt: moment('checked_at').notNull(),
    /** How many things were looked at, the reason when nothing was judged, facts, evidence and statements. */
    result: jsonb('result').notNull(),
    /** The statements it was read with, and what they cost together with the other checks of their group. */
    groupName: varchar('group_name', { length: 40 }).notNull(),
    groupMs: doublePrecision('group_ms').notNull(),
  },
  () => [
    check('health_checks_status_check', sql`status IN ('ok','warning','critical','skipped','too_little')`),
  ],
);

/** Which replaceable object file was last applied, and for which server. */
export const appliedObjects = pgTable('applied_objects', {
  file: varchar('file', { length: 200 }).primaryKey(),
  hash: varchar('hash', { length: 64 }).notNull(),
  appliedAt: moment('applied_at').notNull().defaultNow(),
});

/** What this server has, found at every start. */
export const serverCapabilities = pgTable('server_capabilities', {
  capability: varchar('capability', { length: 40 }).primaryKey(),
  present: boolean('present').notNull(),
  detail: text('detail'),
  checkedAt: moment('checked_at').notNull().defaultNow(),
});
