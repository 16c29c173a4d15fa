import { beforeAll, describe, expect, it } from 'vitest';
import { connect, database, databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { systemActor } from '@/domain/actor';
import { personOf } from '@/domain/testing';
import { decide } from '@/domain/transactions/decide';
import type { DecisionAnswer } from '@/domain/transactions/decision-record';
import { type DecisionState, watchDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { explainPayment } from '@/domain/transactions/explain';
import { features } from '@/domain/transactions/features';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { cancelTraining, loadModel, promoteModel, startTraining } from './commands';
import { beginExperiment, returnExperiment, runExperiment, takeExperiment } from './experiment';
import type { TrainingPlan } from './input';
import { labelledPayments } from './labelled-payments';
import { getModel, listExperiments, listModels } from './queries';
import { shippedModel } from './shipped';
import { recordLabelled } from './testing';

const t = await testDatabase();
const scientist = personOf('data_scientist');
const shell = systemActor('command line');

beforeAll(async () => {
  await recordLabelled(t.sql, 3_000, 30);
});

const asked = { name: 'A first try', trainDays: 10, gapDays: 7, assessDays: 10, matureDays: 7 } as const;

/** A run that waits, by its id. */
const start = async (more: object = {}) => {
  t.connectAs('web');
  const started = await startTraining(scientist, { ...asked, type: 'trees', ...more });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  return started.value.id;
};
const row = async (id: number) => (await t.sql`select * from model_experiments where id = ${id}`)[0]!;
const lastAudit = async () =>
  (
    await t.sql`select action, resource_id, old_values, new_values, reason from audit_trail order by id desc limit 1`
  )[0];

/** A whole run, as the worker's process has it. */
const trained = async (more: object = {}) => {
  const id = await start(more);
  t.connectAs('worker');
  expect(await takeExperiment(databaseSql())).toBe(id);
  const end = await runExperiment(databaseSql(), id);
  expect(end).toMatchObject({ status: 'DONE', version: String(id) });
  return id;
};

describe('training', () => {
  it.each(['trees', 'logistic'] as const)('makes a candidate of %s from recorded features', async (type) => {
    const id = await trained({ type });
    const done = await row(id);
    expect(done).toMatchObject({ status: 'DONE', progress: 1, model_name: type, model_version: String(id) });
    expect(done.training_data_hash).toMatch(/^[0-9a-f]{64}$/);
    expect(Number(done.training_ms)).toBeGreaterThan(0);
    const [figures] =
      await t.sql`select * from ml_model_performance where model_name = ${type} and model_version = ${String(id)}`;
    // Of the judged days only those before the last seven have labels, or none for long enough to be genuine.
    expect(figures!.sample_size).toBeGreaterThan(250);
    expect(figures!.sample_size).toBeLessThan(350);
    expect(figures!.auc_roc).toBeGreaterThan(0.9);
    const [low, high] = figures!.intervals.aucRoc;
    expect(low).toBeLessThanOrEqual(figures!.auc_roc);
    expect(high).toBeGreaterThanOrEqual(figures!.auc_roc);
    const importance =
      await t.sql`select feature_name, importance_score, importance_rank from feature_importance
      where model_name = ${type} and model_version = ${String(id)} order by importance_rank`;
    expect(importance[0]).toMatchObject({ feature_name: 'card.count_10m', importance_rank: 1 });
    expect(importance.reduce((sum, i) => sum + Number(i.importance_score), 0)).toBeCloseTo(1, 3);
    const [model] = await t.sql`select is_champion, model_type, created_by from models
      where model_name = ${type} and model_version = ${String(id)}`;
    expect(model).toEqual({ is_champion: false, model_type: type, created_by: scientist.userId });
    expect(await lastAudit()).toMatchObject({ action: 'model:register', resource_id: `${type} ${id}` });
  });

  it('is the same from the same payments and seed', async () => {
    const id = await start();
    await t.sql`update model_experiments set status = 'CANCELLED' where id = ${id}`;
    const plan = (await row(id)).hyperparameters as TrainingPlan;
    t.connectAs('worker');
    const again = async (seed: number) => {
      const other = await beginExperiment(databaseSql(), 'Again', { ...plan, seed }, 'test');
      expect(await runExperiment(databaseSql(), other)).toMatchObject({ status: 'DONE' });
      const [model] =
        await t.sql`select parameters - 'version' as p from models where model_version = ${String(other)}`;
      return { hash: (await row(other)).training_data_hash, model: model!.p };
    };
    const first = await again(1);
    expect(await again(1)).toEqual(first);
    const other = await again(2);
    expect(other.hash).toBe(first.hash);
    expect(other.model).not.toEqual(first.model);
  });

  it('counts a label only from when it was known', async () => {
    const instant = Date.now();
    const at = (days: number) => new Date(instant - days * 86_400_000).toISOString();
    const frauds = async (knownBy: string | null, matureDays: number | null) => {
      let [fraud, all] = [0, 0];
      const range = { from: at(25), to: at(15), knownBy, matureDays };
      for await (const some of labelledPayments(t.sql, range)) {
        fraud += some.filter((payment) => payment.fraud).length;
        all += some.length;
      }
      return { fraud, all };
    };
    const now = await frauds(null, null);
    expect(now.fraud).toBeGreaterThan(20);
    expect(now.all).toBe(now.fraud);
    expect(Math.abs((await frauds(null, 7)).all - 1_000)).toBeLessThanOrEqual(1);
    // Ten days earlier only the first three days' labels had come.
    const earlier = await frauds(at(15), null);
    expect(earlier.fraud).toBeGreaterThan(0);
    expect(earlier.fraud).toBeLessThan(now.fraud / 2);
    expect((await frauds(at(25), null)).all).toBe(0);
  });

  it('says why it failed', async () => {
    const id = await start({ assessDays: 1, gapDays: 0, trainDays: 1, matureDays: null });
    t.connectAs('worker');
    await takeExperiment(databaseSql());
    const end = await runExperiment(databaseSql(), id);
    expect(end).toEqual({ status: 'FAILED', message: 'training needs payments of both kinds' });
    expect(await row(id)).toMatchObject({
      status: 'FAILED',
      message: 'training needs payments of both kinds',
    });
  });

  it('can be cancelled while it waits and while it runs, and not afterwards', async () => {
    const waiting = await start();
    expect(await startTraining(scientist, { ...asked, type: 'trees' })).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'experiment.open' },
    });
    expect(await cancelTraining(scientist, { id: waiting })).toEqual({ ok: true, value: { id: waiting } });
    expect(await lastAudit()).toMatchObject({ action: 'experiment:cancel', resource_id: String(waiting) });
    const running = await start();
    t.connectAs('worker');
    const sql = databaseSql();
    expect(await takeExperiment(sql)).toBe(running);
    t.connectAs('web');
    const cancelled = cancelTraining(scientist, { id: running });
    await cancelled;
    t.connectAs('worker');
    expect(await runExperiment(databaseSql(), running)).toEqual({ status: 'CANCELLED' });
    expect(await t.sql`select 1 from models where model_version = ${String(running)}`).toHaveLength(0);
    expect(await cancelTraining(scientist, { id: running })).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'experiment.ended' },
    });
  });

  it('goes back to those that wait, and is failed when nobody is at it any more', async () => {
    const id = await start();
    t.connectAs('worker');
    const sql = databaseSql();
    expect(await takeExperiment(sql)).toBe(id);
    expect(await takeExperiment(sql)).toBeNull();
    await returnExperiment(sql, id);
    expect(await takeExperiment(sql)).toBe(id);
    await t.sql`update model_experiments set heartbeat_at = now() - interval '3 minutes' where id = ${id}`;
    expect(await takeExperiment(sql)).toBeNull();
    expect(await row(id)).toMatchObject({ status: 'FAILED', message: 'lost' });
  });
});

const xgboost = {
  learner: {
    feature_names: ['payment.amount', 'card.count_10m'],
    learner_model_param: { base_score: '[5E-1]', num_class: '0' },
    objective: { name: 'binary:logistic' },
    gradient_booster: {
      name: 'gbtree',
      model: {
        trees: [
          {
            left_children: [1, -1, -1],
            right_children: [2, -1, -1],
            split_indices: [0, 0, 0],
            split_conditions: [100, -4, 3],
            default_left: [1, 0, 0],
            sum_hessian: [4, 3, 1],
          },
        ],
      },
    },
  },
};

describe('the registry', () => {
  it('lists models with their figures, the shipped one and the runs', async () => {
    const id = await trained();
    t.connectAs('web');
    const analyst = personOf('analyst');
    const models = await listModels(analyst, {});
    expect(models[0]).toMatchObject({
      name: shippedModel.name,
      champion: true,
      shipped: true,
      quality: null,
    });
    const row = models.find(({ version }) => version === String(id));
    expect(row).toMatchObject({ name: 'trees', champion: false, type: 'trees' });
    const { aucRoc, frauds, payments } = row!.quality!;
    expect(aucRoc!.low!).toBeLessThanOrEqual(aucRoc!.value);
    expect(frauds).toBeGreaterThan(0);
    expect(payments).toBeGreaterThan(frauds);
    const detail = await getModel(analyst, { name: 'trees', version: String(id) });
    expect(detail).toMatchObject({ inputs: features.length, trees: 180, experiment: { id } });
    expect(Math.abs(detail.experiment!.payments! - 1_000)).toBeLessThanOrEqual(1);
    expect(detail.importance[0]!.field).toBe('card.count_10m');
    expect(await getModel(analyst, { name: shippedModel.name, version: shippedModel.version })).toMatchObject(
      {
        champion: true,
        importance: [],
      },
    );
    await expect(getModel(analyst, { name: 'trees', version: 'none' })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
    const first = await listExperiments(analyst, { limit: 1 });
    expect(first.rows).toMatchObject([{ id, status: 'DONE', progress: 1, model: { name: 'trees' } }]);
    const next = await listExperiments(analyst, { limit: 100, cursor: first.next! });
    expect(next.rows.every((one) => one.id < id)).toBe(true);
    await expect(listModels(personOf('db_operator'), {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
  });
});

describe('the champion', () => {
  const random = seededRandom(3);
  const world = { prefix: 'champion-', users: 9, merchants: 9, devices: 9, addresses: 9, network: 3 };
  const payment = (id: string) => ({
    ...generatePayment(world, id, new Date(Date.now() - 1_000), random),
    currency: 'EUR',
    amount: '250.00',
  });
  const answerOf = async (state: DecisionState, id: string): Promise<DecisionAnswer> => {
    const deps = { sql: databaseSql(), rules: () => state.current(), queue: new EntityQueue() };
    const [outcome] = await decide([{ payment: payment(id) }], deps);
    if (outcome?.kind !== 'answer') throw new Error(`no answer: ${outcome?.kind}`);
    return JSON.parse(outcome.answer) as DecisionAnswer;
  };

  it('decides without a restart, is explained part by part, and can be taken back', async () => {
    const name = 'from xgboost';
    expect(await loadModel(shell, { name, version: '1', model: xgboost })).toMatchObject({ ok: true });
    expect(await loadModel(shell, { name, version: '1', model: xgboost })).toMatchObject({
      ok: false,
      error: { detail: 'model.exists' },
    });
    t.connectAs('ingest');
    const direct = connect(t.direct.ingest!, { max: 1, name: 'test-listen' });
    const state = await watchDecisionRules(databaseSql(), { direct, everyMs: 3_600_000 });
    try {
      expect((await answerOf(state, 'before')).model).toMatchObject({ name: shippedModel.name });
      const promote = async (to: { name: string; version: string }) => {
        t.connectAs('web');
        const done = await promoteModel(scientist, { ...to, reason: 'It is better on the last week' });
        expect(done).toMatchObject({ ok: true });
        t.connectAs('ingest');
        await expect.poll(() => state.current().model.name, { timeout: 30_000 }).toBe(to.name);
      };
      await promote({ name, version: '1' });
      expect(await lastAudit()).toMatchObject({
        action: 'model:promote',
        resource_id: `${name} 1`,
        old_values: { champion: `${shippedModel.name} ${shippedModel.version}` },
        reason: 'It is better on the last week',
      });
      const answer = await answerOf(state, 'after');
      expect(answer.model).toEqual({ name, version: '1', probability: 0.9526 });
      t.connectAs('web');
      const { model } = (await explainPayment(database(), 'champion-after', null))!;
      // 0.75 · −4 + 0.25 · 3 = −2.25 below the root; the step to 3 is the amount's.
      expect(model).toMatchObject({
        base: -2.25,
        parts: [
          { field: 'payment.amount', value: 250, contribution: 5.25 },
          { field: 'card.count_10m', contribution: 0 },
        ],
      });
      await promote({ name: shippedModel.name, version: shippedModel.version });
      expect((await answerOf(state, 'again')).model).toMatchObject({ name: shippedModel.name });
    } finally {
      await state.stop();
      await direct.end({ timeout: 2 });
    }
  });

  it('is not made of what is not there, is it already, or cannot be read', async () => {
    t.connectAs('web');
    const reason = 'Because of this';
    const promote = (name: string, version: string) => promoteModel(scientist, { name, version, reason });
    expect(await promote('nobody', '1')).toMatchObject({ ok: false, error: { code: 'not_found' } });
    expect(await promote(shippedModel.name, shippedModel.version)).toMatchObject({
      ok: false,
      error: { code: 'conflict', detail: 'model.champion' },
    });
    await t.sql`insert into models (model_name, model_version, model_type, parameters, created_by)
      values ('broken', '1', 'trees', '{"kind":"trees","inputs":[],"trees":[]}', 'test')`;
    expect(await promote('broken', '1')).toMatchObject({ ok: false, error: { code: 'invalid' } });
    expect(await t.sql`select 1 from models where is_champion`).toHaveLength(0);
    expect(await promoteModel(scientist, { name: 'x\0', version: '1', reason })).toMatchObject({
      ok: false,
      error: { code: 'invalid' },
    });
  });

  it('is refused to who may not, and so is bringing a model in', async () => {
    const given = { name: 'trees', version: '1', reason: 'Because of this' };
    for (const role of ['analyst', 'senior_analyst', 'auditor', 'db_operator'] as const)
      expect(await promoteModel(personOf(role), given)).toMatchObject({
        ok: false,
        error: { code: 'denied' },
      });
    expect(await loadModel(personOf('admin'), { name: 'a', version: '1', model: xgboost })).toMatchObject({
      ok: false,
      error: { code: 'denied' },
    });
    expect(await loadModel(shell, { name: 'a', version: '1', model: { learner: {} } })).toMatchObject({
      ok: false,
      error: { code: 'invalid', field: 'model' },
    });
  });
});
