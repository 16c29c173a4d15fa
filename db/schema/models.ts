import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  check,
  date,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  real,
  serial,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { key, moment } from './columns';

export const mlModelPerformance = pgTable(
  'ml_model_performance',
  {
    id: serial('id').primaryKey(),
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    windowStart: moment('window_start').notNull(),
    windowEnd: moment('window_end').notNull(),
    truePositives: integer('true_positives').notNull(),
    falsePositives: integer('false_positives').notNull(),
    trueNegatives: integer('true_negatives').notNull(),
    falseNegatives: integer('false_negatives').notNull(),
    precision: real('precision'),
    recall: real('recall'),
    f1Score: real('f1_score'),
    aucRoc: real('auc_roc'),
    averagePrecision: real('average_precision'),
    threshold: real('threshold').notNull(),
    logLoss: real('log_loss'),
    // 95 % intervals by figure: { precision: [low, high], … }.
    intervals: jsonb('intervals'),
    sampleSize: integer('sample_size').notNull(),
    // `training`: by payments it had not seen. `live`: by payments it scored, once their labels are mature.
    source: varchar('source', { length: 10 }).notNull().default('training'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    check('ml_model_performance_source_check', sql`source IN ('training','live')`),
    uniqueIndex('ml_model_performance_window_key').on(
      t.modelName,
      t.modelVersion,
      t.windowStart,
      t.windowEnd,
    ),
  ],
);

export const modelExperiments = pgTable(
  'model_experiments',
  {
    id: serial('id').primaryKey(),
    experimentName: varchar('experiment_name', { length: 100 }).notNull(),
    modelType: varchar('model_type', { length: 50 }).notNull(),
    hyperparameters: jsonb('hyperparameters').notNull(),
    trainingDataHash: varchar('training_data_hash', { length: 64 }),
    validationMetrics: jsonb('validation_metrics'),
    trainingDurationMinutes: integer('training_duration_minutes'),
    trainingMs: bigint('training_ms', { mode: 'number' }),
    createdBy: key('created_by'),
    status: varchar('status', { length: 20 }).notNull().default('RUNNING'),
    // 0 … 1, and what it is at.
    progress: real('progress').notNull().default(0),
    message: varchar('message', { length: 500 }),
    // The process that trains says so while it lives.
    heartbeatAt: moment('heartbeat_at'),
    endedAt: moment('ended_at'),
    // What came of it.
    modelName: varchar('model_name', { length: 100 }),
    modelVersion: varchar('model_version', { length: 20 }),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    check('model_experiments_status_check', sql`status IN ('WAITING','RUNNING','DONE','FAILED','CANCELLED')`),
    index('model_experiments_open_idx').on(t.id).where(sql`status IN ('WAITING','RUNNING')`),
  ],
);

export const featureImportance = pgTable(
  'feature_importance',
  {
    id: serial('id').primaryKey(),
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    featureName: varchar('feature_name', { length: 100 }).notNull(),
    importanceScore: numeric('importance_score', { precision: 8, scale: 6 }).notNull(),
    importanceRank: integer('importance_rank'),
    calculationMethod: varchar('calculation_method', { length: 50 }),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [index('feature_importance_model_idx').on(t.modelName, t.modelVersion, t.importanceRank)],
);

/** The champion (a) against one challenger (b); at most one at a time. */
export const modelAbTests = pgTable(
  'model_ab_tests',
  {
    id: serial('id').primaryKey(),
    testName: varchar('test_name', { length: 100 }).notNull(),
    modelA: varchar('model_a', { length: 100 }).notNull(),
    modelAVersion: varchar('model_a_version', { length: 20 }).notNull(),
    modelB: varchar('model_b', { length: 100 }).notNull(),
    modelBVersion: varchar('model_b_version', { length: 20 }).notNull(),
    // Share of customers whose payments the challenger scores.
    trafficSplit: numeric('traffic_split', { precision: 3, scale: 2 }).notNull().default('0.5'),
    primaryMeasure: varchar('primary_measure', { length: 20 }).notNull(),
    // Judged payments that each arm needs before there is a verdict.
    minLabelled: integer('min_labelled').notNull(),
    // A payment without a label counts as genuine after so many days; null leaves it out.
    matureDays: integer('mature_days'),
    createdBy: key('created_by').notNull(),
    startDate: moment('start_date').notNull().defaultNow(),
    endDate: moment('end_date'),
    endedBy: key('ended_by'),
    endReason: varchar('end_reason', { length: 500 }),
    // The arm that decides from then on; null while it runs and where it was stopped.
    winner: varchar('winner', { length: 20 }),
    status: varchar('status', { length: 20 }).notNull().default('ACTIVE'),
    // What was measured last, by arm; never touched again once the test has ended.
    results: jsonb('results'),
  },
  (t) => [
    uniqueIndex('model_ab_tests_active_key').on(t.status).where(sql`status = 'ACTIVE'`),
    check('model_ab_tests_status_check', sql`status IN ('ACTIVE','CONCLUDED','STOPPED')`),
    check('model_ab_tests_split_check', sql`traffic_split BETWEEN 0.01 AND 0.5`),
    check(
      'model_ab_tests_measure_check',
      sql`primary_measure IN ('recall','precision','averagePrecision','aucRoc')`,
    ),
    check('model_ab_tests_winner_check', sql`winner IN ('champion','challenger')`),
    check('model_ab_tests_end_check', sql`(status = 'ACTIVE') = (end_date IS NULL)`),
  ],
);

/** Models that may decide: the champion scores payments. */
export const models = pgTable(
  'models',
  {
    id: serial('id').primaryKey(),
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    modelType: varchar('model_type', { length: 50 }).notNull(),
    parameters: jsonb('parameters').notNull(),
    isChampion: boolean('is_champion').notNull().default(false),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('models_version_key').on(t.modelName, t.modelVersion),
    uniqueIndex('models_champion_key').on(t.isChampion).where(sql`is_champion`),
  ],
);

/** What a champion's inputs and scores looked like when all was well: bins and their counts, by feature. */
export const modelReferences = pgTable(
  'model_references',
  {
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    // When it was promoted last; null for one that has decided from the first payment on.
    promotedAt: moment('promoted_at'),
    // Payments of [from_at, to_at); null while there are none to look at.
    fromAt: moment('from_at'),
    toAt: moment('to_at'),
    payments: integer('payments').notNull().default(0),
    // { "card.count_10m": { "cuts": [0.5, 1.5], "counts": [900, 80, 20, 0] }, … }: the last count is of missing values.
    distributions: jsonb('distributions').notNull().default({}),
  },
  (t) => [primaryKey({ columns: [t.modelName, t.modelVersion] })],
);

/** How far each feature of the champion, and its score, lay from the reference on a day. */
export const modelDrift = pgTable(
  'model_drift',
  {
    modelName: varchar('model_name', { length: 100 }).notNull(),
    modelVersion: varchar('model_version', { length: 20 }).notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    // A field of the catalogue, or `score`.
    feature: varchar('feature', { length: 100 }).notNull(),
    // Population stability index; null where there were too few payments to say.
    psi: real('psi'),
    payments: integer('payments').notNull(),
    counts: integer('counts').array().notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.modelName, t.modelVersion, t.day, t.feature] }),
    index('model_drift_day_idx').on(t.day),
  ],
);
