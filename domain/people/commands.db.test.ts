import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import type { Role } from '../access';
import { anonymousActor, type PersonActor, systemActor } from '../actor';
import { signIn } from '../sessions/commands';
import { findPersonBySession } from '../sessions/live-session';
import { hashOf } from '../sessions/token';
import {
  changeRole,
  createPerson,
  createPersonWithPassword,
  disablePerson,
  enablePerson,
  firstAdminToken,
  resetPassword,
  setPasswordByLink,
} from './commands';
import { findPasswordLink, getPerson, listPeople } from './queries';

const t = await testDatabase({ role: 'web' });
const system = systemActor('test');
const origin = { ip: '192.0.2.20', userAgent: 'test', requestId: 'req_0000000000' };
const nobody = anonymousActor(origin);
const password = 'a long and quiet sentence';
const reason = 'because a test says so';
let count = 0;

const make = async (role: Role) => {
  count += 1;
  const email = `someone${count}@example.org`;
  const made = await createPersonWithPassword(system, { email, name: `Someone ${count}`, role, password });
  if (!made.ok) throw new Error(made.error.code);
  const actor: PersonActor = {
    kind: 'user',
    userId: made.value.id,
    email,
    name: `Someone ${count}`,
    role,
    sessionId: 'f'.repeat(64),
    ...origin,
  };
  return { id: made.value.id, email, actor };
};
const enters = async (email: string, given = password) => {
  const result = await signIn(nobody, { email, password: given });
  return result.ok ? result.value.token : null;
};
const refused = (code: string, detail?: string) => ({
  ok: false,
  error: { code, ...(detail ? { detail } : {}) },
});

test('a new installation gives one link for its first administrator, and none once it was used', async () => {
  const first = await firstAdminToken(system, {});
  const second = await firstAdminToken(system, {});
  if (!first.ok || !second.ok || !first.value || !second.value) throw new Error('no link');
  expect(second.value.id).toBe(first.value.id);
  expect(await setPasswordByLink(nobody, { token: first.value.token, password })).toMatchObject(
    refused('not_found'),
  );
  expect(await setPasswordByLink(nobody, { token: second.value.token, password })).toMatchObject({
    ok: true,
  });
  expect(await enters(second.value.email)).not.toBeNull();
  expect(await firstAdminToken(system, {})).toEqual({ ok: true, value: null });
  const officer = await make('security_officer');
  expect(await firstAdminToken(officer.actor, {})).toMatchObject(refused('denied'));
});

test('a person gets in by a link that works once, within a day; of the link only a hash is kept', async () => {
  const officer = await make('security_officer');
  const made = await createPerson(officer.actor, {
    email: 'New.Person@Example.org',
    name: 'New Person',
    role: 'analyst',
  });
  if (!made.ok) throw new Error(made.error.code);
  const { id, token } = made.value;
  expect(await enters('new.person@example.org', '')).toBeNull();
  expect(await findPasswordLink(nobody, { token })).toEqual({
    name: 'New Person',
    email: 'new.person@example.org',
  });
  const tries = await Promise.all([1, 2, 3].map(() => setPasswordByLink(nobody, { token, password })));
  expect(tries.filter(({ ok }) => ok)).toHaveLength(1);
  expect(await enters('new.person@example.org')).not.toBeNull();
  const stored = JSON.stringify([
    ...(await t.sql`select * from password_links`),
    ...(await t.sql`select * from audit_trail`),
  ]);
  expect(stored).not.toContain(token);
  expect(stored).toContain(hashOf(token));
  const again = await resetPassword(officer.actor, { id });
  if (!again.ok) throw new Error(again.error.code);
  await t.sql`update password_links set expires_at = now() - interval '1 second' where token_hash = ${hashOf(again.value.token)}`;
  expect(await findPasswordLink(nobody, { token: again.value.token })).toBeNull();
  expect(await setPasswordByLink(nobody, { token: again.value.token, password })).toMatchObject(
    refused('not_found'),
  );
  expect(
    await createPerson(officer.actor, { email: 'new.person@example.org', name: 'Twin', role: 'analyst' }),
  ).toMatchObject({
    ok: false,
    error: { code: 'conflict', issues: [{ field: 'email', rule: 'taken' }] },
  });
});

test('a link ends the sessions of its person and lifts the lock', async () => {
  const officer = await make('security_officer');
  const person = await make('analyst');
  const token = (await enters(person.email)) ?? '';
  for (let i = 0; i < 6; i += 1) await enters(person.email, 'wrong password here');
  expect(await enters(person.email)).toBeNull();
  const link = await resetPassword(officer.actor, { id: person.id });
  if (!link.ok) throw new Error(link.error.code);
  expect(
    await setPasswordByLink(nobody, { token: link.value.token, password: 'another quiet sentence' }),
  ).toMatchObject({ ok: true });
  expect(await findPersonBySession(token, origin, false)).toBeNull();
  expect(await enters(person.email, 'another quiet sentence')).not.toBeNull();
});

test('only administrators touch administrators; nobody touches themselves; one always remains', async () => {
  const officer = await make('security_officer');
  const admin = await make('admin');
  const analyst = await make('analyst');
  const adminOnly = refused('denied', 'person.admin_only');
  expect(
    await createPerson(officer.actor, { email: 'boss@example.org', name: 'Boss', role: 'admin' }),
  ).toMatchObject(adminOnly);
  expect(await changeRole(officer.actor, { id: analyst.id, role: 'admin', reason })).toMatchObject(adminOnly);
  expect(await changeRole(officer.actor, { id: admin.id, role: 'analyst', reason })).toMatchObject(adminOnly);
  expect(await disablePerson(officer.actor, { id: admin.id, reason })).toMatchObject(adminOnly);
  expect(await resetPassword(officer.actor, { id: admin.id })).toMatchObject(adminOnly);
  const own = refused('conflict', 'person.own_account');
  expect(await changeRole(admin.actor, { id: admin.id, role: 'analyst', reason })).toMatchObject(own);
  expect(await disablePerson(officer.actor, { id: officer.id, reason })).toMatchObject(own);
  // Two administrators at the same moment: each removes the other, one is refused.
  const rival = await make('admin');
  await t.sql`update console_users set is_active = false where role = 'admin' and id not in (${admin.id}, ${rival.id})`;
  const both = await Promise.all([
    changeRole(admin.actor, { id: rival.id, role: 'analyst', reason }),
    changeRole(rival.actor, { id: admin.id, role: 'analyst', reason }),
  ]);
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  expect(both.find(({ ok }) => !ok)).toMatchObject(refused('conflict', 'person.last_admin'));
  const [left] =
    await t.sql`select count(*)::int as admins from console_users where role = 'admin' and is_active`;
  expect(left?.admins).toBe(1);
});

test('a changed role counts from the next request on; disabling ends sessions, enabling lets back in', async () => {
  const officer = await make('security_officer');
  const person = await make('analyst');
  const token = (await enters(person.email)) ?? '';
  expect(await changeRole(officer.actor, { id: person.id, role: 'auditor', reason })).toMatchObject({
    ok: true,
  });
  expect(await findPersonBySession(token, origin, false)).toMatchObject({ role: 'auditor' });
  const [audit] =
    await t.sql`select old_values, new_values, reason from audit_trail where action = 'person:change-role' and resource_id = ${person.id}`;
  expect(audit).toEqual({ old_values: { role: 'analyst' }, new_values: { role: 'auditor' }, reason });
  expect(await disablePerson(officer.actor, { id: person.id, reason })).toMatchObject({
    ok: true,
    value: { ended: 1 },
  });
  expect(await findPersonBySession(token, origin, false)).toBeNull();
  expect(await enters(person.email)).toBeNull();
  expect(await disablePerson(officer.actor, { id: person.id, reason })).toMatchObject(refused('conflict'));
  expect(await enablePerson(officer.actor, { id: person.id, reason })).toMatchObject({ ok: true });
  expect(await findPersonBySession(token, origin, false)).toBeNull();
  expect(await enters(person.email)).not.toBeNull();
  expect(
    await enablePerson(officer.actor, { id: '00000000-0000-4000-8000-00000000ffff', reason }),
  ).toMatchObject(refused('not_found'));
});

test('the list pages by name, filters, and never shows a hash', async () => {
  const auditor = (await make('auditor')).actor;
  const all = [];
  let cursor: string | undefined;
  do {
    const page = await listPeople(auditor, { limit: 4, cursor });
    all.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  const [people] = await t.sql`select count(*)::int as count from console_users`;
  expect(new Set(all.map(({ id }) => id)).size).toBe(people?.count);
  expect(JSON.stringify(all)).not.toContain('argon2');
  expect((await listPeople(auditor, { role: 'auditor' })).rows.every(({ role }) => role === 'auditor')).toBe(
    true,
  );
  expect((await listPeople(auditor, { active: false })).rows.every(({ isActive }) => !isActive)).toBe(true);
  expect((await listPeople(auditor, { text: auditor.email })).rows).toHaveLength(1);
  expect(await getPerson(auditor, { id: auditor.userId })).toMatchObject({
    email: auditor.email,
    sessions: 0,
  });
});
