import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor, type Page } from '../cursor';
import { AppError } from '../errors';
import { containing } from '../like';
import { query } from '../operation';
import { type Device, deviceOf } from '../sessions/device';
import { withinLimits } from '../sessions/live-session';
import { listSecurityEventsInput, securityEventInput } from './input';
import type { EventType, Severity } from './kinds';

/** Something an officer should look at; times are ISO 8601 in UTC. `metadata` gives the words their values. */
export type SecurityEventRow = {
  id: number;
  type: EventType;
  severity: Severity;
  description: string;
  userId: string | null;
  userName: string | null;
  ip: string | null;
  metadata: Record<string, string | number | boolean | null>;
  createdAt: string;
  assigneeId: string | null;
  assigneeName: string | null;
  resolved: boolean;
  resolvedAt: string | null;
  resolvedBy: string | null;
  resolution: string | null;
  note: string | null;
};

/** With the sign-in behind it, where there is one. */
export type SecurityEventDetail = SecurityEventRow & {
  session: { id: number; device: Device; createdAt: string; active: boolean } | null;
};

type Raw = {
  id: string;
  event_type: EventType;
  severity: Severity;
  description: string;
  user_id: string | null;
  user_name: string | null;
  ip: string | null;
  metadata: SecurityEventRow['metadata'] | null;
  created_at: string;
  created_key: string;
  assignee_id: string | null;
  assignee_name: string | null;
  resolved: boolean;
  resolved_at: string | null;
  resolved_by: string | null;
  resolution: string | null;
  note: string | null;
};

const iso = (text: string): string => new Date(text).toISOString();

const shown = (row: Raw): SecurityEventRow => ({
  id: Number(row.id),
  type: row.event_type,
  severity: row.severity,
  description: row.description,
  userId: row.user_id,
  userName: row.user_name,
  ip: row.ip,
  metadata: row.metadata ?? {},
  createdAt: iso(row.created_at),
  assigneeId: row.assignee_id,
  assigneeName: row.assignee_name,
  resolved: row.resolved,
  resolvedAt: row.resolved_at && iso(row.resolved_at),
  resolvedBy: row.resolved_by,
  resolution: row.resolution,
  note: row.note,
});

const read = (db: Db, where: SQL, limit: number): Promise<Raw[]> =>
  db.execute<Raw>(sql`
    select e.id, e.event_type, e.severity, e.description, e.user_id, u.name as user_name, host(e.ip_address) as ip,
      e.metadata, e.created_at, extract(epoch from e.created_at)::text as created_key, e.assignee_id,
      a.name as assignee_name, e.resolved, e.resolved_at, coalesce(r.name, e.resolved_by) as resolved_by, e.resolution,
      e.note
    from security_events e
      left join console_users u on u.id::text = e.user_id
      left join console_users a on a.id::text = e.assignee_id
      left join console_users r on r.id::text = e.resolved_by
    where ${where} order by e.created_at desc, e.id desc limit ${limit}`) as unknown as Promise<Raw[]>;

const eventCursor = z.tuple([z.string().regex(/^\d{1,12}(\.\d{1,6})?$/), z.number().int().positive()]);

/** Events, the newest first. `mine` are open ones that the asking person has taken. */
export const listSecurityEvents = query({
  name: 'security-event.list',
  can: 'security-event:read',
  input: listSecurityEventsInput,
  live: true,
  run: async ({ db, actor, input }): Promise<Page<SecurityEventRow>> => {
    const conditions = [sql`true`];
    if (input.state) conditions.push(input.state === 'resolved' ? sql`e.resolved` : sql`not e.resolved`);
    if (input.state === 'mine')
      conditions.push(sql`e.assignee_id = ${actor.kind === 'user' ? actor.userId : ''}`);
    if (input.severity?.length) conditions.push(sql`e.severity in ${input.severity}`);
    if (input.type) conditions.push(sql`e.event_type = ${input.type}`);
    if (input.user) conditions.push(sql`e.user_id = ${input.user}`);
    if (input.text) {
      const like = containing(input.text);
      conditions.push(
        sql`(e.description ilike ${like} or u.name ilike ${like} or host(e.ip_address) like ${like})`,
      );
    }
    if (input.cursor) {
      const [at, id] = decodeCursor(eventCursor, input.cursor);
      conditions.push(sql`(e.created_at, e.id) < (to_timestamp(${at}::numeric), ${id})`);
    }
    const rows = await read(db, sql.join(conditions, sql` and `), input.limit + 1);
    const kept = rows.slice(0, input.limit);
    const last = kept.at(-1);
    return {
      rows: kept.map(shown),
      next: rows.length > input.limit && last ? encodeCursor([last.created_key, Number(last.id)]) : null,
    };
  },
});

/** @throws AppError('not_found') */
export const getSecurityEvent = query({
  name: 'security-event.get',
  can: 'security-event:read',
  input: securityEventInput,
  live: true,
  run: async ({ db, input }): Promise<SecurityEventDetail> => {
    const [row] = await read(db, sql`e.id = ${input.id}`, 1);
    if (!row) throw new AppError('not_found', { detail: 'security_event' });
    const [session] = await db.execute<{
      id: number;
      user_agent: string | null;
      created_at: string;
      live: boolean;
    }>(sql`
      select s.id, s.user_agent, s.created_at, (u.is_active and ${withinLimits}) as live
      from security_events e join user_sessions s on s.session_id = e.session_id
        join console_users u on u.id = s.user_id::uuid
      where e.id = ${input.id} limit 1`);
    return {
      ...shown(row),
      session: session
        ? {
            id: session.id,
            device: deviceOf(session.user_agent),
            createdAt: iso(session.created_at),
            active: session.live,
          }
        : null,
    };
  },
});
