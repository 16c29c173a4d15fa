import { eq, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { consoleUsers } from '@/db/schema';
import type { Role } from '../access';
import type { Actor } from '../actor';
import { AppError, sqlState } from '../errors';
import { command } from '../operation';
import { endWhere } from '../sessions/commands';
import { forgetAccount } from '../sessions/guard';
import { hashPassword } from '../sessions/password';
import {
  changeRoleInput,
  createFirstAdminInput,
  createPersonInput,
  createPersonWithPasswordInput,
  personReasonInput,
  resetPasswordInput,
  setPasswordInput,
} from './input';
import { findLinkOwner, type LinkOwner, makeLink, type PasswordLink, useUp } from './password-links';

type NewPerson = { email: string; name: string; role: Role; passwordHash?: string };

const insert = async (tx: Tx, actor: Actor, person: NewPerson): Promise<string> => {
  const createdBy = actor.kind === 'user' ? actor.userId : 'vigil';
  const passwordChangedAt = person.passwordHash ? new Date() : null;
  try {
    const [row] = await tx
      .insert(consoleUsers)
      .values({ ...person, createdBy, passwordChangedAt })
      .returning({ id: consoleUsers.id });
    if (!row) throw new Error('console_users gave no row');
    return row.id;
  } catch (error) {
    if (sqlState(error) !== '23505') throw error;
    const issues = [{ field: 'email', rule: 'taken' }];
    throw new AppError('conflict', { detail: 'person.email_taken', field: 'email', issues });
  }
};

/** Only administrators decide who is one: otherwise whoever manages people could make themselves one. */
const mayTouch = (actor: Actor, ...concerned: Role[]): void => {
  const isAdmin = actor.kind === 'system' || (actor.kind === 'user' && actor.role === 'admin');
  if (concerned.includes('admin') && !isAdmin) throw new AppError('denied', { detail: 'person.admin_only' });
};

const notSelf = (actor: Actor, id: string): void => {
  if (actor.kind === 'user' && actor.userId === id)
    throw new AppError('conflict', { detail: 'person.own_account' });
};

/** The person, locked for this change. Administrators are locked together, so that two cannot remove each other. */
const lock = async (tx: Tx, id: string) => {
  await tx.execute(sql`select id from console_users where (role = 'admin' and is_active) or id = ${id}::uuid
    order by id for update`);
  const [person] = await tx.select().from(consoleUsers).where(eq(consoleUsers.id, id));
  if (!person) throw new AppError('not_found', { detail: 'person' });
  return { ...person, role: person.role as Role };
};

const keepAnAdmin = async (tx: Tx, person: { id: string; role: Role; isActive: boolean }): Promise<void> => {
  if (person.role !== 'admin' || !person.isActive) return;
  const [others] = await tx.execute<{ count: number }>(
    sql`select count(*)::int as count from console_users where role = 'admin' and is_active and id <> ${person.id}::uuid`,
  );
  if (!others?.count) throw new AppError('conflict', { detail: 'person.last_admin' });
};

/**
 * Adds a person and makes the one-time link with which they set their password.
 * @throws AppError('conflict', field 'email') when the address is taken
 */
export const createPerson = command({
  name: 'person:create',
  can: 'person:create',
  input: createPersonInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    mayTouch(actor, input.role);
    const id = await insert(tx, actor, input);
    const link = await makeLink(tx, actor, id);
    return {
      value: { id, ...link },
      audit: { resourceType: 'person', resourceId: id, after: { ...input, linkExpiresAt: link.expiresAt } },
    };
  },
});

/** Adds a person who can sign in at once; for the command line and the seed. */
export const createPersonWithPassword = command({
  name: 'person:create-with-password',
  can: 'person:create-with-password',
  input: createPersonWithPasswordInput,
  topics: ['sessions'],
  prepare: ({ input }) => hashPassword(input.password),
  run: async ({ tx, actor, input: { email, name, role }, prepared: passwordHash }) => {
    const id = await insert(tx, actor, { email, name, role, passwordHash });
    return { value: { id }, audit: { resourceType: 'person', resourceId: id, after: { email, name, role } } };
  },
});

/**
 * On an installation where no administrator has ever set a password: an administrator and the one-time link for it.
 * Asked again before it is used, it gives a new link and the earlier one stops working.
 * @returns null when there is an administrator who can sign in
 */
export const firstAdminToken = command({
  name: 'person:create-first-admin',
  can: 'person:create-first-admin',
  input: createFirstAdminInput,
  run: async ({ tx, actor, input }): Promise<{ value: FirstAdmin | null; audit: [] | AuditOf }> => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtextextended('first-admin', 0))`);
    const admins = await tx
      .select({ id: consoleUsers.id, email: consoleUsers.email, passwordHash: consoleUsers.passwordHash })
      .from(consoleUsers)
      .where(sql`${consoleUsers.role} = 'admin' and ${consoleUsers.isActive}`);
    if (admins.some((admin) => admin.passwordHash !== null)) return { value: null, audit: [] };
    const email = admins[0]?.email ?? input.email;
    const id = admins[0]?.id ?? (await insert(tx, actor, { email, name: 'Administrator', role: 'admin' }));
    const link = await makeLink(tx, actor, id);
    return {
      value: { id, email, ...link },
      audit: { resourceType: 'person', resourceId: id, after: { email, linkExpiresAt: link.expiresAt } },
    };
  },
});

type FirstAdmin = PasswordLink & { id: string; email: string };
type AuditOf = { resourceType: string; resourceId: string; after: Record<string, unknown> };

/** Gives a person another role, from their next request on. */
export const changeRole = command({
  name: 'person:change-role',
  can: 'person:change-role',
  input: changeRoleInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    notSelf(actor, input.id);
    const person = await lock(tx, input.id);
    mayTouch(actor, person.role, input.role);
    if (input.role !== 'admin') await keepAnAdmin(tx, person);
    await tx.update(consoleUsers).set({ role: input.role }).where(eq(consoleUsers.id, input.id));
    return {
      value: { id: input.id, role: input.role },
      audit: {
        resourceType: 'person',
        resourceId: input.id,
        before: { role: person.role },
        after: { role: input.role },
        reason: input.reason,
      },
    };
  },
});

/** Keeps a person out from now on, and ends their sessions. */
export const disablePerson = command({
  name: 'person:disable',
  can: 'person:disable',
  input: personReasonInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    notSelf(actor, input.id);
    const person = await lock(tx, input.id);
    mayTouch(actor, person.role);
    if (!person.isActive) throw new AppError('conflict', { detail: 'person.already_disabled' });
    await keepAnAdmin(tx, person);
    await tx.update(consoleUsers).set({ isActive: false }).where(eq(consoleUsers.id, input.id));
    const ended = await endWhere(tx, actor, 'person_disabled', sql`s.user_id = ${input.id}`);
    return {
      value: { id: input.id, ended: ended.length },
      audit: {
        resourceType: 'person',
        resourceId: input.id,
        before: { isActive: true },
        after: { isActive: false, sessionsEnded: ended.length },
        reason: input.reason,
      },
    };
  },
});

/** Lets a disabled person sign in again, with the password they had. */
export const enablePerson = command({
  name: 'person:enable',
  can: 'person:enable',
  input: personReasonInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const person = await lock(tx, input.id);
    mayTouch(actor, person.role);
    if (person.isActive) throw new AppError('conflict', { detail: 'person.already_enabled' });
    await tx.update(consoleUsers).set({ isActive: true }).where(eq(consoleUsers.id, input.id));
    return {
      value: { id: input.id },
      audit: {
        resourceType: 'person',
        resourceId: input.id,
        before: { isActive: false },
        after: { isActive: true },
        reason: input.reason,
      },
    };
  },
});

/** A one-time link for somebody who forgot the password; the present one works until the link is used. */
export const resetPassword = command({
  name: 'person:reset-password',
  can: 'person:reset-password',
  input: resetPasswordInput,
  run: async ({ tx, actor, input }) => {
    const person = await lock(tx, input.id);
    mayTouch(actor, person.role);
    if (!person.isActive) throw new AppError('conflict', { detail: 'person.disabled' });
    const link = await makeLink(tx, actor, input.id);
    return {
      value: { id: input.id, ...link },
      audit: { resourceType: 'person', resourceId: input.id, after: { linkExpiresAt: link.expiresAt } },
    };
  },
});

/**
 * Sets the password with a one-time link, ends the person's sessions and lifts a lock on the account.
 * @throws AppError('not_found') when the link was used, has expired or never was
 */
export const setPasswordByLink = command({
  name: 'account:set-password',
  can: 'anyone',
  input: setPasswordInput,
  topics: ['sessions'],
  prepare: async ({ db, input }): Promise<{ owner: LinkOwner; hash: string }> => {
    const owner = await findLinkOwner(db, input.token);
    if (!owner) throw new AppError('not_found', { detail: 'password_link' });
    return { owner, hash: await hashPassword(input.password) };
  },
  run: async ({ tx, actor, input, prepared: { owner, hash } }) => {
    if (!(await useUp(tx, input.token))) throw new AppError('not_found', { detail: 'password_link' });
    await tx
      .update(consoleUsers)
      .set({ passwordHash: hash, passwordChangedAt: sql`now()` })
      .where(eq(consoleUsers.id, owner.id));
    const ended = await endWhere(tx, actor, 'password_changed', sql`s.user_id = ${owner.id}`);
    await forgetAccount(tx, owner.email);
    const { ip, userAgent, requestId } = actor;
    return {
      value: { email: owner.email },
      audit: {
        actor: {
          kind: 'user',
          userId: owner.id,
          email: owner.email,
          name: owner.name,
          role: owner.role as Role,
          sessionId: '',
          ip,
          userAgent,
          requestId,
        },
        resourceType: 'person',
        resourceId: owner.id,
        after: { sessionsEnded: ended.length },
      },
    };
  },
});
