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
  serial,
  text,
  uniqueIndex,
  varchar,
} from 'drizzle-orm/pg-core';
import { key, moment } from './columns';

/** The plan's table: mirrors the live (else latest) version of each rule, written by the same command. */
export const fraudRules = pgTable('fraud_rules', {
  id: serial('id').primaryKey(),
  ruleName: varchar('rule_name', { length: 100 }).notNull().unique(),
  ruleType: varchar('rule_type', { length: 50 }).notNull(),
  conditions: jsonb('conditions').notNull(),
  actions: jsonb('actions').notNull(),
  priority: integer('priority').notNull().default(100),
  isActive: boolean('is_active').notNull().default(false),
  createdBy: key('created_by'),
  createdAt: moment('created_at').notNull().defaultNow(),
  updatedAt: moment('updated_at').notNull().defaultNow(),
});

/** The truth about rules: every version, each in one of eight states. */
export const ruleVersions = pgTable(
  'rule_versions',
  {
    id: serial('id').primaryKey(),
    ruleId: integer('rule_id')
      .notNull()
      .references(() => fraudRules.id),
    version: integer('version').notNull(),
    state: varchar('state', { length: 12 }).notNull().default('draft'),
    ruleName: varchar('rule_name', { length: 100 }).notNull(),
    ruleType: varchar('rule_type', { length: 50 }).notNull(),
    description: text('description'),
    conditions: jsonb('conditions').notNull(),
    actions: jsonb('actions').notNull(),
    priority: integer('priority').notNull().default(100),
    reasonCode: varchar('reason_code', { length: 60 }).notNull().default('rule'),
    // Goes up with each edit of a draft: an edit based on an older one is refused.
    revision: integer('revision').notNull().default(1),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    updatedAt: moment('updated_at').notNull().defaultNow(),
    stateBy: key('state_by'),
    stateAt: moment('state_at').notNull().defaultNow(),
    stateNote: text('state_note'),
  },
  (t) => [
    uniqueIndex('rule_versions_rule_version_key').on(t.ruleId, t.version),
    uniqueIndex('rule_versions_live_key').on(t.ruleId).where(sql`state = 'live'`),
    index('rule_versions_state_idx').on(t.state),
    check(
      'rule_versions_state_check',
      sql`state IN ('draft','in_review','approved','shadow','canary','live','paused','retired')`,
    ),
  ],
);

/** What each version of a rule hit on a day and what became of it; a payment counts once for each version that it fired. */
export const ruleAnalytics = pgTable(
  'rule_analytics',
  {
    date: date('date', { mode: 'string' }).notNull(),
    ruleVersionId: integer('rule_version_id').notNull(),
    ruleId: integer('rule_id').notNull(),
    hitCount: integer('hit_count').notNull(),
    /** Hits that are labelled by now, as fraud and as genuine. */
    fraudCount: integer('fraud_count').notNull(),
    genuineCount: integer('genuine_count').notNull(),
    /** Fraud that was not let through, and genuine payments that were not, in the base currency. */
    caughtAmount: numeric('caught_amount', { precision: 15, scale: 2 }).notNull(),
    stoppedAmount: numeric('stopped_amount', { precision: 15, scale: 2 }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.date, t.ruleVersionId] })],
);

/** Allow and block lists over entities, with expiry. */
export const entityLists = pgTable(
  'entity_lists',
  {
    id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    listName: varchar('list_name', { length: 100 }).notNull(),
    kind: varchar('kind', { length: 10 }).notNull(),
    entity: varchar('entity', { length: 10 }).notNull(),
    value: key('value').notNull(),
    reason: text('reason'),
    expiresAt: moment('expires_at'),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('entity_lists_entry_key').on(t.listName, t.entity, t.value),
    index('entity_lists_value_idx').on(t.entity, t.value),
    check('entity_lists_kind_check', sql`kind IN ('allow','block','watch')`),
    check('entity_lists_entity_check', sql`entity IN ('user','card','device','ip','merchant','country')`),
  ],
);
