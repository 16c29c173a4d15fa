import { describe, expect, it } from 'vitest';
import { predict } from './logistic';
import { checkModel, type Model, score } from './model';
import { averagePrecision, qualityOf } from './quality';
import { seeded } from './random';
import { type Samples, samplesAt } from './samples';
import { logisticDefaults, trainLogistic } from './train-logistic';
import { trainTrees, treesDefaults } from './train-trees';

const fields = ['payment.amount', 'user.count_24h', 'payment.night', 'card.count_10m'];

/** About one fraud in fifty: many at night with a great amount, none of either alone; a missing card count is a sign. */
function madeUp(rows: number, seed: number): Samples {
  const random = seeded(seed);
  const columns = fields.map(() => new Float32Array(rows));
  const labels = new Uint8Array(rows);
  for (let i = 0; i < rows; i += 1) {
    const amount = Math.exp(random() * 7);
    const night = random() < 0.3;
    const noCard = random() < 0.02;
    columns[0]![i] = amount;
    columns[1]![i] = Math.floor(random() * 10);
    columns[2]![i] = Number(night);
    columns[3]![i] = noCard ? Number.NaN : Math.floor(random() * 3);
    const p = (night && amount > 700 ? 0.6 : 0.004) + (noCard ? 0.3 : 0);
    labels[i] = random() < p ? 1 : 0;
  }
  return { fields, columns, labels };
}

const rowOf = ({ columns }: Samples, i: number) =>
  Object.fromEntries(
    fields.map((field, f) => {
      const value = columns[f]![i]!;
      return [field, Number.isNaN(value) ? null : field === 'payment.night' ? value === 1 : value];
    }),
  );
const scoresOf = (model: Model, samples: Samples) =>
  Array.from(samples.labels, (_, i) => score(model, rowOf(samples, i)).probability);
const mean = (values: ArrayLike<number>) => Array.from(values).reduce((sum, v) => sum + v, 0) / values.length;
const named = { name: 'test', version: '1', source: 'test' };
const options = { ...treesDefaults, rounds: 40, bags: 1 };

const train = madeUp(8_000, 1);
const assess = madeUp(4_000, 2);

describe('trainTrees', () => {
  it('learns what no single feature says, and which way a missing value points', async () => {
    const model = checkModel({ ...named, ...(await trainTrees(train, options)) });
    const scores = scoresOf(model, assess);
    const rate = mean(assess.labels);
    expect(averagePrecision(scores, assess.labels)!.value).toBeGreaterThan(rate * 10);
    const quiet = { 'payment.amount': 50, 'user.count_24h': 3, 'payment.night': false, 'card.count_10m': 1 };
    const p = (row: object) => score(model, { ...quiet, ...row }).probability;
    expect(p({ 'payment.night': true, 'payment.amount': 900 })).toBeGreaterThan(0.4);
    expect(p({ 'payment.night': true })).toBeLessThan(0.05);
    expect(p({ 'payment.amount': 900 })).toBeLessThan(0.05);
    expect(p({ 'card.count_10m': null })).toBeGreaterThan(0.1);
    // Probabilities are honest: on average what happens.
    expect(mean(scores)).toBeGreaterThan(rate * 0.8);
    expect(mean(scores)).toBeLessThan(rate * 1.25);
  });

  it('gives the same trees from the same seed, others from another', async () => {
    const short = { ...options, rounds: 5 };
    const a = await trainTrees(train, short);
    expect(await trainTrees(train, short)).toEqual(a);
    expect(await trainTrees(train, { ...short, seed: 2 })).not.toEqual(a);
  });

  it('keeps to its limits', async () => {
    const { trees } = await trainTrees(train, { ...options, rounds: 3, bags: 2, maxLeaves: 4, maxDepth: 2 });
    expect(trees).toHaveLength(6);
    for (const tree of trees) expect(tree.left.filter((child) => child < 0).length).toBeLessThanOrEqual(4);
  });

  it('stops where it is told to', async () => {
    const told: number[] = [];
    const stop = (done: number) => {
      told.push(done);
      if (told.length === 3) throw new Error('enough');
    };
    await expect(trainTrees(train, options, stop)).rejects.toThrow('enough');
    expect(told).toHaveLength(3);
  });

  it('needs both kinds', async () => {
    const genuine = { ...train, labels: new Uint8Array(train.labels.length) };
    await expect(trainTrees(genuine, options)).rejects.toThrow(RangeError);
    await expect(trainLogistic(genuine, logisticDefaults)).rejects.toThrow(RangeError);
  });
});

describe('trainLogistic', () => {
  /** Log-odds of −4 + 1.5 · (ln(1 + amount) − 4), the rest noise. */
  const random = seeded(3);
  const known: Samples = { ...madeUp(20_000, 4), labels: new Uint8Array(20_000) };
  known.labels.forEach((_, i) => {
    const logOdds = -4 + 1.5 * (Math.log1p(known.columns[0]![i]!) - 4);
    known.labels[i] = random() < 1 / (1 + Math.exp(-logOdds)) ? 1 : 0;
  });

  it.each([0, 1])('finds the weights that made the labels, with balance %d', async (balance) => {
    const fit = await trainLogistic(known, { ...logisticDefaults, balance });
    const model = { ...named, ...fit };
    checkModel(model);
    const amount = fit.inputs.find((input) => input.field === 'payment.amount')!;
    expect(amount.weight).toBeGreaterThan(1.3);
    expect(amount.weight).toBeLessThan(1.7);
    // Honest although frauds were lifted.
    const scores = Array.from(known.labels, (_, i) => predict(model, rowOf(known, i)).probability);
    expect(mean(scores)).toBeCloseTo(mean(known.labels), 3);
    expect(qualityOf(scores, known.labels, 0.5).logLoss).toBeLessThan(0.3);
  });

  it('leaves out what says nothing, and is the same again', async () => {
    const flat = samplesAt(
      known,
      Array.from({ length: 5_000 }, (_, i) => i),
    );
    flat.columns[1]!.fill(3);
    flat.columns[3]!.fill(Number.NaN);
    const fit = await trainLogistic(flat, logisticDefaults);
    expect(fit.inputs.map(({ field }) => field)).toEqual(['payment.amount', 'payment.night']);
    expect(await trainLogistic(flat, logisticDefaults)).toEqual(fit);
  });
});
