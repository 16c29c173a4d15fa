import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { type PersonActor, systemActor } from '../actor';
import { createPersonWithPassword } from '../people/commands';
import { resolveEvent, triageEvent } from '../security-events/commands';
import { getSecurityEvent, listSecurityEvents } from '../security-events/queries';
import { exportAudit, reviewAudit } from './commands';
import { exportAuditPage, getAuditEntry, listAudit } from './queries';

const t = await testDatabase({ role: 'web' });
const person = async (name: string, role: PersonActor['role']): Promise<PersonActor> => {
  const email = `${name.toLowerCase()}@example.org`;
  const made = await createPersonWithPassword(systemActor('test'), {
    email,
    name,
    role,
    password: 'a long and quiet sentence',
  });
  if (!made.ok) throw new Error(made.error.code);
  return {
    kind: 'user',
    userId: made.value.id,
    email,
    name,
    role,
    sessionId: 'f'.repeat(64),
    ip: '192.0.2.30',
    userAgent: 'test',
    requestId: 'req_1111111111',
  };
};
const officer = await person('Kerem', 'security_officer');
const auditor = await person('Leyla', 'auditor');
const analyst = await person('Deniz', 'analyst');

const past = (days: number, action: string, actor = 'Deniz', id = analyst.userId) =>
  t.sql`insert into audit_trail (user_id, action, resource_type, resource_id, actor_type, actor_name, timestamp, old_values, new_values, reason)
    values (${id}, ${action}, 'rule', '7', 'user', ${actor}, now() - make_interval(days => ${days}), '{"points": 0.1}', '{"points": 0.2}', ${'=HYPERLINK("x")'}) returning id`;
for (let i = 0; i < 120; i += 1) await past(i % 60, 'rule:edit');
const [marked] = await past(1, 'rule:pause', 'Mira', officer.userId);

const everything = async (filter: Record<string, unknown>, limit = 25) => {
  const rows = [];
  let cursor: string | undefined;
  do {
    const page = await listAudit(auditor, { ...filter, limit, cursor });
    rows.push(...page.rows);
    cursor = page.next ?? undefined;
  } while (cursor);
  return rows;
};

test('the trail pages over months without a gap or a repetition, newest first', async () => {
  const rows = await everything({});
  const [stored] = await t.sql`select count(*)::int as count from audit_trail`;
  expect(rows).toHaveLength(stored?.count);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  const times = rows.map(({ at }) => at);
  expect([...times].sort().reverse()).toEqual(times);
});

test('every filter narrows to exactly what it names', async () => {
  const count = async (filter: Record<string, unknown>) => (await everything(filter, 50)).length;
  expect(await count({ action: 'rule:edit' })).toBe(120);
  expect(await count({ action: 'rule:edit', person: officer.userId })).toBe(0);
  expect(await count({ person: officer.userId, resource: 'rule' })).toBe(1);
  expect(await count({ text: 'mira' })).toBe(1);
  expect(await count({ text: '%' })).toBe(0);
  expect(await count({ outcome: 'denied' })).toBe(0);
  const day = (back: number) => new Date(Date.now() - back * 86_400_000).toISOString().slice(0, 10);
  expect(await count({ action: 'rule:edit', from: day(10), to: day(10) })).toBe(2);
  expect(await count({ action: 'rule:edit', from: day(20), to: day(10) })).toBe(22);
  expect(await count({ from: day(400), to: day(300) })).toBe(0);
  await expect(
    listAudit(auditor, { cursor: Buffer.from('["x",1]').toString('base64url') }),
  ).rejects.toMatchObject({ failure: { code: 'invalid' } });
});

test('an entry tells who, what, before and after; a mark is kept beside it and stays the first one’s', async () => {
  const id = Number(marked?.id);
  expect(await getAuditEntry(auditor, { id })).toMatchObject({
    actorName: 'Mira',
    before: { points: 0.1 },
    after: { points: 0.2 },
    reviewed: null,
  });
  expect(await reviewAudit(officer, { ids: [id], note: 'as agreed' })).toEqual({
    ok: true,
    value: { reviewed: 1 },
  });
  expect(await reviewAudit(auditor, { ids: [id] })).toEqual({ ok: true, value: { reviewed: 0 } });
  expect((await getAuditEntry(auditor, { id })).reviewed).toMatchObject({ by: 'Kerem', note: 'as agreed' });
  expect((await everything({ reviewed: true })).map((row) => row.id)).toEqual([id]);
  expect(await reviewAudit(officer, { ids: [999_999_999] })).toMatchObject({
    ok: false,
    error: { code: 'not_found' },
  });
  expect(await reviewAudit(analyst, { ids: [id] })).toMatchObject({ ok: false, error: { code: 'denied' } });
  await expect(getAuditEntry(auditor, { id: 999_999_999 })).rejects.toMatchObject({
    failure: { code: 'not_found' },
  });
});

test('an export is on record before its first line; analysts get none', async () => {
  expect(await exportAudit(auditor, { action: 'rule:edit' })).toMatchObject({ ok: true });
  expect((await listAudit(auditor, { action: 'audit:export' })).rows).toMatchObject([
    { actorName: 'Leyla', after: { filter: { action: 'rule:edit' } } },
  ]);
  const page = await exportAuditPage(auditor, { action: 'rule:edit', limit: 2000 });
  expect(page.rows).toHaveLength(120);
  expect(await exportAudit(analyst, {})).toMatchObject({ ok: false, error: { code: 'denied' } });
});

test('the web role can add to the trail by its function only, and change nothing', async () => {
  const web = (await import('postgres')).default(t.urls.web ?? '', { max: 1, onnotice: () => {} });
  for (const statement of [
    `update audit_trail set action = 'x'`,
    'delete from audit_trail',
    'truncate audit_trail',
    `insert into audit_trail (action, resource_type, actor_type, actor_name) values ('x', 'x', 'system', 'x')`,
  ])
    await expect(web.unsafe(statement), statement).rejects.toMatchObject({ code: '42501' });
  await web.end();
});

test('a refusal becomes an event; it is taken, resolved once with a note, and found by state', async () => {
  await reviewAudit(analyst, { ids: [1] });
  const open = await listSecurityEvents(officer, { state: 'open', type: 'access.denied' });
  const event = open.rows[0];
  expect(event).toMatchObject({
    userName: 'Deniz',
    severity: 'warning',
    metadata: { operation: 'audit:review' },
  });
  const id = event?.id ?? 0;
  expect(await triageEvent(officer, { id })).toMatchObject({ ok: true });
  expect((await listSecurityEvents(officer, { state: 'mine' })).rows.map((row) => row.id)).toEqual([id]);
  const done = { id, resolution: 'expected' as const, note: 'asked by mistake' };
  expect(await resolveEvent(auditor, done)).toMatchObject({ ok: false, error: { code: 'denied' } });
  expect(await resolveEvent(officer, done)).toMatchObject({ ok: true });
  expect(await resolveEvent(officer, done)).toMatchObject({ ok: false, error: { code: 'conflict' } });
  expect(await triageEvent(officer, { id })).toMatchObject({ ok: false, error: { code: 'conflict' } });
  expect(await getSecurityEvent(auditor, { id })).toMatchObject({
    resolved: true,
    resolvedBy: 'Kerem',
    note: 'asked by mistake',
    assigneeName: 'Kerem',
  });
  expect((await listSecurityEvents(auditor, { state: 'resolved', text: '192.0.2.30' })).rows).toHaveLength(1);
  expect(
    (await listAudit(auditor, { action: 'security-event:resolve', outcome: 'success' })).rows,
  ).toMatchObject([{ reason: 'asked by mistake', before: { resolved: false } }]);
});
