import { sql } from 'drizzle-orm';
import { type Db, database } from '@/db/client';
import { type Role, roles } from '../access';
import type { Origin, PersonActor } from '../actor';
import { settings } from '../settings/catalogue';
import { hashOf } from './token';

const limit = (key: 'session.idle_minutes' | 'session.absolute_hours') =>
  sql`coalesce((select (config_value #>> '{}')::int from system_config where config_key = ${key}), ${settings[key].initial}::int)`;

/** True in SQL for a session row `s` that is within both limits; the settings count at once, for old rows too. */
export const withinLimits = sql`(s.is_active and s.expires_at > now()
  and s.created_at > now() - make_interval(hours => ${limit('session.absolute_hours')})
  and s.last_activity > now() - make_interval(mins => ${limit('session.idle_minutes')}))`;

type Row = { session_id: string; id: string; email: string; name: string; role: string };

/**
 * The person behind a session token, or null when the session has ended, is over one of its limits or belongs to
 * a person who may not sign in. With `touch` it counts as activity, written at most once a minute. One statement.
 */
export const findPersonBySession = async (
  token: string,
  origin: Origin,
  touch: boolean,
  db: Db = database(),
): Promise<PersonActor | null> => {
  const [row] = await db.execute<Row>(sql`
    with found as (
      select s.session_id, u.id, u.email, u.name, u.role
      from user_sessions s join console_users u on u.id = s.user_id::uuid
      where s.session_id = ${hashOf(token)} and u.is_active and ${withinLimits}
    ), touched as (
      update user_sessions set last_activity = now()
      where ${touch} and session_id in (select session_id from found)
        and last_activity < now() - interval '1 minute'
    )
    select session_id, id, email, name, role from found`);
  if (!row || !roles.includes(row.role as Role)) return null;
  const { session_id: sessionId, id: userId, email, name } = row;
  return { kind: 'user', userId, email, name, role: row.role as Role, sessionId, ...origin };
};

/** Which of these sessions (hashes) may go on; asked each second for open streams, so it is one cheap statement. */
export const stillLive = async (sessionIds: readonly string[], db: Db = database()): Promise<Set<string>> => {
  if (sessionIds.length === 0) return new Set();
  const rows = await db.execute<{ session_id: string }>(sql`
    select s.session_id from user_sessions s join console_users u on u.id = s.user_id::uuid
    where s.session_id in ${[...sessionIds]} and u.is_active and ${withinLimits}`);
  return new Set(rows.map((row) => row.session_id));
};
