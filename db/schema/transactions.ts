import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  check,
  doublePrecision,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  real,
  smallint,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { ipAddress, key, moment } from './columns';

/** Customers under watch: inserted when first seen. People who sign in are `console_users`. */
export const users = pgTable('users', {
  userId: key('user_id').primaryKey(),
  displayName: varchar('display_name', { length: 200 }),
  country: char('country', { length: 2 }),
  firstSeenAt: moment('first_seen_at').notNull().defaultNow(),
});

export const merchants = pgTable('merchants', {
  merchantId: key('merchant_id').primaryKey(),
  displayName: varchar('display_name', { length: 200 }),
  category: varchar('category', { length: 50 }),
  country: char('country', { length: 2 }),
  latitude: doublePrecision('latitude'),
  longitude: doublePrecision('longitude'),
  firstSeenAt: moment('first_seen_at').notNull().defaultNow(),
});

/** The columns of a payment, shared by `transactions` and `transactions_archive`. */
const payment = {
  transactionId: key('transaction_id').notNull(),
  userId: key('user_id').notNull(),
  merchantId: key('merchant_id').notNull(),
  transactionTimestamp: moment('transaction_timestamp').notNull(),
  recordedAt: moment('recorded_at').notNull(),
  amount: numeric('amount', { precision: 15, scale: 2 }).notNull(),
  currency: char('currency', { length: 3 }).notNull(),
  amountBase: numeric('amount_base', { precision: 15, scale: 2 }).notNull(),
  latitude: doublePrecision('latitude'),
  longitude: doublePrecision('longitude'),
  country: char('country', { length: 2 }),
  deviceId: key('device_id'),
  ipAddress: ipAddress('ip_address'),
  channel: varchar('channel', { length: 20 }),
  cardToken: key('card_token'),
  merchantCategory: varchar('merchant_category', { length: 50 }),
  metadata: jsonb('metadata'),
  fraudScore: numeric('fraud_score', { precision: 5, scale: 4 }).notNull(),
  riskLevel: varchar('risk_level', { length: 10 }).notNull(),
  decision: varchar('decision', { length: 10 }).notNull(),
  decisionVersion: varchar('decision_version', { length: 64 }).notNull(),
  latencyMs: real('latency_ms'),
  isFraud: boolean('is_fraud'),
  labelSource: varchar('label_source', { length: 20 }),
  labelledAt: moment('labelled_at'),
};

/** Payments, by month and risk at decision time. */
export const transactions = pgTable('transactions', payment, (t) => [
  primaryKey({ columns: [t.transactionId, t.transactionTimestamp, t.riskLevel] }),
  check('transactions_amount_check', sql`amount >= 0 AND amount <> 'NaN'`),
  check('transactions_amount_base_check', sql`amount_base >= 0 AND amount_base <> 'NaN'`),
  check('transactions_score_check', sql`fraud_score >= 0 AND fraud_score <= 1`),
  check('transactions_risk_check', sql`risk_level IN ('MINIMAL','LOW','MEDIUM','HIGH','CRITICAL')`),
  check('transactions_decision_check', sql`decision IN ('ALLOW','REVIEW','BLOCK')`),
  check(
    'transactions_label_check',
    sql`(is_fraud IS NULL) = (labelled_at IS NULL) AND (is_fraud IS NULL) = (label_source IS NULL)`,
  ),
  // The plan's index, its INCLUDE list is added in the migration (drizzle-kit has no INCLUDE).
  index('idx_transactions_ml_composite').on(
    t.userId,
    t.merchantId,
    t.transactionTimestamp,
    t.amount,
    t.fraudScore,
  ),
  index('idx_transactions_recent_fraud')
    .on(t.transactionTimestamp, t.fraudScore, t.riskLevel)
    .where(sql`is_fraud`),
  index('transactions_time_idx').on(
    t.transactionTimestamp.desc().nullsFirst(),
    t.transactionId.desc().nullsFirst(),
  ),
  index('transactions_user_time_idx').on(t.userId, t.transactionTimestamp),
  index('transactions_card_time_idx')
    .on(t.cardToken, t.transactionTimestamp)
    .where(sql`card_token IS NOT NULL`),
  index('transactions_device_time_idx')
    .on(t.deviceId, t.transactionTimestamp)
    .where(sql`device_id IS NOT NULL`),
  index('transactions_ip_time_idx')
    .on(t.ipAddress, t.transactionTimestamp)
    .where(sql`ip_address IS NOT NULL`),
  index('transactions_merchant_time_idx').on(t.merchantId, t.transactionTimestamp),
  index('transactions_merchant_label_idx').on(t.merchantId, t.labelledAt).where(sql`is_fraud`),
  index('transactions_decided_idx')
    .on(t.transactionTimestamp.desc().nullsFirst(), t.transactionId.desc().nullsFirst())
    .where(sql`decision <> 'ALLOW'`),
  // Blocked ones alone: among low risks there are none, and each payment sent to review would be looked at for it.
  index('transactions_blocked_idx')
    .on(t.transactionTimestamp.desc().nullsFirst(), t.transactionId.desc().nullsFirst())
    .where(sql`decision = 'BLOCK'`),
]);

/** Archived months, the same tree as `transactions`. */
export const transactionsArchive = pgTable('transactions_archive', payment, (t) => [
  primaryKey({ columns: [t.transactionId, t.transactionTimestamp, t.riskLevel] }),
  index('transactions_archive_time_idx').on(
    t.transactionTimestamp.desc().nullsFirst(),
    t.transactionId.desc().nullsFirst(),
  ),
  index('transactions_archive_user_time_idx').on(t.userId, t.transactionTimestamp),
]);

/**
 * Ingest log and queue: PENDING → PROCESSING → DONE, or FAILED → tried again → DEAD → PENDING again or DISCARDED.
 * A claim is a lease with an epoch; `processed_at` is when the row came to an end.
 */
export const transactionStream = pgTable(
  'transaction_stream',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    transactionId: key('transaction_id').notNull(),
    rawData: jsonb('raw_data').notNull(),
    processedAt: moment('processed_at'),
    processingStatus: varchar('processing_status', { length: 20 }).notNull().default('PENDING'),
    errorMessage: text('error_message'),
    retryCount: integer('retry_count').notNull().default(0),
    receivedAt: moment('received_at').notNull().defaultNow(),
    payloadHash: char('payload_hash', { length: 64 }).notNull(),
    answer: text('answer'),
    leaseUntil: moment('lease_until'),
    leaseEpoch: integer('lease_epoch').notNull().default(0),
    leasedBy: varchar('leased_by', { length: 100 }),
    /** Not before; also the order of the queue. A row that nothing waits for has none. */
    nextTryAt: moment('next_try_at').defaultNow(),
    /** Why it failed, as a word; `error_message` says it in full. */
    errorCode: varchar('error_code', { length: 40 }),
    discardReason: varchar('discard_reason', { length: 500 }),
  },
  (t) => [
    uniqueIndex('transaction_stream_transaction_id_key').on(t.transactionId),
    index('transaction_stream_open_idx')
      .on(t.nextTryAt, t.id)
      .where(sql`processing_status IN ('PENDING','PROCESSING','FAILED')`),
    index('transaction_stream_failed_idx').on(t.id).where(sql`processing_status = 'FAILED'`),
    index('transaction_stream_dead_idx').on(t.id).where(sql`processing_status = 'DEAD'`),
    index('transaction_stream_dead_code_idx').on(t.errorCode, t.id).where(sql`processing_status = 'DEAD'`),
    index('transaction_stream_discarded_idx').on(t.id).where(sql`processing_status = 'DISCARDED'`),
    index('transaction_stream_received_idx').on(t.receivedAt),
    check(
      'transaction_stream_status_check',
      sql`processing_status IN ('PENDING','PROCESSING','DONE','FAILED','DEAD','DISCARDED')`,
    ),
    // What has no place in the queue would wait for ever.
    check(
      'transaction_stream_open_check',
      sql`processing_status NOT IN ('PENDING','PROCESSING','FAILED') OR next_try_at IS NOT NULL`,
    ),
    check(
      'transaction_stream_discard_check',
      sql`(processing_status = 'DISCARDED') = (discard_reason IS NOT NULL)`,
    ),
  ],
);

/** Sums of closed hours and days per entity; dropping it all changes no result. */
export const featureCache = pgTable(
  'feature_cache',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    cacheKey: varchar('cache_key', { length: 200 }).notNull(),
    featureData: jsonb('feature_data').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    accessCount: integer('access_count').notNull().default(0),
  },
  (t) => [
    uniqueIndex('feature_cache_cache_key_key').on(t.cacheKey),
    index('feature_cache_expires_idx').on(t.expiresAt),
    // The entities that are kept, among the thousand sums of each.
    index('feature_cache_kept_idx').on(t.cacheKey).where(sql`split_part(cache_key, ':', 2) = 'heavy'`),
  ],
);

/** The last recording time per user and card: what makes a concurrent decision notice that it is stale. */
export const entityHeads = pgTable(
  'entity_heads',
  {
    entity: varchar('entity', { length: 10 }).notNull(),
    key: key('key').notNull(),
    recordedAt: moment('recorded_at').notNull(),
    payments: bigint('payments', { mode: 'number' }).notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.entity, t.key] })],
);

export const modelPredictions = pgTable(
  'model_predictions',
  {
    transactionId: key('transaction_id').notNull(),
    transactionTimestamp: moment('transaction_timestamp').notNull(),
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    arm: varchar('arm', { length: 20 }).notNull().default('champion'),
    // The test whose arm that is; null where none ran.
    abTestId: integer('ab_test_id'),
    probability: real('probability').notNull(),
    baseLogOdds: real('base_log_odds').notNull(),
    contributions: real('contributions').array().notNull(),
    latencyMs: real('latency_ms'),
  },
  (t) => [
    primaryKey({ columns: [t.transactionId, t.transactionTimestamp] }),
    check('model_predictions_probability_check', sql`probability >= 0 AND probability <= 1`),
    index('model_predictions_ab_test_idx')
      .on(t.abTestId, t.transactionTimestamp)
      .where(sql`ab_test_id IS NOT NULL`),
  ],
);

export const ruleHits = pgTable(
  'rule_hits',
  {
    transactionId: key('transaction_id').notNull(),
    transactionTimestamp: moment('transaction_timestamp').notNull(),
    ruleVersionId: integer('rule_version_id').notNull(),
    ruleId: integer('rule_id').notNull(),
    position: smallint('position').notNull(),
    decision: varchar('decision', { length: 10 }),
    points: real('points'),
    tags: text('tags').array(),
    severity: varchar('severity', { length: 10 }),
    reasonCode: varchar('reason_code', { length: 60 }).notNull(),
    reasonValues: jsonb('reason_values').notNull(),
    seen: jsonb('seen').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.transactionId, t.transactionTimestamp, t.ruleVersionId] }),
    index('rule_hits_rule_time_idx').on(t.ruleId, t.transactionTimestamp.desc().nullsFirst()),
  ],
);
