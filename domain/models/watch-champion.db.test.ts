import { beforeEach, describe, expect, it } from 'vitest';
import { databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { resultOf } from '@/domain/database/checks/testing';
import { addDays, dayOf } from '@/domain/reports/period';
import { personOf } from '@/domain/testing';
import { promoteModel } from './commands';
import { getDrift, getFeatureDrift, getQuality } from './queries';
import { shippedModel } from './shipped';
import { recordTraffic } from './testing';
import { watchChampion } from './watch-champion';

const t = await testDatabase();
const { name, version } = shippedModel;
const shipped = { name, version };
const now = new Date();
const analyst = personOf('analyst');
const ago = (days: number) => addDays(dayOf(now), -days);

/** A run of the job, as the worker has it. */
const watch = (at = now, most = 120_000) => {
  t.connectAs('worker');
  return databaseSql().begin((tx) => watchChampion(tx, at, most));
};
type Day = Record<string, { feature: string; psi: number | null; payments: number }>;
const driftOf = async (daysAgo: number, model = shipped): Promise<Day> =>
  Object.fromEntries(
    (
      await t.sql`select feature, psi, payments, counts from model_drift where model_name = ${model.name}
        and model_version = ${model.version} and day = ${ago(daysAgo)}::text::date`
    ).map((row) => [row.feature, row as unknown as Day[string]]),
  );
const shifted = (day: Day) =>
  Object.values(day)
    .filter(({ feature, psi }) => feature !== 'score' && psi !== null && psi >= 0.1)
    .map(({ feature }) => feature)
    .sort();

beforeEach(async () => {
  await t.sql`truncate transactions, ml_features, model_predictions, models, model_references, model_drift,
    ml_model_performance, model_experiments`;
});

it.each([
  ['a feature that is no name', { feature: "a'b" }],
  ['one with NUL', { feature: 'a\0' }],
  ['none', {}],
  ['another type', { feature: 7 }],
  ['an unknown key', { feature: 'score', more: 1 }],
])('refuses %s', async (_, input) => {
  await expect(getFeatureDrift(analyst, input as never)).rejects.toMatchObject({
    failure: { code: 'invalid' },
  });
});

describe('drift', () => {
  it('has nothing to say before there is a full week to stand against', async () => {
    expect(await watch()).toBeNull();
    await recordTraffic(t.sql, { daysAgo: [13, 1], perDay: 40, model: shipped });
    expect(await watch()).toBeNull();
    expect(await resultOf('modelDrift')).toMatchObject({ status: 'too_little', reason: 'no_samples' });
    expect(await resultOf('modelQuality')).toMatchObject({ status: 'too_little', reason: 'no_samples' });
  });

  it('is found where amounts are three times as large, in what is made of them and on that day alone', async () => {
    await recordTraffic(t.sql, { daysAgo: [17, 3], perDay: 1_200, model: shipped });
    await recordTraffic(t.sql, { daysAgo: [2, 2], perDay: 1_200, amounts: 3, model: shipped });
    await recordTraffic(t.sql, { daysAgo: [1, 1], perDay: 100, model: shipped });
    // Out of time a run does one day, the newest, and leaves the others to the next.
    expect(await watch(now, 0)).toMatchObject({ days: 1, left: 2 });
    expect(Object.keys(await driftOf(1)).length).toBeGreaterThan(10);
    expect(await watch()).toMatchObject({ days: 2, left: 0 });
    const [reference] = await t.sql`select from_at, to_at, payments, distributions from model_references`;
    // The first seven days only fill the features; those of thirty days wait for the thirty-first.
    expect(dayOf(reference!.from_at)).toBe(ago(10));
    expect(dayOf(reference!.to_at)).toBe(ago(3));
    expect(reference!.payments).toBe(7 * 1_200);
    expect(reference!.distributions['payment.amount'].counts).toEqual([...Array(10).fill(840), 0]);
    expect(reference!.distributions['user.amount_to_mean_30d']).toBeUndefined();
    expect(reference!.distributions['payment.weekend']).toBeUndefined();

    expect(shifted(await driftOf(3))).toEqual([]);
    const shiftedDay = await driftOf(2);
    expect(shifted(shiftedDay)).toEqual(['payment.amount']);
    expect(shiftedDay['payment.amount']!.psi).toBeGreaterThan(0.25);
    expect(shiftedDay['user.count_24h']!.psi).toBeLessThan(0.05);
    const few = await driftOf(1);
    expect(few['payment.amount']).toMatchObject({ psi: null, payments: 100 });
    expect(await resultOf('modelDrift')).toMatchObject({ status: 'too_little', reason: 'few_events' });

    // Everything is on record once, and a second run looks at nothing again.
    expect(await watch()).toMatchObject({ days: 0, windows: 0 });
    await t.sql`delete from model_drift where day > ${ago(2)}::text::date`;
    t.connectAs('web');
    const drift = await getDrift(analyst, {});
    expect(drift).toMatchObject({ model: shipped, day: ago(2), reference: { payments: 7 * 1_200 } });
    expect(drift.days.map(({ day }) => day)).toEqual([ago(3), ago(2)]);
    expect(drift.days[1]).toMatchObject({ worstFeature: 'payment.amount', significant: 1, payments: 1_200 });
    expect(drift.days[1]!.fifths!.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 6);
    expect(drift.features[0]).toMatchObject({ feature: 'payment.amount', verdict: 'significant' });
    expect(drift.features[0]!.history[0]).toBeLessThan(0.1);
    const bins = await getFeatureDrift(analyst, { feature: 'payment.amount' });
    expect(bins).toMatchObject({ day: ago(2), psi: drift.features[0]!.psi, counts: expect.any(Array) });
    expect(bins.counts).toHaveLength(bins.reference.counts.length);
    for (const feature of ['payment.weekend', 'nothing.here'])
      await expect(getFeatureDrift(analyst, { feature })).rejects.toMatchObject({
        failure: { code: 'not_found' },
      });
    const found = await resultOf('modelDrift');
    expect(found).toMatchObject({ status: 'critical', facts: { object: 'payment.amount', day: ago(2) } });
    expect(found.evidence[0]).toEqual(['payment.amount', found.value, 1_200]);
  });

  it('is seen in the score, of the payments that the champion itself decided', async () => {
    const other = { name: 'other', version: '1' };
    await recordTraffic(t.sql, { daysAgo: [17, 3], perDay: 600, model: shipped });
    await recordTraffic(t.sql, { daysAgo: [2, 2], perDay: 600, model: other });
    await recordTraffic(t.sql, { daysAgo: [1, 1], perDay: 600, model: shipped });
    await watch();
    expect((await driftOf(2)).score).toMatchObject({ psi: null, payments: 0 });
    expect((await driftOf(2))['payment.amount']).toMatchObject({ payments: 600 });
    // What these rows call its score is made up: it lies elsewhere than what the model itself gives them.
    expect((await driftOf(1)).score!.psi).toBeGreaterThan(0.25);
  });

  it('takes features of thirty days from the week after the first thirty', async () => {
    await recordTraffic(t.sql, { daysAgo: [37, 1], perDay: 600, model: shipped });
    const before = new Date(now.getTime() - 15 * 86_400_000);
    await watch(before);
    const distributions = async () => (await t.sql`select distributions as d from model_references`)[0]!.d;
    expect((await distributions())['user.amount_to_mean_30d']).toBeUndefined();
    await watch();
    const after = await distributions();
    expect(after['user.amount_to_mean_30d']).toBeDefined();
    expect(Object.keys(after)).toContain('score');
    // What has been measured stays; later days have the new ones too.
    expect(Object.keys(await driftOf(20))).not.toContain('user.amount_to_mean_30d');
    expect(Object.keys(await driftOf(1))).toContain('user.amount_to_mean_30d');
    expect(shifted(await driftOf(20))).toEqual([]);
  });

  it('of a trained model stands against what it learnt from, unlabelled payments too', async () => {
    const model = { name: 'trees', version: '7' };
    const trees = {
      kind: 'trees',
      ...model,
      source: 'training',
      intercept: -2,
      inputs: [{ field: 'payment.amount' }, { field: 'user.count_24h' }],
      trees: [
        {
          feature: [0, 0, 0],
          threshold: [50, 0, 0],
          missingLeft: [true, false, false],
          left: [1, -1, -1],
          right: [2, -1, -1],
          value: [0, -1, 1],
        },
      ],
    };
    await t.sql`insert into models (model_name, model_version, model_type, parameters, is_champion, created_by)
      values (${model.name}, ${model.version}, 'trees', ${JSON.stringify(trees)}::text::jsonb, true, 'test')`;
    const at = (days: number) => `${ago(days)}T00:00:00.000Z`;
    const plan = {
      type: 'trees',
      seed: 1,
      trainFrom: at(6),
      trainTo: at(4),
      assessFrom: at(4),
      assessTo: at(3),
      matureDays: null,
      threshold: 0.5,
    };
    await t.sql`insert into model_experiments (experiment_name, model_type, hyperparameters, created_by, status, model_name, model_version)
      values ('made', 'trees', ${JSON.stringify(plan)}::text::jsonb, 'test', 'DONE', ${model.name}, ${model.version})`;
    await recordTraffic(t.sql, { daysAgo: [6, 1], perDay: 700, model });
    await t.sql`update model_predictions p set probability = case when f.payment_amount < 50 then 0.0474259 else 0.2689414 end
      from ml_features f where f.transaction_id = p.transaction_id`;
    expect(await watch()).toMatchObject({ days: 4 });
    const [reference] = await t.sql`select from_at, payments, distributions from model_references`;
    expect(reference).toMatchObject({ payments: 1_400 });
    expect(dayOf(reference!.from_at)).toBe(ago(6));
    expect(Object.keys(reference!.distributions).sort()).toEqual([
      'payment.amount',
      'score',
      'user.count_24h',
    ]);
    // Two leaves: two scores.
    expect(reference!.distributions.score.counts).toHaveLength(3);
    const day = await driftOf(1, model);
    expect(shifted(day)).toEqual([]);
    expect(day.score!.psi).toBeLessThan(0.05);
  });
});

describe('a model that got worse', () => {
  const model = shipped;
  const live =
    () => t.sql`select window_start, window_end, auc_roc, recall, sample_size, true_positives + false_negatives as frauds,
    source, intervals from ml_model_performance where source = 'live' order by window_end`;

  it('is none while it catches what it caught, is a notice once it does not, and labels that come late count', async () => {
    await recordTraffic(t.sql, { daysAgo: [40, 17], perDay: 520, model });
    expect(await watch()).toMatchObject({ left: 0 });
    const before = await live();
    // Weeks that end from the first full one after the reference began to that of the last payments.
    expect(before.length).toBeGreaterThan(10);
    expect(before[0]).toMatchObject({ frauds: 91, source: 'live' });
    expect(before[0]!.auc_roc).toBeGreaterThan(0.8);
    expect(before[0]!.intervals.recall[0]).toBeLessThan(before[0]!.recall);
    expect((await resultOf('modelQuality')).status).toBe('ok');

    await recordTraffic(t.sql, { daysAgo: [16, 7], perDay: 520, caught: 0.2, model });
    expect((await watch())!.windows).toBeGreaterThan(5);
    const found = await resultOf('modelQuality');
    expect(found).toMatchObject({ status: 'critical', facts: { figure: expect.any(String) } });
    expect(found.value).toBeGreaterThan(5);
    expect(found.evidence[0]![2]).toBeLessThan(found.evidence[0]![1] as number);
    t.connectAs('web');
    const quality = await getQuality(analyst, {});
    expect(quality).toMatchObject({ model, matureDays: 7, training: null, verdict: 'far_worse' });
    expect(quality.weeks).toHaveLength((await live()).length);
    expect(quality.standing!.fall.least * 100).toBeCloseTo(found.value!, 6);

    // Nothing new, nothing judged; one more fraud judges each week it lies in again.
    expect(await watch()).toMatchObject({ windows: 0 });
    await t.sql`update transactions set is_fraud = true, label_source = 'chargeback', labelled_at = now()
      where transaction_id = 'traffic-10-1'`;
    const again = await watch();
    expect(again!.windows).toBeGreaterThan(0);
    expect(again!.windows).toBeLessThanOrEqual(7);
    expect(Math.max(...(await live()).map((row) => row.frauds))).toBe(92);
  });

  it('stands against its evaluation at promotion where it has one, in the weeks since', async () => {
    const mine = { name: 'loaded', version: '1' };
    const parameters = { ...shippedModel, ...mine };
    await t.sql`insert into models (model_name, model_version, model_type, parameters, created_by)
      values (${mine.name}, '1', 'logistic', ${JSON.stringify(parameters)}::text::jsonb, 'test')`;
    t.connectAs('web');
    const promoted = await promoteModel(personOf('data_scientist'), { ...mine, reason: 'It is better' });
    expect(promoted).toMatchObject({ ok: true });
    const [kept] = await t.sql`select promoted_at > now() - interval '1 minute' as now from model_references
      where model_name = ${mine.name}`;
    expect(kept).toEqual({ now: true });
    await t.sql`update model_references set promoted_at = ${`${ago(30)}T00:00:00Z`}::text::timestamptz`;
    await t.sql`insert into ml_model_performance (model_name, model_version, window_start, window_end, true_positives,
        false_positives, true_negatives, false_negatives, recall, auc_roc, threshold, intervals, sample_size)
      values (${mine.name}, '1', now() - interval '60 days', now() - interval '40 days', 950, 100, 8900, 50, 0.95, 0.99, 0.5,
        '{"recall":[0.935,0.962],"aucRoc":[0.985,0.993]}', 10000)`;
    await recordTraffic(t.sql, { daysAgo: [32, 1], perDay: 520, caught: 0.8, model: mine });
    await watch();
    const weeks = await live();
    expect(dayOf(weeks[0]!.window_start)).toBe(ago(30));
    expect(dayOf(weeks.at(-1)!.window_end)).toBe(ago(7));
    expect(await resultOf('modelQuality')).toMatchObject({
      status: 'critical',
      facts: { object: 'loaded 1', before: { value: expect.any(Number), unit: 'percent' } },
    });
    // The same weeks hold what an evaluation of that kind said.
    await t.sql`update ml_model_performance set recall = 0.8, auc_roc = 0.88,
      intervals = '{"recall":[0.77,0.83],"aucRoc":[0.86,0.9]}' where source = 'training'`;
    expect((await resultOf('modelQuality')).status).toBe('ok');
  });

  it('judges no week of too few frauds, and takes none for genuine that was stopped and never labelled', async () => {
    await recordTraffic(t.sql, { daysAgo: [30, 7], perDay: 200, model });
    await t.sql`update transactions set is_fraud = null, label_source = null, labelled_at = null
      where transaction_timestamp >= ${`${ago(14)}T00:00:00Z`}::text::timestamptz`;
    await t.sql`update transactions set decision = 'BLOCK' where transaction_id like '%-2'`;
    await watch();
    const weeks = await live();
    expect(dayOf(weeks.at(-1)!.window_end)).toBe(ago(9));
    const whole = weeks.find((week) => dayOf(week.window_end) === ago(14))!;
    const [stopped] =
      await t.sql`select count(*)::int as n from transactions where decision = 'BLOCK' and is_fraud is null
      and transaction_timestamp >= ${whole.window_start} and transaction_timestamp < ${whole.window_end}`;
    expect(stopped!.n).toBeGreaterThan(0);
    expect(whole.sample_size).toBe(7 * 200 - stopped!.n);
  });
});
