import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromContributions, sigmoid } from './logistic';
import { checkModel, score } from './model';
import { predictTrees, type TreesModel } from './trees';

/** Splits on the amount, then on night; a missing amount goes right, a missing night left. */
const small: TreesModel = {
  kind: 'trees',
  name: 'small',
  version: '1',
  source: 'test',
  intercept: -3,
  inputs: [{ field: 'payment.amount' }, { field: 'payment.night' }, { field: 'user.count_24h' }],
  trees: [
    {
      feature: [0, 0, 1, 0, 0],
      threshold: [100, 0, 0.5, 0, 0],
      missingLeft: [false, false, true, false, false],
      left: [1, -1, 3, -1, -1],
      right: [2, -1, 4, -1, -1],
      value: [0.25, -0.5, 1, 0.75, 2],
    },
  ],
};

describe('predictTrees', () => {
  it('credits each step of the path to the feature of its split', () => {
    const p = predictTrees(small, { 'payment.amount': 250, 'payment.night': true, 'user.count_24h': 9 });
    expect(p.base).toBe(-2.75);
    expect(p.contributions).toEqual([0.75, 1, 0]);
    expect(p.logOdds).toBe(-1);
    expect(p.probability).toBe(Math.fround(sigmoid(-1)));
  });

  it('sends equals right, less left, and what is missing where the split says', () => {
    const at = (row: Parameters<typeof score>[1]) => predictTrees(small, row).logOdds;
    expect(at({ 'payment.amount': 100, 'payment.night': false })).toBe(-2.25);
    expect(at({ 'payment.amount': 99.99, 'payment.night': true })).toBe(-3.5);
    expect(at({})).toBe(-2.25);
    expect(at({ 'payment.amount': 'much', 'payment.night': null })).toBe(-2.25);
    // As a 32-bit number this is 100.
    expect(at({ 'payment.amount': 99.9999999, 'payment.night': true })).toBe(-1);
  });

  it('is additive exactly, also after 32 bits of storage', () => {
    const odd = { ...small, trees: [{ ...small.trees[0]!, value: [0.1, -0.7, 1 / 3, 0.3, 2 / 7] }] };
    fc.assert(
      fc.property(fc.double(), fc.option(fc.boolean()), (amount, night) => {
        const p = score(odd, { 'payment.amount': amount, 'payment.night': night });
        expect(fromContributions(Math.fround(p.base), [...new Float32Array(p.contributions)])).toEqual(p);
        expect(p.contributions.reduce((sum, c) => sum + c, p.base)).toBe(p.logOdds);
      }),
    );
  });
});

describe('checkModel', () => {
  const broken = (change: Partial<TreesModel['trees'][number]>): TreesModel => ({
    ...small,
    trees: [{ ...small.trees[0]!, ...change }],
  });
  it.each([
    ['a walk that never ends', broken({ left: [0, -1, 3, -1, -1] })],
    ['a child of two parents', broken({ right: [2, -1, 3, -1, -1] })],
    ['a child that is not there', broken({ right: [9, -1, 4, -1, -1] })],
    ['an unknown input', broken({ feature: [7, 0, 1, 0, 0] })],
    ['an endless value', broken({ value: [0, 0, 0, Number.NaN, 0] })],
    ['a tree cut short', broken({ value: [0.25] })],
    ['no tree', { ...small, trees: [] }],
    ['a text', { ...small, inputs: [{ field: 'country' }, ...small.inputs.slice(1)] }],
    ['a field twice', { ...small, inputs: [small.inputs[0]!, small.inputs[0]!, small.inputs[2]!] }],
    ['an unknown field', { ...small, inputs: [{ field: 'card.colour' }, ...small.inputs.slice(1)] }],
  ])('refuses %s', (_, model) => {
    expect(() => checkModel(model)).toThrow(RangeError);
  });
  it('passes what is sound', () => {
    expect(checkModel(small)).toBe(small);
  });
});
