import { expect, test } from 'vitest';
import { database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { recordPayment } from '@/domain/alerts/testing';
import { fromContributions } from '@/domain/models/logistic';
import { shippedModel } from '@/domain/models/shipped';
import { explainPayment } from './explain';

const t = await testDatabase({ role: 'web' });
const now = Date.now();
const at = (hours: number) => new Date(now - hours * 3_600_000).toISOString();

/** Unit vectors; `tilt` turns one away from the first axis. */
const embedding = (tilt: number) =>
  Array.from({ length: 16 }, (_, i) => (i === 0 ? Math.cos(tilt) : i === 1 ? Math.sin(tilt) : 0));

const withFeatures = async (id: string, hours: number, tilt: number, isFraud: boolean | null = null) => {
  await recordPayment(t.sql, { id, at: at(hours), user: `user-of-${id}`, isFraud });
  await t.sql`insert into ml_features (transaction_id, transaction_timestamp, card_count_10m, user_new_device_30d,
      transaction_embedding)
    values (${id}, ${at(hours)}, 7, true, ${embedding(tilt)})`;
};

test('the model’s parts add up to its probability and carry the values they were made from', async () => {
  await withFeatures('scored', 1, 0);
  const contributions = shippedModel.inputs.map((_, i) => Math.fround((i % 5) / 10 - 0.1));
  const base = Math.fround(shippedModel.intercept);
  const { probability } = fromContributions(base, contributions);
  await t.sql`insert into model_predictions (transaction_id, transaction_timestamp, model_name, model_version,
      probability, base_log_odds, contributions)
    values ('scored', ${at(1)}, ${shippedModel.name}, ${shippedModel.version}, ${probability}, ${base}, ${contributions})`;
  const explanation = await explainPayment(database(), 'scored', null);
  const model = explanation?.model;
  expect(model?.parts.map(({ field }) => field)).toEqual(shippedModel.inputs.map(({ field }) => field));
  const total = model?.parts.reduce((sum, part) => sum + part.contribution, model.base) ?? 0;
  expect(1 / (1 + Math.exp(-total))).toBeCloseTo(model?.probability ?? 0, 5);
  const small = model?.parts.find(({ field }) => field === 'card.count_10m');
  if (small) expect(small.value).toBe(7);
  expect(explanation?.features).toHaveLength(92);
  expect(explanation?.features.find(({ field }) => field === 'user.new_device_30d')?.value).toBe(true);
  expect(explanation?.features.find(({ field }) => field === 'ip.count_10m')?.value).toBeNull();
});

test('rules in their order, with the values they saw against their limits', async () => {
  await recordPayment(t.sql, { id: 'ruled', at: at(2) });
  const [rule] = await t.sql`insert into fraud_rules (rule_name, rule_type, conditions, actions)
    values ('Too often', 'velocity', '{}', '{}') returning id`;
  const conditions = { op: 'gte', field: 'card.count_10m', value: 6 };
  const [version] =
    await t.sql`insert into rule_versions (rule_id, version, state, rule_name, rule_type, conditions,
      actions, created_by)
    values (${rule?.id}, 3, 'live', 'Too often', 'velocity', ${t.sql.json(conditions)}, '{}', 'test') returning id`;
  await t.sql`insert into rule_hits (transaction_id, transaction_timestamp, rule_version_id, rule_id, position, decision,
      points, tags, severity, reason_code, reason_values, seen)
    values ('ruled', ${at(2)}, ${version?.id}, ${rule?.id}, 0, 'REVIEW', 0.2, ${['velocity']}, 'HIGH', 'cardVelocity',
      ${t.sql.json({ count: 7, merchants: 2 })}, ${t.sql.json({ 'card.count_10m': 7 })})`;
  const explanation = await explainPayment(database(), 'ruled', null);
  expect(explanation?.liveRules).toBe(1);
  expect(explanation?.rules).toMatchObject([
    {
      version: 3,
      name: 'Too often',
      decision: 'REVIEW',
      tags: ['velocity'],
      reason: { code: 'cardVelocity', values: { count: 7, merchants: 2 } },
      tests: [{ leaf: conditions, seen: 7 }],
    },
  ]);
  expect(explanation?.rules[0]?.points).toBeCloseTo(0.2);
});

test('the most similar payments of the month before, with how they turned out', async () => {
  await withFeatures('similar-near', 30, 0.1, true);
  await withFeatures('similar-far', 40, 1.2, false);
  await withFeatures('similar-later', 0.5, 0);
  const explanation = await explainPayment(database(), 'scored', null);
  expect(explanation?.similar.map(({ id, isFraud }) => [id, isFraud])).toEqual([
    ['similar-near', true],
    ['similar-far', false],
  ]);
  expect(explanation?.similar[0]?.similarity).toBeCloseTo(Math.cos(0.1), 4);
});

test('habits leave out the day before the payment, which may be the attack itself', async () => {
  const user = 'habitual';
  for (let i = 0; i < 6; i++)
    await recordPayment(t.sql, {
      id: `habit-${i}`,
      at: at(30 + i * 24),
      user,
      device: 'dev-own',
      amount: 20,
    });
  for (let i = 0; i < 9; i++)
    await recordPayment(t.sql, {
      id: `burst-${i}`,
      at: at(0.2 + i / 100),
      user,
      device: 'dev-other',
      amount: 1,
    });
  await recordPayment(t.sql, { id: 'asked', at: at(0.1), user, device: 'dev-other', card: 'tok_asked_1' });
  const explanation = await explainPayment(database(), 'asked', null);
  expect(explanation?.usual).toMatchObject({ count: 15, devices: ['dev-own'], countries: ['DE'] });
  expect(explanation?.card.map(({ id }) => id)).toEqual(['asked']);
  expect(await explainPayment(database(), 'nobody', null)).toBeNull();
});
