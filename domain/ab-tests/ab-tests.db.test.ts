import { beforeAll, describe, expect, it } from 'vitest';
import { connect, databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { promoteModel } from '@/domain/models/commands';
import { shippedModel } from '@/domain/models/shipped';
import { personOf } from '@/domain/testing';
import { decide } from '@/domain/transactions/decide';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import { type DecisionState, watchDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { armOf } from './arm';
import { startAbTest, stopAbTest } from './commands';
import { registered, splitModel } from './testing';

const t = await testDatabase();
const scientist = personOf('data_scientist');
const reason = 'It has run for long enough';
const asked = {
  name: 'Trees against ours',
  challenger: 'challenger',
  challengerVersion: '1',
  splitPercent: 50,
  measure: 'recall',
  minLabelled: 100,
  matureDays: null,
} as const;

beforeAll(async () => {
  await registered(t.sql, splitModel('challenger', 100, 0.95, 0.02));
  await registered(t.sql, splitModel('another', 100, 0.9, 0.1));
});

const start = async (more: object = {}) => {
  t.connectAs('web');
  const started = await startAbTest(scientist, { ...asked, ...more });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  return started.value.id;
};
const stop = async (id: number) => {
  t.connectAs('web');
  expect(await stopAbTest(scientist, { id, reason })).toEqual({ ok: true, value: { id } });
};
const row = async (id: number) => (await t.sql`select * from model_ab_tests where id = ${id}`)[0]!;
const lastAudit = async () =>
  (
    await t.sql`select action, resource_id, old_values, new_values, reason from audit_trail order by id desc limit 1`
  )[0];

const random = seededRandom(5);
const world = { prefix: 'ab-', users: 40, merchants: 9, devices: 9, addresses: 9, network: 3 };
const payments = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    ...generatePayment(world, `${prefix}${i}`, new Date(Date.now() - 1_000), random),
    transaction_id: `${prefix}${i}`,
    user_id: `customer-${i % 40}`,
    currency: 'EUR',
    amount: '250.00',
  }));

describe('a test', () => {
  it('starts against the champion of the moment and is on the record', async () => {
    const id = await start({ splitPercent: 7, matureDays: 14 });
    expect(await row(id)).toMatchObject({
      test_name: asked.name,
      model_a: shippedModel.name,
      model_a_version: shippedModel.version,
      model_b: 'challenger',
      traffic_split: '0.07',
      primary_measure: 'recall',
      min_labelled: 100,
      mature_days: 14,
      status: 'ACTIVE',
      end_date: null,
      results: null,
      created_by: scientist.userId,
    });
    expect(await lastAudit()).toMatchObject({
      action: 'ab-test:start',
      resource_id: String(id),
      new_values: { challenger: 'challenger 1', splitPercent: 7 },
    });
    await stop(id);
    expect(await row(id)).toMatchObject({ status: 'STOPPED', winner: null, end_reason: reason });
    expect(await lastAudit()).toMatchObject({ action: 'ab-test:stop', resource_id: String(id), reason });
    expect(await stopAbTest(scientist, { id, reason })).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'ab-test.ended' },
    });
  });

  it('is alone: neither a second test nor a promotion beside it', async () => {
    const id = await start();
    expect(await startAbTest(scientist, { ...asked, challenger: 'another' })).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'ab-test.running' },
    });
    for (const name of ['challenger', 'another'])
      expect(await promoteModel(scientist, { name, version: '1', reason })).toMatchObject({
        ok: false,
        error: { code: 'conflict', detail: 'model.tested' },
      });
    await expect(
      t.sql`insert into model_ab_tests (test_name, model_a, model_a_version, model_b, model_b_version, primary_measure,
        min_labelled, created_by) values ('x', 'a', '1', 'b', '1', 'recall', 100, 'x')`,
    ).rejects.toMatchObject({ constraint_name: 'model_ab_tests_active_key' });
    await stop(id);
    const both = await Promise.all([
      startAbTest(scientist, asked),
      startAbTest(scientist, { ...asked, challenger: 'another' }),
    ]);
    expect(both.filter((one) => one.ok)).toHaveLength(1);
    await stop(both.flatMap((one) => (one.ok ? [one.value.id] : []))[0]!);
  });

  it.each([
    [{ name: '' }, 'name'],
    [{ name: 'a\0b' }, 'name'],
    [{ name: 'x'.repeat(101) }, 'name'],
    [{ challenger: ['challenger'] }, 'challenger'],
    [{ challengerVersion: 1 }, 'challengerVersion'],
    [{ splitPercent: 0 }, 'splitPercent'],
    [{ splitPercent: 51 }, 'splitPercent'],
    [{ splitPercent: Number.NaN }, 'splitPercent'],
    [{ splitPercent: 2.5 }, 'splitPercent'],
    [{ splitPercent: '10' }, 'splitPercent'],
    [{ measure: 'luck' }, 'measure'],
    [{ minLabelled: 99 }, 'minLabelled'],
    [{ minLabelled: 1e12 }, 'minLabelled'],
    [{ matureDays: 0 }, 'matureDays'],
    [{ matureDays: undefined }, 'matureDays'],
    [{ more: 1 }, undefined],
  ])('does not start with %j', async (more, field) => {
    t.connectAs('web');
    const refused = await startAbTest(scientist, { ...asked, ...more } as never);
    expect(refused).toMatchObject({ ok: false, error: { code: 'invalid', ...(field && { field }) } });
  });

  it('does not start with a challenger that is the champion, is not there, or cannot be read', async () => {
    t.connectAs('web');
    const given = (challenger: string) => startAbTest(scientist, { ...asked, challenger });
    expect(await given(shippedModel.name)).toMatchObject({
      ok: false,
      error: { code: 'conflict', field: 'challenger', detail: 'model.champion' },
    });
    expect(await given('nobody')).toMatchObject({
      ok: false,
      error: { code: 'not_found', field: 'challenger' },
    });
    await t.sql`insert into models (model_name, model_version, model_type, parameters, created_by)
      values ('broken', '1', 'trees', '{"kind":"trees","inputs":[],"trees":[]}', 'test')`;
    expect(await given('broken')).toMatchObject({ ok: false, error: { code: 'invalid' } });
    expect(await t.sql`select 1 from model_ab_tests where status = 'ACTIVE'`).toHaveLength(0);
    expect(await stopAbTest(scientist, { id: 0, reason })).toMatchObject({
      ok: false,
      error: { field: 'id' },
    });
    expect(await stopAbTest(scientist, { id: 1, reason: 'no' })).toMatchObject({
      ok: false,
      error: { field: 'reason' },
    });
  });

  it('is refused to who may not', async () => {
    for (const role of ['analyst', 'senior_analyst', 'auditor', 'db_operator'] as const) {
      expect(await startAbTest(personOf(role), asked)).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
      expect(await stopAbTest(personOf(role), { id: 1, reason })).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
    }
  });
});

describe('the arms', () => {
  const decided = async (state: DecisionState, prefix: string, more: object = {}) => {
    const given = payments(prefix, 80);
    const deps = { sql: databaseSql(), rules: () => state.current(), queue: new EntityQueue(), ...more };
    const outcomes = await decide(
      given.map((payment) => ({ payment })),
      deps,
    );
    const kept = await t.sql`select transaction_id, model_name, arm, ab_test_id from model_predictions
      where transaction_id like ${`${prefix}%`}`;
    const byId = new Map(kept.map((one) => [one.transaction_id as string, one]));
    return given.map((payment, i) => {
      const outcome = outcomes[i]!;
      if (outcome.kind !== 'answer') throw new Error(outcome.kind);
      const answer = JSON.parse(outcome.answer) as DecisionAnswer;
      return { user: payment.user_id, answer, kept: byId.get(payment.transaction_id)! };
    });
  };

  it('are decided by their models, the same customer always in the same one, from start to stop without a restart', async () => {
    t.connectAs('ingest');
    const direct = connect(t.direct.ingest!, { max: 1, name: 'test-listen' });
    const state = await watchDecisionRules(databaseSql(), { direct, everyMs: 3_600_000 });
    try {
      for (const one of await decided(state, 'before-'))
        expect(one.kept).toMatchObject({ model_name: shippedModel.name, arm: 'champion', ab_test_id: null });
      const { version } = state.current();
      const id = await start();
      t.connectAs('ingest');
      await expect.poll(() => state.current().test?.id, { timeout: 30_000 }).toBe(id);
      expect(state.current().version).not.toBe(version);
      const during = await decided(state, 'during-');
      for (const { user, answer, kept } of during) {
        const arm = armOf(id, user, 0.5);
        const model = arm === 'challenger' ? 'challenger' : shippedModel.name;
        expect(kept).toMatchObject({ model_name: model, arm, ab_test_id: id });
        expect(answer.model.name).toBe(model);
        if (arm === 'challenger') expect(answer.decision).toBe('BLOCK');
      }
      expect(new Set(during.map(({ kept }) => kept.arm))).toEqual(new Set(['champion', 'challenger']));
      const [names] =
        await t.sql`select array_agg(a.attname::text order by a.attnum) as names from pg_attribute a
        where a.attrelid = 'ml_features'::regclass and a.attnum > 0 and not a.attisdropped`;
      for (const one of await decided(state, 'past-', { past: { featureColumns: names!.names } }))
        expect(one.kept).toMatchObject({ model_name: shippedModel.name, arm: 'champion', ab_test_id: null });
      await stop(id);
      t.connectAs('ingest');
      await expect.poll(() => state.current().test, { timeout: 30_000 }).toBeNull();
      for (const one of await decided(state, 'after-'))
        expect(one.kept).toMatchObject({ model_name: shippedModel.name, arm: 'champion', ab_test_id: null });
    } finally {
      await state.stop();
      await direct.end({ timeout: 2 });
    }
  });

  it('leave every payment to the champion when the challenger cannot be read any more', async () => {
    await registered(t.sql, splitModel('fades', 100, 0.95, 0.02));
    const id = await start({ challenger: 'fades' });
    await t.sql`update models set parameters = '{"kind":"trees","inputs":[],"trees":[]}' where model_name = 'fades'`;
    t.connectAs('ingest');
    const state = await watchDecisionRules(databaseSql(), { everyMs: 3_600_000 });
    try {
      expect(state.current()).toMatchObject({ test: null, model: { name: shippedModel.name } });
    } finally {
      await state.stop();
    }
    await stop(id);
  });
});
