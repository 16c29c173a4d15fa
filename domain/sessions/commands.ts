import { eq, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { consoleUsers } from '@/db/schema';
import type { Role } from '../access';
import { type Actor, actorId, type PersonActor } from '../actor';
import { type AuditEntry, appendAudit } from '../audit';
import { AppError } from '../errors';
import { command, noInput, publish } from '../operation';
import { readSetting } from '../settings/read';
import { type Checked, checkPassword, type Person } from './check-password';
import { settleTry } from './guard';
import {
  changePasswordInput,
  endAllSessionsInput,
  endOwnSessionInput,
  endSessionInput,
  endUserSessionsInput,
  signInInput,
} from './input';
import { hashPassword } from './password';
import { noteDevice, raiseForFailure } from './sign-in-events';
import { hashOf, newToken } from './token';

type SignedIn = { token: string; userId: string } | { token: null; userId: null };
type EndReason =
  | 'signed_out'
  | 'ended_by_officer'
  | 'ended_by_owner'
  | 'password_changed'
  | 'person_disabled';

/** The signed-in person; the doors have already refused everybody else, except the system. */
const person = (actor: Actor): PersonActor => {
  if (actor.kind !== 'user') throw new AppError('denied', { detail: 'account' });
  return actor;
};

/** Ends the sessions that match `which` (over the row `s`); returns whose they were. */
export const endWhere = async (
  tx: Tx,
  actor: Actor,
  reason: EndReason,
  which: ReturnType<typeof sql>,
): Promise<{ id: number; userId: string; userName: string | null }[]> => {
  const rows = await tx.execute<{ id: number; user_id: string; name: string | null }>(sql`
    with ended as (
      update user_sessions s set is_active = false, ended_at = now(), ended_by = ${actorId(actor)},
        end_reason = ${reason}
      where s.is_active and ${which} returning s.id, s.user_id)
    select e.id, e.user_id, u.name from ended e left join console_users u on u.id::text = e.user_id order by e.id`);
  return rows.map((row) => ({ id: row.id, userId: row.user_id, userName: row.name }));
};

const open = async (tx: Tx, actor: Actor, owner: Person, deviceHash: string | null) => {
  const token = newToken();
  const sessionId = hashOf(token);
  const hours = await readSetting(tx, 'session.absolute_hours');
  const [row] = await tx.execute<{ id: number }>(sql`
    insert into user_sessions (session_id, user_id, ip_address, user_agent, expires_at, device_hash)
    values (${sessionId}, ${owner.id}, ${actor.ip}::inet, ${actor.userAgent?.slice(0, 500) ?? null},
      now() + make_interval(hours => ${hours}), ${deviceHash}) returning id`);
  await tx.update(consoleUsers).set({ lastSignInAt: sql`now()` }).where(eq(consoleUsers.id, owner.id));
  await noteDevice(tx, { userId: owner.id, name: owner.name, deviceHash, sessionId, actor });
  return { token, sessionId, row: row?.id ?? null };
};

/** What was typed as an address, as far as it may be kept: some people type their password there. */
const attempted = (email: string): string =>
  /^[^\s@]+@[^\s@]+$/.test(email) ? email.toLowerCase() : 'not an address';

/**
 * Signs a person in. A refusal is a value, not a failure, because its audit row and its events must stay; it never
 * says why. `prepare` has counted the try and checked the password.
 * @returns `{ token }`, 32 random bytes for the cookie, or `{ token: null }`
 */
export const signIn = command({
  name: 'session:sign-in',
  can: 'anyone',
  input: signInInput,
  topics: ['sessions', 'security'],
  prepare: ({ db, actor, input }): Promise<Checked> => checkPassword(db, { ...input, ip: actor.ip }),
  run: async ({ tx, actor, input, prepared }): Promise<{ value: SignedIn; audit: AuditEntry }> => {
    const { person: owner, right } = prepared;
    const nobody: SignedIn = { token: null, userId: null };
    if (!right || !owner) {
      await raiseForFailure(tx, actor, attempted(input.email), prepared);
      const why = { email: attempted(input.email), refusal: prepared.refusal };
      return {
        value: nobody,
        audit: { resourceType: 'person', resourceId: owner?.id ?? null, outcome: 'failure', after: why },
      };
    }
    await settleTry(tx, prepared.keys);
    const opened = await open(tx, actor, owner, input.deviceHash);
    const { ip, userAgent, requestId } = actor;
    const { sessionId } = opened;
    const role = owner.role as Role;
    const self: Actor = {
      kind: 'user',
      userId: owner.id,
      email: owner.email,
      name: owner.name,
      role,
      sessionId,
      ip,
      userAgent,
      requestId,
    };
    return {
      value: { token: opened.token, userId: owner.id } satisfies SignedIn,
      audit: { actor: self, resourceType: 'session', resourceId: opened.row, after: { email: owner.email } },
    };
  },
});

/** Ends the session that asks. */
export const signOut = command({
  name: 'session:sign-out',
  can: 'signed-in',
  input: noInput,
  topics: ['sessions'],
  run: async ({ tx, actor }) => {
    const ended = await endWhere(tx, actor, 'signed_out', sql`s.session_id = ${person(actor).sessionId}`);
    return { value: null, audit: { resourceType: 'session', resourceId: ended[0]?.id ?? null } };
  },
});

/**
 * Ends one session of anybody; it is refused from its next request on, and its stream within a second.
 * @throws AppError('not_found') when there is no such session or it has ended
 */
export const endSession = command({
  name: 'session:end',
  can: 'session:end',
  input: endSessionInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const [ended] = await endWhere(tx, actor, 'ended_by_officer', sql`s.id = ${input.id}`);
    if (!ended) throw new AppError('not_found', { detail: 'session' });
    const after = { person: ended.userName, sessions: 1 };
    return {
      value: { ended: 1 },
      audit: { resourceType: 'session', resourceId: ended.id, reason: input.reason, after },
    };
  },
});

/** Ends every session of one person. */
export const endUserSessions = command({
  name: 'session:end-user',
  can: 'session:end-user',
  input: endUserSessionsInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const ended = await endWhere(tx, actor, 'ended_by_officer', sql`s.user_id = ${input.userId}`);
    if (ended.length === 0) throw new AppError('not_found', { detail: 'session' });
    const after = { person: ended[0]?.userName ?? null, sessions: ended.length };
    return {
      value: { ended: ended.length },
      audit: { resourceType: 'person', resourceId: input.userId, reason: input.reason, after },
    };
  },
});

/** Ends every session but the one that asks. */
export const endAllSessions = command({
  name: 'session:end-all',
  can: 'session:end-all',
  input: endAllSessionsInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const own = actor.kind === 'user' ? actor.sessionId : '';
    const ended = await endWhere(tx, actor, 'ended_by_officer', sql`s.session_id <> ${own}`);
    const people = new Set(ended.map((row) => row.userId)).size;
    return {
      value: { ended: ended.length, people },
      audit: {
        resourceType: 'session',
        resourceId: 'all',
        reason: input.reason,
        after: { sessions: ended.length, people },
      },
    };
  },
});

/** Ends another session of one's own. */
export const endOwnSession = command({
  name: 'session:end-own',
  can: 'signed-in',
  input: endOwnSessionInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const self = person(actor);
    const mine = sql`s.id = ${input.id} and s.user_id = ${self.userId} and s.session_id <> ${self.sessionId}`;
    const [ended] = await endWhere(tx, actor, 'ended_by_owner', mine);
    if (!ended) throw new AppError('not_found', { detail: 'session' });
    return { value: { ended: 1 }, audit: { resourceType: 'session', resourceId: ended.id } };
  },
});

/** Guesses at the present password are on record like failed sign-ins, although the change itself is rolled back. */
const refuseChange = async (db: Db | Tx, actor: Actor, checked: Checked): Promise<AppError> => {
  const self = person(actor);
  await db.transaction(async (tx) => {
    await raiseForFailure(tx, actor, self.email, checked);
    const after = { refusal: checked.refusal };
    const entry = { resourceType: 'person', resourceId: self.userId, outcome: 'failure' as const, after };
    await appendAudit(tx, actor, 'account:change-password', entry);
    await publish(tx, ['audit', 'security']);
  });
  return checked.refusal === 'wrong_password'
    ? wrong('current', 'wrong_password')
    : new AppError('locked', { detail: 'password_locked' });
};

/**
 * Sets a new password after checking the present one, and ends the person's other sessions. Wrong present passwords
 * count as failed sign-ins do.
 * @throws AppError('invalid', field 'current') when it is wrong, 'locked' after too many wrong ones
 */
export const changePassword = command({
  name: 'account:change-password',
  can: 'signed-in',
  input: changePasswordInput,
  topics: ['sessions'],
  prepare: async ({ db, actor, input }) => {
    const { email, ip } = person(actor);
    const checked = await checkPassword(db, { email, password: input.current, deviceHash: null, ip });
    if (!checked.right) throw await refuseChange(db, actor, checked);
    if (input.current === input.next) throw wrong('next', 'same_password');
    return { hash: await hashPassword(input.next), keys: checked.keys };
  },
  run: async ({ tx, actor, prepared }) => {
    const self = person(actor);
    await settleTry(tx, prepared.keys);
    await tx
      .update(consoleUsers)
      .set({ passwordHash: prepared.hash, passwordChangedAt: sql`now()` })
      .where(eq(consoleUsers.id, self.userId));
    const others = sql`s.user_id = ${self.userId} and s.session_id <> ${self.sessionId}`;
    const ended = await endWhere(tx, actor, 'password_changed', others);
    return {
      value: { ended: ended.length },
      audit: { resourceType: 'person', resourceId: self.userId, after: { sessionsEnded: ended.length } },
    };
  },
});

const wrong = (field: string, rule: string): AppError =>
  new AppError('invalid', { field, issues: [{ field, rule }] });
