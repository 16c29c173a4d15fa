import { sql } from 'drizzle-orm';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { testDatabase } from '@/db/testing';
import { anonymousActor, type PersonActor, systemActor } from './actor';
import { AppError } from './errors';
import { command, query } from './operation';

const t = await testDatabase({ role: 'web' });

const person = (role: PersonActor['role']): PersonActor => ({
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: 'a@example.com',
  name: 'Ada',
  role,
  sessionId: 'session',
  ip: '192.0.2.1',
  userAgent: 'test',
  requestId: 'req_test',
});

const note = z.strictObject({ key: z.string().min(1), value: z.number() });
const setNote = command({
  name: 'setting:change',
  can: 'setting:change',
  input: note,
  topics: ['config'],
  run: async ({ tx, input }) => {
    await tx.execute(sql`insert into system_config (config_key, config_value) values (${input.key}, ${input.value}::text::jsonb)
      on conflict (config_key) do update set config_value = excluded.config_value`);
    if (input.value < 0) throw new AppError('conflict', { field: 'value', detail: 'negative' });
    if (input.value === 13) throw new Error('secret detail of the server');
    return {
      value: input.key,
      audit: { resourceType: 'setting', resourceId: input.key, before: null, after: { value: input.value } },
    };
  },
});
const readNote = query({
  name: 'setting.read',
  can: 'setting:read',
  input: z.strictObject({ key: z.string() }),
  run: async ({ db, input }) =>
    (await db.execute(sql`select config_value from system_config where config_key = ${input.key}`)).length,
});

const auditRows = (action: string, outcome: string) =>
  t.sql`select * from audit_trail where action = ${action} and outcome = ${outcome}`;

describe('command', () => {
  test('changes, audits and publishes in one transaction', async () => {
    const heard: string[] = [];
    await t.sql.listen('vigil', (payload) => heard.push(payload));
    expect(await setNote(person('admin'), { key: 'a', value: 1 })).toEqual({ ok: true, value: 'a' });
    const [row] = await t.sql`select * from audit_trail where resource_id = 'a'`;
    expect(row).toMatchObject({
      action: 'setting:change',
      actor_type: 'user',
      actor_name: 'Ada',
      outcome: 'success',
      new_values: { value: 1 },
      ip_address: '192.0.2.1',
      session_id: 'session',
      request_id: 'req_test',
    });
    await expect.poll(() => heard).toContain('["config","audit"]');
  });

  test('an expected failure changes nothing and leaves no audit row', async () => {
    const result = await setNote(person('admin'), { key: 'b', value: -1 });
    expect(result).toMatchObject({ ok: false, error: { code: 'conflict', field: 'value' } });
    expect(await t.sql`select 1 from system_config where config_key = 'b'`).toHaveLength(0);
    expect(await t.sql`select 1 from audit_trail where resource_id = 'b'`).toHaveLength(0);
  });

  test('an unexpected failure tells its request id and nothing else', async () => {
    const result = await setNote(person('admin'), { key: 'c', value: 13 });
    expect(result).toEqual({ ok: false, error: { code: 'unexpected', requestId: 'req_test' } });
  });

  test('wrong input names the field', async () => {
    const raw = { key: '', value: Number.NaN, extra: 1 } as unknown as { key: string; value: number };
    const result = await setNote(person('admin'), raw);
    expect(result.ok).toBe(false);
    if (!result.ok)
      expect(result.error.issues?.map((issue) => [issue.field, issue.rule])).toEqual([
        ['key', 'too_small'],
        ['value', 'invalid_type'],
        ['extra', 'unknown_key'],
      ]);
  });

  test('a refusal is an audit row and a security event', async () => {
    const result = await setNote(person('analyst'), { key: 'd', value: 1 });
    expect(result).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(await auditRows('setting:change', 'denied')).toHaveLength(1);
    expect(
      await t.sql`select 1 from security_events where event_type = 'access.denied' and session_id = 'session'`,
    ).toHaveLength(1);
  });

  test('nobody without a session', async () => {
    const nobody = anonymousActor({ ip: null, userAgent: null, requestId: 'req_x' });
    expect(await setNote(nobody, { key: 'e', value: 1 })).toMatchObject({
      error: { code: 'unauthenticated' },
    });
    await expect(readNote(nobody, { key: 'a' })).rejects.toMatchObject({
      failure: { code: 'unauthenticated' },
    });
  });

  test('without its audit row a change does not happen', async () => {
    await t.sql`alter table audit_trail add constraint refuse check (resource_id <> 'refused') not valid`;
    const result = await setNote(systemActor('test'), { key: 'refused', value: 1 });
    expect(result).toMatchObject({ ok: false, error: { code: 'unexpected' } });
    expect(await t.sql`select 1 from system_config where config_key = 'refused'`).toHaveLength(0);
  });
});

describe('query', () => {
  test('reads for those who may and throws for those who may not', async () => {
    expect(await readNote(person('auditor'), { key: 'a' })).toBe(1);
    await expect(readNote(person('analyst'), { key: 'a' })).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    expect(await auditRows('setting.read', 'denied')).toHaveLength(1);
  });
});
