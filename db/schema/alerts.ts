import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  check,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  serial,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { key, moment } from './columns';

export const fraudAlerts = pgTable(
  'fraud_alerts',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    transactionId: key('transaction_id').notNull(),
    transactionTimestamp: moment('transaction_timestamp').notNull(),
    userId: key('user_id').notNull(),
    merchantId: key('merchant_id').notNull(),
    cardToken: key('card_token'),
    amount: numeric('amount', { precision: 15, scale: 2 }).notNull(),
    currency: char('currency', { length: 3 }).notNull(),
    amountBase: numeric('amount_base', { precision: 15, scale: 2 }).notNull(),
    fraudScore: numeric('fraud_score', { precision: 5, scale: 4 }).notNull(),
    riskLevel: varchar('risk_level', { length: 10 }).notNull(),
    decision: varchar('decision', { length: 10 }).notNull(),
    severity: varchar('severity', { length: 10 }).notNull(),
    status: varchar('status', { length: 12 }).notNull().default('open'),
    disposition: varchar('disposition', { length: 20 }),
    // What fired, as stored with the decision: [{ rule, code, values }] and pattern names.
    reasons: jsonb('reasons').notNull(),
    rules: integer('rules').array().notNull().default(sql`'{}'`),
    patterns: text('patterns').array().notNull().default(sql`'{}'`),
    // Position in the queue: due time brought forward by risk × money, so that the order never changes with time.
    queueAt: moment('queue_at').notNull(),
    slaDueAt: moment('sla_due_at').notNull(),
    assigneeId: key('assignee_id'),
    leaseUntil: moment('lease_until'),
    note: text('note'),
    decidedBy: key('decided_by'),
    decidedAt: moment('decided_at'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('fraud_alerts_transaction_id_key').on(t.transactionId),
    index('fraud_alerts_queue_idx').on(t.queueAt, t.id).where(sql`status <> 'decided'`),
    index('fraud_alerts_due_idx').on(t.slaDueAt).where(sql`status <> 'decided'`),
    index('fraud_alerts_created_idx').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('fraud_alerts_decided_idx')
      .on(t.decidedAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`status = 'decided'`),
    index('fraud_alerts_patterns_idx').on(t.createdAt).where(sql`patterns <> '{}'`),
    index('fraud_alerts_user_idx').on(t.userId, t.createdAt),
    index('fraud_alerts_merchant_idx').on(t.merchantId, t.createdAt),
    index('fraud_alerts_assignee_idx').on(t.assigneeId, t.queueAt).where(sql`assignee_id IS NOT NULL`),
    check('fraud_alerts_status_check', sql`status IN ('open','escalated','decided')`),
    check('fraud_alerts_severity_check', sql`severity IN ('info','warning','critical')`),
    check(
      'fraud_alerts_disposition_check',
      sql`(status = 'decided') = (disposition IS NOT NULL) AND disposition IN ('fraud','good_alert','false_positive')`,
    ),
  ],
);

/** Typologies: weighted sets of rules with thresholds. */
export const fraudPatterns = pgTable('fraud_patterns', {
  id: serial('id').primaryKey(),
  // Goes up with each change: one based on an older one is refused.
  version: integer('version').notNull().default(1),
  patternName: varchar('pattern_name', { length: 100 }).notNull().unique(),
  description: text('description'),
  rules: jsonb('rules').notNull(),
  reviewThreshold: numeric('review_threshold', { precision: 5, scale: 4 }).notNull(),
  blockThreshold: numeric('block_threshold', { precision: 5, scale: 4 }).notNull(),
  isActive: boolean('is_active').notNull().default(false),
  createdBy: key('created_by'),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

export const cases = pgTable(
  'cases',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    title: varchar('title', { length: 200 }).notNull(),
    status: varchar('status', { length: 12 }).notNull().default('open'),
    severity: varchar('severity', { length: 10 }).notNull().default('warning'),
    assigneeId: key('assignee_id'),
    slaDueAt: moment('sla_due_at'),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    closedAt: moment('closed_at'),
  },
  (t) => [
    index('cases_open_idx')
      .on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`status = 'open'`),
    check('cases_status_check', sql`status IN ('open','closed')`),
  ],
);

export const caseEvents = pgTable(
  'case_events',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    caseId: bigint('case_id', { mode: 'number' })
      .notNull()
      .references(() => cases.id),
    kind: varchar('kind', { length: 30 }).notNull(),
    actorId: key('actor_id').notNull(),
    body: jsonb('body').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [index('case_events_case_idx').on(t.caseId, t.id)],
);
