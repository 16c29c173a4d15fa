import { beforeEach, describe, expect, test } from 'vitest';
import { database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { roles } from '@/domain/access';
import type { PersonActor } from '@/domain/actor';
import { changeSetting, resetSetting } from './commands';
import { listSettings, settingHistory } from './queries';
import { readSetting, seedSettings } from './read';

const t = await testDatabase({ role: 'web' });
const personId = '00000000-0000-4000-8000-000000000002';
const person = (role: PersonActor['role']): PersonActor => ({
  kind: 'user',
  userId: personId,
  email: 'admin@example.test',
  name: 'Ana Petrova',
  role,
  sessionId: 'b'.repeat(64),
  ip: '127.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
});
const admin = person('admin');
const versionOf = async (key: string) =>
  (await listSettings(admin, {})).rows.find((row) => row.key === key)!.version;
const change = async (
  key: Parameters<typeof changeSetting>[1]['key'],
  value: never,
  reason = 'Because we must',
) => changeSetting(admin, { key, value, reason, version: await versionOf(key) });
const audits = () =>
  t.sql`select action, resource_id, old_values, new_values, outcome, reason, user_id from audit_trail order by id`;

beforeEach(async () => {
  await t.sql`delete from system_config`;
  await t.sql`delete from audit_trail`;
  await seedSettings(database());
});

describe('changeSetting', () => {
  test('changes the value, says who, and writes one audit row with the reason', async () => {
    await t.sql`insert into console_users (id, email, name, role) values (${personId}, 'admin@example.test', 'Ana Petrova', 'admin')
      on conflict do nothing`;
    expect(await change('decision.block_at', 0.9 as never)).toMatchObject({ ok: true });
    expect(await readSetting(database(), 'decision.block_at')).toBe(0.9);
    const row = (await listSettings(admin, {})).rows.find((one) => one.key === 'decision.block_at');
    expect(row).toMatchObject({ value: 0.9, initial: 0.85, changed: true, updatedBy: 'Ana Petrova' });
    expect(await audits()).toEqual([
      {
        action: 'setting:change',
        resource_id: 'decision.block_at',
        old_values: { value: 0.85 },
        new_values: { value: 0.9 },
        outcome: 'success',
        reason: 'Because we must',
        user_id: personId,
      },
    ]);
  });

  test('works for a setting that was never stored', async () => {
    await t.sql`delete from system_config where config_key = 'database.slow_query_ms'`;
    expect(await versionOf('database.slow_query_ms')).toBeNull();
    expect(await change('database.slow_query_ms', 500 as never)).toMatchObject({ ok: true });
    expect(await readSetting(database(), 'database.slow_query_ms')).toBe(500);
  });

  test.each([
    ['a value out of bounds', 'decision.block_at', 1.5, 'value', 'too_big'],
    ['a value of another kind', 'decision.block_at', 'high', 'value', 'invalid_type'],
    ['a missing part', 'alert.sla_minutes', { critical: 5, warning: 60 }, 'value.info', 'required'],
    [
      'an unknown part',
      'alert.sla_minutes',
      { critical: 5, warning: 60, info: 90, low: 1 },
      'value.low',
      'unknown_key',
    ],
    ['a broken rule between settings', 'decision.review_at', 0.9, 'value', 'review_below_block'],
  ] as const)('refuses %s at its field', async (_what, key, value, field, rule) => {
    const result = await change(key, value as never);
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid' } });
    expect(result.ok || result.error.issues).toContainEqual(expect.objectContaining({ field, rule }));
    expect(await audits()).toHaveLength(0);
  });

  test('needs a reason', async () => {
    expect(await change('decision.block_at', 0.9 as never, '  ')).toMatchObject({
      ok: false,
      error: { code: 'invalid', field: 'reason' },
    });
  });

  test('refuses a value that changes nothing, in whatever order its parts stand', async () => {
    expect(
      await change('alert.sla_minutes', { info: 240, critical: 15, warning: 60 } as never),
    ).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'setting.unchanged' },
    });
  });

  test('does not overwrite a change that was not seen', async () => {
    const version = await versionOf('decision.block_at');
    await change('decision.block_at', 0.9 as never);
    const late = await changeSetting(admin, {
      key: 'decision.block_at',
      value: 0.95,
      reason: 'I saw the old one',
      version,
    });
    expect(late).toMatchObject({ ok: false, error: { code: 'stale', detail: 'setting.changed_meanwhile' } });
    expect(await readSetting(database(), 'decision.block_at')).toBe(0.9);
  });

  test('of many changes at once one wins, and rules between settings hold whatever the order', async () => {
    const version = await versionOf('decision.block_at');
    const results = await Promise.all(
      [0.86, 0.87, 0.88, 0.89].map((value) =>
        changeSetting(admin, { key: 'decision.block_at', value, reason: 'At once', version }),
      ),
    );
    expect(results.filter((result) => result.ok)).toHaveLength(1);
    // Each alone is fine: review up to .7, block down to .6.
    const [review, block] = [await versionOf('decision.review_at'), await versionOf('decision.block_at')];
    const pair = await Promise.all([
      changeSetting(admin, { key: 'decision.review_at', value: 0.7, reason: 'At once', version: review }),
      changeSetting(admin, { key: 'decision.block_at', value: 0.6, reason: 'At once', version: block }),
    ]);
    expect(pair.filter((result) => result.ok)).toHaveLength(1);
    expect(await readSetting(database(), 'decision.review_at')).toBeLessThan(
      await readSetting(database(), 'decision.block_at'),
    );
  });

  test('another base currency takes the rates with it, and is refused once there are payments', async () => {
    expect(await change('currency.base', 'XXX' as never)).toMatchObject({ ok: false });
    expect(await change('currency.base', 'USD' as never)).toMatchObject({ ok: true });
    const rates = await readSetting(database(), 'currency.rates');
    expect(rates.USD).toBe(1);
    expect(rates.EUR).toBeCloseTo(1 / 0.87, 6);
    expect((await audits()).map((row) => row.resource_id).sort()).toEqual([
      'currency.base',
      'currency.rates',
    ]);
    await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, fraud_score, risk_level, decision, decision_version)
      values ('t1', 'u1', 'm1', now(), now(), 1, 'USD', 1, 0.1, 'MINIMAL', 'ALLOW', 'v')`;
    expect(await change('currency.base', 'EUR' as never)).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'setting.base_in_use' },
    });
  });

  test('only administrators; a refusal is on the record', async () => {
    for (const role of roles.filter((one) => one !== 'admin')) {
      const input = { key: 'decision.block_at', value: 0.9, reason: 'I want to', version: null } as const;
      expect(await changeSetting(person(role), input)).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
      expect(
        await resetSetting(person(role), { key: input.key, reason: 'I want to', version: null }),
      ).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
    }
    expect(new Set((await audits()).map((row) => row.outcome))).toEqual(new Set(['denied']));
    expect(await readSetting(database(), 'decision.block_at')).toBe(0.85);
  });
});

test('resetSetting gives the initial value again, with its audit row', async () => {
  await change('decision.risk_bands', { low: 0.1, medium: 0.3, high: 0.5, critical: 0.7 } as never);
  const version = await versionOf('decision.risk_bands');
  expect(
    await resetSetting(admin, { key: 'decision.risk_bands', reason: 'Back to normal', version }),
  ).toMatchObject({
    ok: true,
  });
  const row = (await listSettings(admin, {})).rows.find((one) => one.key === 'decision.risk_bands');
  expect(row).toMatchObject({ changed: false, value: { low: 0.2 } });
  expect((await audits()).at(-1)).toMatchObject({ action: 'setting:reset', reason: 'Back to normal' });
});

test('history: newest first, page by page, of this setting only; forged cursors are refused', async () => {
  for (let step = 1; step <= 25; step += 1)
    await change('alert.lease_minutes', (10 + step) as never, `Step ${step}`);
  await change('decision.block_at', 0.9 as never);
  const reader = person('senior_analyst');
  const first = await settingHistory(reader, { key: 'alert.lease_minutes' });
  expect(first.rows).toHaveLength(20);
  expect(first.rows[0]).toMatchObject({ before: 34, after: 35, reason: 'Step 25', who: 'Ana Petrova' });
  const second = await settingHistory(reader, { key: 'alert.lease_minutes', cursor: first.next! });
  expect(second.rows.map((row) => row.after)).toEqual([15, 14, 13, 12, 11]);
  expect(second.next).toBeNull();
  await expect(settingHistory(reader, { key: 'alert.lease_minutes', cursor: 'e30' })).rejects.toMatchObject({
    failure: { code: 'invalid', field: 'cursor' },
  });
  await expect(settingHistory(person('analyst'), { key: 'alert.lease_minutes' })).rejects.toMatchObject({
    failure: { code: 'denied' },
  });
});
