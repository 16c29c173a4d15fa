import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { anonymousActor, systemActor } from '../actor';
import { createPersonWithPassword, disablePerson } from '../people/commands';
import {
  changePassword,
  endAllSessions,
  endOwnSession,
  endSession,
  endUserSessions,
  signIn,
  signOut,
} from './commands';
import { addressFailures } from './guard';
import { findPersonBySession, stillLive } from './live-session';
import { listOwnSessions, listSessions } from './queries';
import { hashOf } from './token';

const t = await testDatabase({ role: 'web' });
const system = systemActor('test');
const password = 'a long and quiet sentence';
let people = 0;
let requests = 0;

const origin = (ip = '192.0.2.10') => {
  requests += 1;
  return {
    ip,
    userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0',
    requestId: `req_${String(requests).padStart(10, '0')}`,
  };
};

const newPerson = async (role: 'analyst' | 'security_officer' | 'admin' = 'analyst') => {
  people += 1;
  const email = `person${people}@example.org`;
  const made = await createPersonWithPassword(system, { email, name: `Person ${people}`, role, password });
  if (!made.ok) throw new Error(made.error.code);
  return { id: made.value.id, email };
};

const enter = async (email: string, given = password, from = origin(), deviceHash: string | null = null) => {
  const result = await signIn(anonymousActor(from), { email, password: given, deviceHash });
  if (!result.ok) throw new Error(result.error.code);
  return result.value.token;
};

const actorOf = async (email: string) => {
  const token = await enter(email);
  const actor = token && (await findPersonBySession(token, origin(), false));
  if (!token || !actor) throw new Error('no session');
  return { token, actor };
};

const refusalsOf = async (email: string) =>
  (
    await t.sql`select new_values ->> 'refusal' as refusal, count(*)::int as count from audit_trail
      where action = 'session:sign-in' and outcome = 'failure' and new_values ->> 'email' = ${email} group by 1 order by 1`
  ).map((row) => [row.refusal, row.count]);

const eventsOf = async (type: string, key: string) =>
  t.sql`select * from security_events where event_type = ${type} and (user_id = ${key} or host(ip_address) = ${key})`;

test('a right password opens a session: 32 random bytes outside, their hash inside, an audit row', async () => {
  const { id, email } = await newPerson();
  const token = await enter(email.toUpperCase());
  expect(token).toMatch(/^[\w-]{43}$/);
  const [row] = await t.sql`select * from user_sessions where user_id = ${id}`;
  expect(row).toMatchObject({ session_id: hashOf(token ?? ''), is_active: true, ip_address: '192.0.2.10' });
  const [audit] = await t.sql`select * from audit_trail where action = 'session:sign-in' and user_id = ${id}`;
  expect(audit).toMatchObject({ outcome: 'success', actor_type: 'user', session_id: hashOf(token ?? '') });
  expect(JSON.stringify(await t.sql`select * from audit_trail`)).not.toContain(token);
  expect(await enter(email)).not.toBe(token);
});

test('every refusal looks the same, and the trail knows why', async () => {
  const { id, email } = await newPerson();
  const unknown = `nobody${id.slice(0, 8)}@example.org`;
  expect(await enter(email, 'not the password')).toBeNull();
  expect(await enter(unknown)).toBeNull();
  const officer = await actorOf((await newPerson('security_officer')).email);
  expect((await disablePerson(officer.actor, { id, reason: 'left the house' })).ok).toBe(true);
  expect(await enter(email)).toBeNull();
  expect(await refusalsOf(email)).toEqual([
    ['disabled', 1],
    ['wrong_password', 1],
  ]);
  expect(await refusalsOf(unknown)).toEqual([['unknown', 1]]);
});

test('of 200 parallel wrong passwords exactly five are looked at; then the right one is refused too', async () => {
  const { id, email } = await newPerson();
  const tries = Array.from({ length: 200 }, (_, i) =>
    enter(email, 'wrong password here', origin(`198.51.100.${i}`)),
  );
  expect((await Promise.all(tries)).every((token) => token === null)).toBe(true);
  expect(await refusalsOf(email)).toEqual([
    ['account_locked', 195],
    ['wrong_password', 5],
  ]);
  expect(await enter(email, password, origin('203.0.113.7'))).toBeNull();
  expect(await eventsOf('login.lockout', id)).toHaveLength(1);
  await t.sql`update login_guard set locked_until = now() - interval '1 second' where locked_until is not null`;
  expect(await enter(email, password, origin('203.0.113.7'))).not.toBeNull();
});

test('a device the person has used cannot be locked out from elsewhere', async () => {
  const { email } = await newPerson();
  const device = hashOf('a device');
  expect(await enter(email, password, origin(), device)).not.toBeNull();
  for (let i = 0; i < 6; i += 1) await enter(email, 'wrong password here', origin('198.51.100.99'));
  expect(await enter(email, password, origin())).toBeNull();
  expect(await enter(email, password, origin(), device)).not.toBeNull();
});

test('one address that fails on many accounts is called spraying once, and is blocked at its limit', async () => {
  const ip = '198.51.100.200';
  for (let i = 0; i < 12; i += 1) await enter(`spray${i}@example.org`, 'wrong password here', origin(ip));
  expect(await eventsOf('login.password_spraying', ip)).toHaveLength(1);
  await t.sql`update login_guard set failures = ${addressFailures - 1} where guard_key = ${`address:${ip}`}`;
  const { email } = await newPerson();
  expect(await enter(email, 'wrong password here', origin(ip))).toBeNull();
  expect(await enter(email, password, origin(ip))).toBeNull();
  expect(await refusalsOf(email)).toContainEqual(['address_blocked', 1]);
  expect(await enter(email, password, origin('198.51.100.201'))).not.toBeNull();
});

test('the first device is no news, the second is an event with its session', async () => {
  const { id, email } = await newPerson();
  await enter(email, password, origin(), hashOf('one'));
  await enter(email, password, origin(), hashOf('one'));
  expect(await eventsOf('login.new_device', id)).toHaveLength(0);
  const token = await enter(email, password, origin(), hashOf('two'));
  expect(await eventsOf('login.new_device', id)).toMatchObject([
    { session_id: hashOf(token ?? ''), severity: 'info' },
  ]);
});

test('both limits hold, count at once when changed, and activity is written at most once a minute', async () => {
  const { id, email } = await newPerson();
  const token = (await enter(email)) ?? '';
  const alive = async (touch = false) => (await findPersonBySession(token, origin(), touch)) !== null;
  const age = (activity: string, created = '1 minute') =>
    t.sql`update user_sessions set last_activity = now() - ${activity}::interval, created_at = now() - ${created}::interval where user_id = ${id}`;
  await age('14 minutes 55 seconds');
  expect(await alive()).toBe(true);
  await age('15 minutes 1 second');
  expect(await alive(true)).toBe(false);
  expect(await stillLive([hashOf(token)])).toEqual(new Set());
  await age('59 seconds');
  await alive(true);
  const idle = async () =>
    Number(
      (
        await t.sql`select extract(epoch from now() - last_activity) as s from user_sessions where user_id = ${id}`
      )[0]?.s,
    );
  expect(await idle()).toBeGreaterThan(58);
  await age('2 minutes');
  await alive(false);
  expect(await idle()).toBeGreaterThan(119);
  await alive(true);
  expect(await idle()).toBeLessThan(5);
  await age('1 second', '12 hours 1 second');
  expect(await alive(true)).toBe(false);
  await age('1 second', '11 hours 59 minutes');
  expect(await alive()).toBe(true);
  await t.sql`insert into system_config (config_key, config_value) values ('session.absolute_hours', '2'::jsonb)
    on conflict (config_key) do update set config_value = '2'::jsonb`;
  expect(await alive()).toBe(false);
  await t.sql`update system_config set config_value = '12'::jsonb where config_key = 'session.absolute_hours'`;
});

test('ending: one, a person’s, all but one’s own; each refuses the next request and says who and why', async () => {
  const officer = await actorOf((await newPerson('security_officer')).email);
  const victim = await newPerson();
  const [one, two, three] = [
    await enter(victim.email),
    await enter(victim.email),
    await enter(victim.email),
  ].map(String);
  const live = async () =>
    (
      await Promise.all([one, two, three].map((token) => findPersonBySession(token ?? '', origin(), false)))
    ).map(Boolean);
  const [row] = await t.sql`select id from user_sessions where session_id = ${hashOf(one ?? '')}`;
  const reason = 'Sign-in from a new country';
  expect(await endSession(officer.actor, { id: row?.id, reason })).toEqual({ ok: true, value: { ended: 1 } });
  expect(await live()).toEqual([false, true, true]);
  expect(await endSession(officer.actor, { id: row?.id, reason })).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await endUserSessions(officer.actor, { userId: victim.id, reason })).toMatchObject({
    ok: true,
    value: { ended: 2 },
  });
  expect(await live()).toEqual([false, false, false]);
  expect(
    await t.sql`select reason, outcome from audit_trail where action = 'session:end-user' and resource_id = ${victim.id}`,
  ).toMatchObject([{ reason, outcome: 'success' }]);
  const again = await actorOf(victim.email);
  expect(await endAllSessions(officer.actor, { reason })).toMatchObject({ ok: true });
  expect(await findPersonBySession(again.token, origin(), false)).toBeNull();
  expect(await findPersonBySession(officer.token, origin(), false)).not.toBeNull();
  expect(await endSession(again.actor, { id: 1, reason })).toMatchObject({
    ok: false,
    error: { code: 'denied' },
  });
});

test('a person sees and ends only their own other sessions; signing out ends this one', async () => {
  const { email } = await newPerson();
  const first = await actorOf(email);
  const second = await actorOf(email);
  const other = await actorOf((await newPerson()).email);
  const own = await listOwnSessions(second.actor, {});
  expect(own.map((row) => row.current)).toEqual([true, false]);
  expect(own[0]).toMatchObject({
    device: { browser: 'Firefox', version: '145', system: 'Linux', kind: 'desktop' },
  });
  expect(JSON.stringify(own)).not.toContain(hashOf(second.token));
  const [foreign] = await listOwnSessions(other.actor, {});
  expect(await endOwnSession(second.actor, { id: foreign?.id ?? 0 })).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await endOwnSession(second.actor, { id: own[0]?.id ?? 0 })).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await endOwnSession(second.actor, { id: own[1]?.id ?? 0 })).toMatchObject({ ok: true });
  expect(await findPersonBySession(first.token, origin(), false)).toBeNull();
  expect(await signOut(second.actor, {})).toMatchObject({ ok: true });
  expect(await findPersonBySession(second.token, origin(), false)).toBeNull();
});

test('a new password needs the present one, ends the other sessions and keeps this one', async () => {
  const { email } = await newPerson();
  const here = await actorOf(email);
  const there = await actorOf(email);
  const next = 'another long and quiet sentence';
  const change = (current: string, wanted: string) => changePassword(here.actor, { current, next: wanted });
  const refused = { ok: false, error: { code: 'invalid' } };
  expect(await change('wrong password here', next)).toMatchObject({
    ...refused,
    error: { issues: [{ field: 'current', rule: 'wrong_password' }] },
  });
  const [guess] =
    await t.sql`select outcome, new_values from audit_trail where action = 'account:change-password' and user_id = ${here.actor.userId}`;
  expect(guess).toEqual({ outcome: 'failure', new_values: { refusal: 'wrong_password' } });
  expect(await change(password, password)).toMatchObject({
    error: { issues: [{ field: 'next', rule: 'same_password' }] },
  });
  expect(await change(password, 'Password2026!!')).toMatchObject({
    error: { issues: [{ field: 'next', rule: 'common_password' }] },
  });
  expect(await change(password, 'too short')).toMatchObject({
    error: { issues: [{ field: 'next', rule: 'too_short' }] },
  });
  expect(await change(password, next)).toEqual({ ok: true, value: { ended: 1 } });
  expect(await findPersonBySession(here.token, origin(), false)).not.toBeNull();
  expect(await findPersonBySession(there.token, origin(), false)).toBeNull();
  expect(await enter(email)).toBeNull();
  expect(await enter(email, next)).not.toBeNull();
  const kept =
    JSON.stringify(await t.sql`select * from audit_trail`) +
    JSON.stringify(await t.sql`select * from security_events`);
  for (const secret of [password, next, 'argon2']) expect(kept).not.toContain(secret);
});

test('the list pages by last activity, finds by name and address, and marks the asking one', async () => {
  const officer = await actorOf((await newPerson('security_officer')).email);
  const all = [];
  let cursor: string | undefined;
  do {
    const page = await listSessions(officer.actor, { limit: 3, cursor });
    all.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  const [count] = await t.sql`select count(*)::int as count from user_sessions`;
  expect(all).toHaveLength(count?.count);
  expect(new Set(all.map((row) => row.id)).size).toBe(all.length);
  expect(all.filter((row) => row.current)).toHaveLength(1);
  const found = await listSessions(officer.actor, { text: officer.actor.email });
  expect(found.rows.every((row) => row.email === officer.actor.email)).toBe(true);
  expect((await listSessions(officer.actor, { text: '100%' })).rows).toEqual([]);
  await expect(listSessions(officer.actor, { cursor: 'forged' })).rejects.toMatchObject({
    failure: { code: 'invalid' },
  });
});
