import { expect, test } from 'vitest';
import { ruleTests } from './rule-tests';

const leaf = (field: string, value: number) => ({ op: 'gte', field, value });

test('the tests that held, in their order, with what they saw', () => {
  const conditions = {
    op: 'all',
    conditions: [
      leaf('card.small_count_10m', 3),
      { op: 'any', conditions: [leaf('card.count_10m', 6), leaf('payment.amount', 100)] },
      { op: 'not', condition: leaf('user.count_30d', 50) },
    ],
  };
  const seen = { 'card.small_count_10m': 4, 'card.count_10m': 4, 'payment.amount': 120, 'user.count_30d': 2 };
  expect(ruleTests(conditions, seen)).toEqual([
    { leaf: leaf('card.small_count_10m', 3), seen: 4, other: null },
    { leaf: leaf('payment.amount', 100), seen: 120, other: null },
  ]);
});

test('a limit that is another field brings its value', () => {
  const conditions = { op: 'gte', field: 'payment.amount', than: { field: 'user.mean_30d', times: 3 } };
  expect(ruleTests(conditions, { 'payment.amount': 400, 'user.mean_30d': 100 })).toEqual([
    { leaf: conditions, seen: 400, other: 100 },
  ]);
});

test('conditions that nobody can read any more give none', () => {
  expect(ruleTests({ op: 'wat' }, {})).toEqual([]);
  expect(ruleTests(null, {})).toEqual([]);
});
