import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  findField,
  type RuleRow,
  type RuleValue,
  ruleFields,
  ruleRow,
  storedRuleRow,
} from '@/domain/rules/fields';
import { checkModel, fromContributions, type LogisticModel, predict, sigmoid, transformed } from './logistic';
import { modelFeatures, shippedModel } from './shipped';

const featureFields = ruleFields.filter((f) => f.name.includes('.'));
const value = (type: string): fc.Arbitrary<RuleValue> =>
  fc.oneof(
    {
      weight: 4,
      arbitrary: type === 'boolean' ? fc.boolean() : fc.double({ min: -10, max: 1e7, noNaN: true }),
    },
    { weight: 1, arbitrary: fc.constant(null) },
  );
const anyRow: fc.Arbitrary<RuleRow> = fc
  .tuple(...featureFields.map((f) => value(f.type)))
  .map((values) => Object.fromEntries(featureFields.map((f, i) => [f.name, values[i]!])));

const habit: RuleRow = {
  'payment.amount': 60,
  'payment.night': false,
  'payment.weekend': false,
  'user.count_10m': 0,
  'user.count_1h': 2,
  'user.count_24h': 50,
  'user.count_30d': 400,
  'user.seconds_since_last': 1500,
  'user.amount_to_mean_30d': 1.03,
  'user.amount_zscore_30d': 0.06,
  'user.hour_deviation_30d': 6,
  'user.new_merchant_30d': false,
  'merchant.count_1h': 1,
  'merchant.blocked_share_1h': 0,
  'merchant.fraud_rate_7d': 0,
  'merchant.fraud_rate_30d': 0,
};

describe('predict', { timeout: 60_000 }, () => {
  it('is additive: base + contributions is the log-odds exactly, also after 32 bits of storage', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const p = predict(shippedModel, row);
        const stored = fromContributions(Math.fround(p.base), [...new Float32Array(p.contributions)]);
        expect(stored).toEqual(p);
        expect(p.contributions.reduce((sum, c) => sum + c, p.base)).toBe(p.logOdds);
        expect(p.probability).toBe(Math.fround(sigmoid(p.logOdds)));
        expect(p.probability).toBeGreaterThanOrEqual(0);
        expect(p.probability).toBeLessThanOrEqual(1);
      }),
      { numRuns: 500 },
    );
  });

  it('gives the same from a stored row of ml_features as from the row that was scored', () => {
    fc.assert(
      fc.property(anyRow, (row) => {
        const stored = Object.fromEntries(featureFields.map((f) => [f.column, row[f.name] ?? null]));
        expect(predict(shippedModel, storedRuleRow({}, stored))).toEqual(
          predict(shippedModel, ruleRow({}, row)),
        );
      }),
      { numRuns: 200 },
    );
  });

  it('a payment about which nothing is known has the base rate', () => {
    const p = predict(shippedModel, {});
    expect(p.logOdds).toBe(Math.fround(-4.6));
    expect(p.contributions).toEqual(modelFeatures.map(() => 0));
  });

  it('a payment of habit is quiet, one of fourteen times the mean is not', () => {
    expect(predict(shippedModel, habit).probability).toBeLessThan(0.02);
    const high = {
      ...habit,
      'payment.amount': 840,
      'user.amount_to_mean_30d': 14,
      'user.amount_zscore_30d': 12,
    };
    expect(predict(shippedModel, high).probability).toBeGreaterThan(0.95);
  });

  it('to a newcomer everything is new, which says nothing', () => {
    const fresh = Object.fromEntries(
      modelFeatures.filter((f) => f.startsWith('user.new_')).map((f) => [f, true]),
    );
    expect(
      predict(shippedModel, { ...fresh, 'user.count_30d': 3 }).contributions.filter((c) => c !== 0),
    ).toHaveLength(1);
    expect(predict(shippedModel, { ...habit, ...fresh }).probability).toBeGreaterThan(
      predict(shippedModel, habit).probability * 5,
    );
  });

  it('never falls as a sign of fraud grows', () => {
    const rising = [
      'user.amount_to_mean_30d',
      'card.small_count_10m',
      'device.distinct_users_24h',
      'merchant.fraud_rate_30d',
    ];
    for (const field of rising) {
      const at = (v: number) => predict(shippedModel, { ...habit, [field]: v }).logOdds;
      for (const v of [0, 0.1, 1, 3, 10]) expect(at(v * 2)).toBeGreaterThanOrEqual(at(v));
    }
  });
});

describe('transforms', () => {
  const input = (field: string) => shippedModel.inputs.find((i) => i.field === field)!;
  it('clamp, and turn away what is not a value', () => {
    expect(transformed(input('payment.amount'), { 'payment.amount': 1e300 })).toBe(10);
    expect(transformed(input('payment.amount'), { 'payment.amount': -5 })).toBe(0);
    expect(transformed(input('user.amount_to_mean_30d'), { 'user.amount_to_mean_30d': 0 })).toBe(-2);
    expect(transformed(input('payment.amount'), { 'payment.amount': Number.NaN })).toBeNull();
    expect(transformed(input('payment.amount'), { 'payment.amount': 'much' })).toBeNull();
    expect(transformed(input('payment.night'), { 'payment.night': true })).toBe(1);
  });
});

describe('checkModel', () => {
  const broken = (change: Partial<LogisticModel['inputs'][number]>): LogisticModel => ({
    ...shippedModel,
    inputs: [{ ...shippedModel.inputs[0]!, ...change }],
  });
  it.each([
    ['an unknown field', { field: 'card.colour' }],
    ['a flag of a number', { transform: { kind: 'flag', low: 0, high: 1 } as const, centre: 0 }],
    ['an endless weight', { weight: Number.POSITIVE_INFINITY }],
    ['a centre outside', { centre: 11 }],
  ])('refuses %s', (_, change) => {
    expect(() => checkModel(broken(change))).toThrow(RangeError);
  });
  it('refuses a field twice', () => {
    const [first] = shippedModel.inputs;
    expect(() => checkModel({ ...shippedModel, inputs: [first!, first!] })).toThrow(RangeError);
  });
  it('passes the shipped one, all of whose inputs are features', () => {
    expect(checkModel(shippedModel)).toBe(shippedModel);
    for (const field of modelFeatures) expect(findField(field)).toBeDefined();
  });
});
