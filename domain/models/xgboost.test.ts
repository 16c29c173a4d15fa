import { describe, expect, it } from 'vitest';
import { score } from './model';
import { fromXgboost } from './xgboost';

/**
 * As XGBoost 2 and 3 write it. The second tree was pruned: node 1 is gone and numbers point backwards.
 *   tree 0: amount < 100.1 ? (missing left) −0.4 : night < 1 ? (missing right) 0.3 : 0.9
 *   tree 1: count < 3 ? (missing right) −0.1 : 0.2
 */
const file = (change: Record<string, unknown> = {}, base = '[2E-2]') => ({
  version: [3, 0, 0],
  learner: {
    attributes: {},
    feature_names: ['payment.amount', 'payment_night', 'card.count_10m'],
    feature_types: ['float', 'i', 'int'],
    learner_model_param: { base_score: base, num_class: '0', num_feature: '3', num_target: '1' },
    objective: { name: 'binary:logistic', reg_loss_param: { scale_pos_weight: '1' } },
    gradient_booster: {
      name: 'gbtree',
      model: {
        gbtree_model_param: { num_trees: '2', num_parallel_tree: '1' },
        tree_info: [0, 0],
        trees: [
          {
            left_children: [1, -1, 3, -1, -1],
            right_children: [2, -1, 4, -1, -1],
            parents: [2147483647, 0, 0, 2, 2],
            split_indices: [0, 0, 1, 0, 0],
            split_conditions: [100.1, -0.4, 1, 0.3, 0.9],
            split_type: [0, 0, 0, 0, 0],
            default_left: [1, 0, 0, 0, 0],
            sum_hessian: [10, 6, 4, 3, 1],
            base_weights: [0, -0.4, 0.5, 0.3, 0.9],
          },
          {
            left_children: [3, -1, -1, -1],
            right_children: [2, -1, -1, -1],
            split_indices: [2, 0, 0, 0],
            split_conditions: [3, 0, 0.2, -0.1],
            default_left: [0, 0, 0, 0],
            sum_hessian: [10, 0, 5, 5],
            ...change,
          },
        ],
      },
    },
  },
});

/** The same two trees as nested conditions, by hand. */
function byHand(amount: number | null, night: boolean | null, count: number | null): number {
  const first =
    amount === null || Math.fround(amount) < Math.fround(100.1) ? -0.4 : night === false ? 0.3 : 0.9;
  const second = count !== null && count < 3 ? -0.1 : 0.2;
  const margin = Math.log(0.02 / 0.98) + first + second;
  return 1 / (1 + Math.exp(-margin));
}

describe('fromXgboost', () => {
  it.each([
    [50, true, 1],
    [100.1, false, 2],
    // The same number in 32 bits: not below.
    [100.0999999, false, 3],
    [100.0999, true, 3],
    [500, true, 0],
    [500, null, 0],
    [null, true, null],
  ] as const)('predicts what the file says of amount %s, night %s, count %s', (amount, night, count) => {
    const row = { 'payment.amount': amount, 'payment.night': night, 'card.count_10m': count };
    for (const base of ['[2E-2]', '2E-2', '0.02']) {
      const p = score(fromXgboost(file({}, base), 'x', '1'), row);
      expect(Math.abs(p.probability - byHand(amount, night, count))).toBeLessThan(1e-7);
      expect(p.contributions.reduce((sum, c) => sum + c, p.base)).toBe(p.logOdds);
    }
  });

  it('credits a path by the cover below each node', () => {
    const model = fromXgboost(file(), 'x', '1');
    const p = score(model, { 'payment.amount': 500, 'payment.night': true, 'card.count_10m': 0 });
    // Means: 0.45 below night (3 : 1), −0.06 at the root (6 : 4), 0.05 at the root of the second.
    const expected = [0.45 + 0.06, 0.9 - 0.45, -0.1 - 0.05];
    for (const [i, c] of p.contributions.entries()) expect(c).toBeCloseTo(expected[i]!, 6);
    expect(p.base).toBeCloseTo(Math.log(0.02 / 0.98) - 0.06 + 0.05, 5);
  });

  it.each([
    ['a base score that is no probability', file({}, '[1E0]')],
    ['splits on categories', file({ split_type: [1, 0, 0, 0] })],
    ['nodes that go in circles', file({ left_children: [0, -1, -1, -1] })],
    ['a child that is not there', file({ right_children: [9, -1, -1, -1] })],
    ['a split on an unknown input', file({ split_indices: [9, 0, 0, 0] })],
    ['text', 'not a model'],
    ['another booster', { learner: { ...file().learner, gradient_booster: { name: 'dart' } } }],
    ['another objective', { learner: { ...file().learner, objective: { name: 'reg:squarederror' } } }],
    [
      'an unknown feature',
      { learner: { ...file().learner, feature_names: ['colour', 'payment_night', 'x'] } },
    ],
  ])('refuses %s', (_, broken) => {
    expect(() => fromXgboost(broken, 'x', '1')).toThrow();
  });
});
