import { sql } from 'drizzle-orm';
import type { Page } from '../cursor';
import { AppError } from '../errors';
import { noInput, query } from '../operation';
import { type Device, deviceOf } from '../sessions/device';
import { withinLimits } from '../sessions/live-session';
import { exportPageInput, getAuditInput, listAuditInput } from './input';
import type { Outcome } from './kinds';
import { type RawEntry, readEntries, searchEntries } from './search';

/** One entry of the audit trail; times are ISO 8601 in UTC, before and after hold only what changed. */
export type AuditRow = {
  id: number;
  at: string;
  actorType: 'user' | 'api_key' | 'system';
  actorId: string | null;
  actorName: string;
  /** `rule:activate`, worded in messages (`audit.actions.rule.activate`). */
  action: string;
  resourceType: string;
  resourceId: string | null;
  resourceName: string | null;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
  outcome: Outcome;
  reason: string | null;
  reviewed: { at: string; by: string; note: string | null } | null;
};

/** With where it came from; `session` is the sign-in it was done in, if that is still on record. */
export type AuditDetail = AuditRow & {
  ip: string | null;
  device: Device | null;
  requestId: string | null;
  session: { id: number; since: string; active: boolean } | null;
};

const iso = (text: string): string => new Date(text).toISOString();

const shown = (row: RawEntry): AuditRow => ({
  id: Number(row.id),
  at: iso(row.timestamp),
  actorType: row.actor_type as AuditRow['actorType'],
  actorId: row.user_id,
  actorName: row.actor_name,
  action: row.action,
  resourceType: row.resource_type,
  resourceId: row.resource_id,
  resourceName: row.resource_name,
  before: row.old_values,
  after: row.new_values,
  outcome: row.outcome as Outcome,
  reason: row.reason,
  reviewed: row.reviewed_at
    ? { at: iso(row.reviewed_at), by: row.reviewed_by ?? '', note: row.review_note }
    : null,
});

/** Entries, the newest first. `searchedTo` is set when a search stopped for time; `next` goes on from there. */
export const listAudit = query({
  name: 'audit.list',
  can: 'audit:read',
  input: listAuditInput,
  live: true,
  run: async ({ db, input }): Promise<Page<AuditRow> & { searchedTo: string | null }> => {
    const { cursor, limit, ...filter } = input;
    const found = await searchEntries(db, filter, { cursor, limit, forMs: 2000 });
    return { rows: found.entries.map(shown), next: found.next, searchedTo: found.searchedTo };
  },
});

/** A page of an export: what `list` gives and where it came from. Asked only after `audit:export` was recorded. */
export const exportAuditPage = query({
  name: 'audit.export-page',
  can: 'audit:export',
  input: exportPageInput,
  run: async ({ db, input }) => {
    const { cursor, limit, ...filter } = input;
    const found = await searchEntries(db, filter, { cursor, limit, forMs: 5000 });
    return {
      rows: found.entries.map((entry) => ({
        ...shown(entry),
        ip: entry.ip,
        userAgent: entry.user_agent,
        requestId: entry.request_id,
      })),
      next: found.next,
    };
  },
});

/** @throws AppError('not_found') */
export const getAuditEntry = query({
  name: 'audit.get',
  can: 'audit:read',
  input: getAuditInput,
  live: true,
  run: async ({ db, input }): Promise<AuditDetail> => {
    const [row] = await readEntries(db, sql`a.id = ${input.id}`, 1);
    if (!row) throw new AppError('not_found', { detail: 'audit_entry' });
    const [session] = await db.execute<{ id: number; created_at: string; live: boolean }>(sql`
      select s.id, s.created_at, (u.is_active and ${withinLimits}) as live
      from user_sessions s join console_users u on u.id = s.user_id::uuid
      where s.session_id = ${row.session_id ?? ''}`);
    return {
      ...shown(row),
      ip: row.ip,
      device: row.user_agent ? deviceOf(row.user_agent) : null,
      requestId: row.request_id,
      session: session ? { id: session.id, since: iso(session.created_at), active: session.live } : null,
    };
  },
});

/** Who can be filtered by: everybody who signs in, by name. At most 500. */
export const listAuditPeople = query({
  name: 'audit.people',
  can: 'audit:read',
  input: noInput,
  run: async ({ db }): Promise<{ id: string; name: string }[]> => [
    ...(await db.execute<{ id: string; name: string }>(
      sql`select id, name from console_users order by lower(name), id limit 500`,
    )),
  ],
});
