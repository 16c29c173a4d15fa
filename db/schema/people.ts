import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  char,
  check,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  serial,
  text,
  uniqueIndex,
  uuid,
  varchar,
} from 'drizzle-orm/pg-core';
import { ipAddress, key, moment } from './columns';

/** People who sign in. `users` are customers. */
export const consoleUsers = pgTable(
  'console_users',
  {
    id: uuid('id').primaryKey().defaultRandom(),
    email: varchar('email', { length: 200 }).notNull(),
    name: varchar('name', { length: 100 }).notNull(),
    role: varchar('role', { length: 20 }).notNull(),
    // argon2id; null until the one-time link has been used.
    passwordHash: text('password_hash'),
    passwordChangedAt: moment('password_changed_at'),
    isActive: boolean('is_active').notNull().default(true),
    lastSignInAt: moment('last_sign_in_at'),
    createdBy: key('created_by'),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('console_users_email_key').on(sql`lower(${t.email})`),
    check(
      'console_users_role_check',
      sql`role IN ('analyst','senior_analyst','security_officer','db_operator','data_scientist','auditor','admin')`,
    ),
  ],
);

/** One-time links to set a password; only the SHA-256 of the token is kept. */
export const passwordLinks = pgTable(
  'password_links',
  {
    tokenHash: char('token_hash', { length: 64 }).primaryKey(),
    consoleUserId: uuid('console_user_id')
      .notNull()
      .references(() => consoleUsers.id),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
    expiresAt: moment('expires_at').notNull(),
    usedAt: moment('used_at'),
  },
  (t) => [index('password_links_user_idx').on(t.consoleUserId)],
);

/** A sign-in; `session_id` holds the SHA-256 (hex) of the token, never the token. */
export const userSessions = pgTable(
  'user_sessions',
  {
    id: serial('id').primaryKey(),
    sessionId: key('session_id').notNull(),
    userId: key('user_id').notNull(),
    ipAddress: ipAddress('ip_address'),
    userAgent: text('user_agent'),
    createdAt: moment('created_at').notNull().defaultNow(),
    lastActivity: moment('last_activity').notNull().defaultNow(),
    // The absolute limit; the idle limit is last_activity + session.idle_minutes.
    expiresAt: moment('expires_at').notNull(),
    isActive: boolean('is_active').notNull().default(true),
    deviceHash: char('device_hash', { length: 64 }),
    endedAt: moment('ended_at'),
    endedBy: key('ended_by'),
    endReason: varchar('end_reason', { length: 30 }),
  },
  (t) => [
    uniqueIndex('user_sessions_session_id_key').on(t.sessionId),
    index('user_sessions_user_idx').on(t.userId, t.isActive),
    index('user_sessions_last_idx').on(t.lastActivity.desc().nullsFirst(), t.id.desc().nullsFirst()),
  ],
);

/** Devices a person has signed in from: a sign-in from another one is an event. */
export const knownDevices = pgTable(
  'known_devices',
  {
    consoleUserId: uuid('console_user_id')
      .notNull()
      .references(() => consoleUsers.id),
    deviceHash: char('device_hash', { length: 64 }).notNull(),
    firstSeenAt: moment('first_seen_at').notNull().defaultNow(),
    lastSeenAt: moment('last_seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.consoleUserId, t.deviceHash] })],
);

/** Failed sign-ins per guarded thing (an account, an address), counted by one atomic statement before hashing. */
export const loginGuard = pgTable('login_guard', {
  guardKey: varchar('guard_key', { length: 200 }).primaryKey(),
  failures: integer('failures').notNull().default(0),
  windowStart: moment('window_start').notNull().defaultNow(),
  lockedUntil: moment('locked_until'),
});

export const apiKeys = pgTable(
  'api_keys',
  {
    id: serial('id').primaryKey(),
    name: varchar('name', { length: 100 }).notNull(),
    // Who answers for the key: a console user's id.
    ownerId: key('owner_id').notNull(),
    // Shown to tell keys apart; the key itself is kept as SHA-256 only.
    prefix: varchar('prefix', { length: 20 }).notNull(),
    keyHash: char('key_hash', { length: 64 }).notNull(),
    scopes: text('scopes').array().notNull(),
    ratePerSecond: integer('rate_per_second').notNull().default(1000),
    burst: integer('burst').notNull().default(2000),
    expiresAt: moment('expires_at'),
    revokedAt: moment('revoked_at'),
    revokedBy: key('revoked_by'),
    lastUsedAt: moment('last_used_at'),
    lastUsedIp: ipAddress('last_used_ip'),
    createdBy: key('created_by').notNull(),
    createdAt: moment('created_at').notNull().defaultNow(),
  },
  (t) => [
    uniqueIndex('api_keys_key_hash_key').on(t.keyHash),
    check(
      'api_keys_scopes_check',
      sql`scopes <@ ARRAY['ingest','labels','read'] AND cardinality(scopes) > 0`,
    ),
    check('api_keys_rate_check', sql`rate_per_second BETWEEN 1 AND 100000 AND burst BETWEEN 1 AND 1000000`),
  ],
);

/** Addresses a key was used from: a call from another one is an event. */
export const apiKeyAddresses = pgTable(
  'api_key_addresses',
  {
    apiKeyId: integer('api_key_id')
      .notNull()
      .references(() => apiKeys.id),
    ipAddress: ipAddress('ip_address').notNull(),
    firstSeenAt: moment('first_seen_at').notNull().defaultNow(),
  },
  (t) => [primaryKey({ columns: [t.apiKeyId, t.ipAddress] })],
);

/** Who did what to which, before and after. Written by append_audit() only. */
export const auditTrail = pgTable(
  'audit_trail',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    userId: key('user_id'),
    action: varchar('action', { length: 100 }).notNull(),
    resourceType: varchar('resource_type', { length: 50 }).notNull(),
    resourceId: key('resource_id'),
    oldValues: jsonb('old_values'),
    newValues: jsonb('new_values'),
    ipAddress: ipAddress('ip_address'),
    userAgent: text('user_agent'),
    timestamp: moment('timestamp').notNull().defaultNow(),
    sessionId: key('session_id'),
    actorType: varchar('actor_type', { length: 10 }).notNull(),
    actorName: varchar('actor_name', { length: 200 }).notNull(),
    outcome: varchar('outcome', { length: 10 }).notNull().default('success'),
    reason: text('reason'),
    requestId: varchar('request_id', { length: 40 }),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.timestamp] }),
    index('audit_trail_time_idx').on(t.timestamp.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('audit_trail_user_idx').on(t.userId, t.timestamp.desc().nullsFirst()),
    index('audit_trail_action_idx').on(t.action, t.timestamp.desc().nullsFirst()),
    index('audit_trail_resource_idx').on(t.resourceType, t.resourceId, t.timestamp.desc().nullsFirst()),
    check('audit_trail_actor_check', sql`actor_type IN ('user','api_key','system')`),
    check('audit_trail_outcome_check', sql`outcome IN ('success','failure','denied')`),
  ],
);

/** Marks that an audit row was looked at; the trail itself never changes. */
export const auditReviews = pgTable('audit_reviews', {
  auditId: bigint('audit_id', { mode: 'number' }).primaryKey(),
  auditTimestamp: moment('audit_timestamp').notNull(),
  reviewedBy: key('reviewed_by').notNull(),
  reviewedAt: moment('reviewed_at').notNull().defaultNow(),
  note: text('note'),
});

export const securityEvents = pgTable(
  'security_events',
  {
    id: bigint('id', { mode: 'number' }).notNull().generatedAlwaysAsIdentity(),
    eventType: varchar('event_type', { length: 50 }).notNull(),
    severity: varchar('severity', { length: 20 }).notNull(),
    // A sentence for people who read the table itself; the console words event_type and metadata.
    description: text('description').notNull(),
    userId: key('user_id'),
    ipAddress: ipAddress('ip_address'),
    metadata: jsonb('metadata'),
    resolved: boolean('resolved').notNull().default(false),
    createdAt: moment('created_at').notNull().defaultNow(),
    sessionId: key('session_id'),
    assigneeId: key('assignee_id'),
    resolvedBy: key('resolved_by'),
    resolvedAt: moment('resolved_at'),
    resolution: varchar('resolution', { length: 30 }),
    note: text('note'),
  },
  (t) => [
    primaryKey({ columns: [t.id, t.createdAt] }),
    index('security_events_time_idx').on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst()),
    index('security_events_open_idx')
      .on(t.createdAt.desc().nullsFirst(), t.id.desc().nullsFirst())
      .where(sql`NOT resolved`),
    index('security_events_user_idx').on(t.userId, t.createdAt.desc().nullsFirst()),
    check('security_events_severity_check', sql`severity IN ('info','warning','critical')`),
  ],
);
