import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import type { Role } from '../access';
import { decodeCursor, encodeCursor, type Page } from '../cursor';
import { AppError } from '../errors';
import { containing } from '../like';
import { noInput, query } from '../operation';
import { type Device, deviceOf } from './device';
import { getSessionInput, listSessionsInput } from './input';
import { withinLimits } from './live-session';

export type SessionState = 'active' | 'idle' | 'expired' | 'ended';

/** A sign-in as people see it; times are ISO 8601 in UTC. The hash of its token never leaves the server. */
export type SessionRow = {
  id: number;
  userId: string;
  name: string;
  email: string;
  role: Role;
  ip: string | null;
  device: Device;
  createdAt: string;
  lastActivity: string;
  expiresAt: string;
  /** `idle` and `expired` ran over a limit; `ended` was ended by somebody. */
  state: SessionState;
  endedAt: string | null;
  endedBy: string | null;
  endReason: string | null;
  /** The one that asks. */
  current: boolean;
};

type Raw = {
  id: number;
  session_id: string;
  user_id: string;
  name: string;
  email: string;
  role: Role;
  ip: string | null;
  user_agent: string | null;
  created_at: string;
  last_activity: string;
  last_key: string;
  expires_at: string;
  is_active: boolean;
  live: boolean;
  over: boolean;
  ended_at: string | null;
  ended_by_name: string | null;
  end_reason: string | null;
};

const iso = (text: string): string => new Date(text).toISOString();

const shown = (row: Raw, own: string | null): SessionRow => ({
  id: row.id,
  userId: row.user_id,
  name: row.name,
  email: row.email,
  role: row.role,
  ip: row.ip,
  device: deviceOf(row.user_agent),
  createdAt: iso(row.created_at),
  lastActivity: iso(row.last_activity),
  expiresAt: iso(row.expires_at),
  state: row.live ? 'active' : !row.is_active ? 'ended' : row.over ? 'expired' : 'idle',
  endedAt: row.ended_at && iso(row.ended_at),
  endedBy: row.ended_by_name,
  endReason: row.end_reason,
  current: row.session_id === own,
});

const read = (db: Db, where: SQL, limit: number): Promise<Raw[]> =>
  db.execute<Raw>(sql`
    select s.id, s.session_id, s.user_id, u.name, u.email, u.role, host(s.ip_address) as ip, s.user_agent,
      s.created_at, s.last_activity, extract(epoch from s.last_activity)::text as last_key, s.expires_at,
      s.is_active, (u.is_active and ${withinLimits}) as live, s.expires_at <= now() as over,
      s.ended_at, coalesce(e.name, s.ended_by) as ended_by_name, s.end_reason
    from user_sessions s
      join console_users u on u.id = s.user_id::uuid
      left join console_users e on e.id::text = s.ended_by
    where ${where} order by s.last_activity desc, s.id desc limit ${limit}`) as unknown as Promise<Raw[]>;

const sessionCursor = z.tuple([z.string().regex(/^\d{1,12}(\.\d{1,6})?$/), z.number().int().positive()]);

/** Sign-ins, the most recently used first. `text` looks in names, addresses of people and IP addresses. */
export const listSessions = query({
  name: 'session.list',
  can: 'session:read',
  input: listSessionsInput,
  live: true,
  run: async ({ db, actor, input }): Promise<Page<SessionRow>> => {
    const conditions = [sql`true`];
    if (input.state === 'active') conditions.push(sql`u.is_active and ${withinLimits}`);
    if (input.state === 'ended') conditions.push(sql`not (u.is_active and ${withinLimits})`);
    if (input.user) conditions.push(sql`s.user_id = ${input.user}`);
    if (input.text) {
      const like = containing(input.text);
      conditions.push(
        sql`(u.name ilike ${like} or u.email ilike ${like} or host(s.ip_address) like ${like})`,
      );
    }
    if (input.cursor) {
      const [at, id] = decodeCursor(sessionCursor, input.cursor);
      conditions.push(sql`(s.last_activity, s.id) < (to_timestamp(${at}::numeric), ${id})`);
    }
    const rows = await read(db, sql.join(conditions, sql` and `), input.limit + 1);
    const kept = rows.slice(0, input.limit);
    const last = kept.at(-1);
    const own = actor.kind === 'user' ? actor.sessionId : null;
    return {
      rows: kept.map((row) => shown(row, own)),
      next: rows.length > input.limit && last ? encodeCursor([last.last_key, last.id]) : null,
    };
  },
});

/** One sign-in, open or over. @throws AppError('not_found') */
export const getSession = query({
  name: 'session.get',
  can: 'session:read',
  input: getSessionInput,
  live: true,
  run: async ({ db, actor, input }): Promise<SessionRow> => {
    const [row] = await read(db, sql`s.id = ${input.id}`, 1);
    if (!row) throw new AppError('not_found', { detail: 'session' });
    return shown(row, actor.kind === 'user' ? actor.sessionId : null);
  },
});

/** One's own sign-ins that are still open, this one first. At most 50. */
export const listOwnSessions = query({
  name: 'session.list-own',
  can: 'signed-in',
  input: noInput,
  live: true,
  run: async ({ db, actor }): Promise<SessionRow[]> => {
    if (actor.kind !== 'user') throw new AppError('denied', { detail: 'account' });
    const rows = await read(db, sql`s.user_id = ${actor.userId} and ${withinLimits}`, 50);
    return rows
      .map((row) => shown(row, actor.sessionId))
      .sort((one, other) => Number(other.current) - Number(one.current));
  },
});
