import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import type { Role } from '../access';
import { decodeCursor, encodeCursor, type Page } from '../cursor';
import { AppError } from '../errors';
import { containing } from '../like';
import { query } from '../operation';
import { withinLimits } from '../sessions/live-session';
import { listPeopleInput } from './input';
import { findLinkOwner } from './password-links';

/** Somebody who signs in; times are ISO 8601 in UTC. */
export type PersonRow = {
  id: string;
  name: string;
  email: string;
  role: Role;
  isActive: boolean;
  hasPassword: boolean;
  createdAt: string;
  lastSignInAt: string | null;
  sessions: number;
  /** An unused one-time link is out until then. */
  linkUntil: string | null;
};

type Raw = {
  id: string;
  name: string;
  name_key: string;
  email: string;
  role: Role;
  is_active: boolean;
  has_password: boolean;
  created_at: string;
  last_sign_in_at: string | null;
  sessions: number;
  link_until: string | null;
};

const iso = (text: string | null): string | null => text && new Date(text).toISOString();
const personCursor = z.tuple([z.string().max(100), z.uuid()]);
const read = (db: Db, where: SQL, limit: number): Promise<Raw[]> =>
  db.execute<Raw>(sql`
    select u.id, u.name, lower(u.name) as name_key, u.email, u.role, u.is_active,
      u.password_hash is not null as has_password, u.created_at, u.last_sign_in_at,
      (select count(*)::int from user_sessions s where s.user_id = u.id::text and u.is_active and ${withinLimits}) as sessions,
      (select max(l.expires_at) from password_links l
        where l.console_user_id = u.id and l.used_at is null and l.expires_at > now()) as link_until
    from console_users u where ${where} order by lower(u.name), u.id limit ${limit}`) as unknown as Promise<
    Raw[]
  >;

const shown = (row: Raw): PersonRow => ({
  id: row.id,
  name: row.name,
  email: row.email,
  role: row.role,
  isActive: row.is_active,
  hasPassword: row.has_password,
  createdAt: iso(row.created_at) as string,
  lastSignInAt: iso(row.last_sign_in_at),
  sessions: row.sessions,
  linkUntil: iso(row.link_until),
});

/** People by name, with how many sessions each has open. */
export const listPeople = query({
  name: 'person.list',
  can: 'person:read',
  input: listPeopleInput,
  live: true,
  run: async ({ db, input }): Promise<Page<PersonRow>> => {
    const conditions = [sql`true`];
    if (input.text) {
      const like = containing(input.text);
      conditions.push(sql`(u.name ilike ${like} or u.email ilike ${like})`);
    }
    if (input.role) conditions.push(sql`u.role = ${input.role}`);
    if (input.active !== undefined) conditions.push(sql`u.is_active = ${input.active}`);
    if (input.cursor) {
      const [name, id] = decodeCursor(personCursor, input.cursor);
      conditions.push(sql`(lower(u.name), u.id) > (${name}, ${id}::uuid)`);
    }
    const rows = await read(db, sql.join(conditions, sql` and `), input.limit + 1);
    const kept = rows.slice(0, input.limit);
    const last = kept.at(-1);
    return {
      rows: kept.map(shown),
      next: rows.length > input.limit && last ? encodeCursor([last.name_key, last.id]) : null,
    };
  },
});

/** One person. @throws AppError('not_found') */
export const getPerson = query({
  name: 'person.get',
  can: 'person:read',
  input: z.strictObject({ id: z.uuid() }),
  live: true,
  run: async ({ db, input }): Promise<PersonRow> => {
    const [row] = await read(db, sql`u.id = ${input.id}::uuid`, 1);
    if (!row) throw new AppError('not_found', { detail: 'person' });
    return shown(row);
  },
});

/** Whose one-time link this is, for the page that sets the password: `{ name, email }`, or null when it is no use. */
export const findPasswordLink = query({
  name: 'person.find-password-link',
  can: 'anyone',
  input: z.strictObject({ token: z.string().max(100) }),
  run: async ({ db, input }): Promise<{ name: string; email: string } | null> => {
    const owner = /^[\w-]{43}$/.test(input.token) ? await findLinkOwner(db, input.token) : null;
    return owner && { name: owner.name, email: owner.email };
  },
});
