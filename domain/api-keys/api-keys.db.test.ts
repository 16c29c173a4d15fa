import { describe, expect, it } from 'vitest';
import { testDatabase } from '@/db/testing';
import type { Role } from '../access';
import { type Actor, systemActor } from '../actor';
import { changeApiKey, createApiKey, revokeApiKey } from './commands';
import { getApiKey, listApiKeys } from './queries';
import { hashKey, looksLikeKey, newKey } from './secret';

const t = await testDatabase();
await t.sql`select ensure_partitions()`;
const [person] = await t.sql<{ id: string }[]>`insert into console_users (email, name, role, created_by)
  values ('officer@example.org', 'Olivia Officer', 'security_officer', 'test') returning id`;
t.connectAs('web');

const as = (role: Role): Actor => ({
  kind: 'user',
  userId: person!.id,
  email: 'officer@example.org',
  name: 'Olivia Officer',
  role,
  sessionId: 's'.repeat(64),
  ip: '10.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
});
const officer = as('security_officer');

const made = async (name: string) => {
  const result = await createApiKey(officer, { name, scopes: ['ingest', 'read'], expiresAt: null });
  if (!result.ok) throw new Error(JSON.stringify(result.error));
  return result.value;
};

const lastAudit = async () =>
  (
    await t.sql`select action, resource_id, old_values, new_values, reason, user_id, outcome from audit_trail order by id desc limit 1`
  )[0];

describe('a key', () => {
  it('has its shape, and is kept as a hash only', async () => {
    const { id, key, prefix } = await made('Shop');
    expect(looksLikeKey(key)).toBe(true);
    expect(key.startsWith(`${prefix}_`)).toBe(true);
    const [row] = await t.sql`select * from api_keys where id = ${id}`;
    expect(row).toMatchObject({
      key_hash: hashKey(key),
      rate_per_second: 1000,
      burst: 2000,
      owner_id: person!.id,
    });
    expect(JSON.stringify(row)).not.toContain(key.slice(13));
  });

  it('is on the record without what opens', async () => {
    const { id, key } = await made('Recorded');
    const audit = await lastAudit();
    expect(audit).toMatchObject({ action: 'api-key:create', resource_id: String(id), user_id: person!.id });
    expect(JSON.stringify(audit)).not.toContain(key.slice(13));
    expect(JSON.stringify(audit)).not.toContain(hashKey(key));
  });

  it('is listed with its owner and its use', async () => {
    const { id } = await made('Listed');
    await t.sql`insert into api_usage_slots (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms, calls,
        request_bytes, response_bytes)
      select 3600, date_trunc('hour', now()) - make_interval(hours => hours), '/api/v1/transactions', 'POST', status, ${id}, 8, 1, 1, 1
      from (values (0, 200), (24, 409), (25, 200)) as v(hours, status)`;
    const { rows } = await listApiKeys(officer, {});
    expect(rows[0]).toMatchObject({
      id,
      name: 'Listed',
      ownerName: 'Olivia Officer',
      state: 'active',
      calls24h: 2,
      refused24h: 1,
    });
    expect(JSON.stringify(rows)).not.toMatch(/hash/i);
    expect(await getApiKey(officer, { id })).toEqual(rows[0]);
    await expect(getApiKey(officer, { id: 999_999 })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
  });

  it('is listed page by page', async () => {
    const seen: number[] = [];
    for (let cursor: string | undefined; ; ) {
      const page = await listApiKeys(officer, { limit: 2, cursor });
      seen.push(...page.rows.map((row) => row.id));
      if (!page.next) break;
      cursor = page.next;
    }
    expect(seen).toEqual([...new Set(seen)].sort((a, b) => b - a));
    await expect(listApiKeys(officer, { cursor: 'x' })).rejects.toMatchObject({
      failure: { code: 'invalid' },
    });
  });

  it('changes, and says what changed and why', async () => {
    const { id } = await made('Changing');
    const wanted = {
      id,
      name: 'Changed',
      ratePerSecond: 5,
      burst: 2000,
      expiresAt: null,
      reason: 'quieter now',
    };
    expect(await changeApiKey(officer, wanted)).toEqual({ ok: true, value: { id } });
    expect(await lastAudit()).toMatchObject({
      action: 'api-key:change',
      old_values: { name: 'Changing', ratePerSecond: 1000 },
      new_values: { name: 'Changed', ratePerSecond: 5 },
      reason: 'quieter now',
    });
  });

  it('is revoked once, with a reason', async () => {
    const { id } = await made('Leaving');
    expect(await revokeApiKey(officer, { id, reason: 'no longer used' })).toEqual({
      ok: true,
      value: { id },
    });
    expect(await lastAudit()).toMatchObject({
      action: 'api-key:revoke',
      reason: 'no longer used',
      outcome: 'success',
    });
    expect(await revokeApiKey(officer, { id, reason: 'again' })).toMatchObject({
      ok: false,
      error: { code: 'conflict' },
    });
    const all = await listApiKeys(officer, { show: 'all' });
    expect(all.rows.find((row) => row.id === id)?.state).toBe('revoked');
    const active = await listApiKeys(officer, { show: 'active' });
    expect(active.rows.find((row) => row.id === id)).toBeUndefined();
  });

  it('has a name of its own among keys in force', async () => {
    const { id } = await made('Only one');
    const twice = await createApiKey(officer, { name: 'Only one', scopes: ['read'], expiresAt: null });
    expect(twice).toMatchObject({ ok: false, error: { code: 'conflict', field: 'name' } });
    await revokeApiKey(officer, { id, reason: 'replaced' });
    await made('Only one');
  });

  it.each([
    ['no scope', { scopes: [] }, 'scopes'],
    ['a scope that is none', { scopes: ['root' as never] }, 'scopes.0'],
    ['an end in the past', { expiresAt: '2020-01-01T00:00:00Z' }, 'expiresAt'],
    ['no rate', { ratePerSecond: 0 }, 'ratePerSecond'],
    ['an empty name', { name: '  ' }, 'name'],
    ['a name with NUL', { name: 'a\u0000' }, 'name'],
  ])('is not made with %s', async (_, changes, field) => {
    const result = await createApiKey(officer, { name: 'x', scopes: ['read'], expiresAt: null, ...changes });
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid', field } });
  });

  it('that is not there cannot be revoked', async () => {
    const result = await revokeApiKey(officer, { id: 999_999, reason: 'gone' });
    expect(result).toMatchObject({ ok: false, error: { code: 'not_found' } });
  });

  it('is none of an analyst’s business', async () => {
    const before = await t.sql`select count(*)::int as n from api_keys`;
    const refused = await createApiKey(as('analyst'), { name: 'Mine', scopes: ['read'], expiresAt: null });
    expect(refused).toMatchObject({ ok: false, error: { code: 'denied' } });
    expect(await lastAudit()).toMatchObject({ action: 'api-key:create', outcome: 'denied' });
    await expect(listApiKeys(as('analyst'), {})).rejects.toMatchObject({ failure: { code: 'denied' } });
    expect(await t.sql`select count(*)::int as n from api_keys`).toEqual(before);
  });

  it('can be made by the seed', async () => {
    const result = await createApiKey(systemActor('seed'), {
      name: 'Demo',
      scopes: ['ingest', 'labels', 'read'],
      expiresAt: null,
    });
    expect(result).toMatchObject({ ok: true });
  });
});

it('keys do not repeat', () => {
  const keys = new Set(Array.from({ length: 1000 }, () => newKey().key));
  expect(keys.size).toBe(1000);
});
