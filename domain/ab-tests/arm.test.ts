import { describe, expect, it } from 'vitest';
import { shippedModel } from '@/domain/models/shipped';
import { armOf, scoredBy } from './arm';

const customers = Array.from({ length: 40_000 }, (_, i) => `user-${i}`);
const inChallenger = (test: number, split: number) =>
  customers.filter((user) => armOf(test, user, split) === 'challenger');

describe('armOf', () => {
  it.each([0.01, 0.1, 0.25, 0.5])('gives the challenger its share: %d', (split) => {
    // Five standard errors of a share of 40,000.
    const error = Math.sqrt((split * (1 - split)) / customers.length);
    expect(Math.abs(inChallenger(7, split).length / customers.length - split)).toBeLessThan(5 * error);
  });

  it('is the same each time, and only adds customers when the share grows', () => {
    expect(inChallenger(7, 0.1)).toEqual(inChallenger(7, 0.1));
    const wide = new Set(inChallenger(7, 0.5));
    expect(inChallenger(7, 0.1).every((user) => wide.has(user))).toBe(true);
  });

  it('does not depend on the arm of another test', () => {
    const first = new Set(inChallenger(1, 0.5));
    const both = inChallenger(2, 0.5).filter((user) => first.has(user)).length / customers.length;
    expect(Math.abs(both - 0.25)).toBeLessThan(0.02);
  });

  it('is the one that history was decided by', () => {
    const challenged = ['a', 'b', 'c', 'd', 'e', 'kullanıcı', ''].filter(
      (user) => armOf(1, user, 0.5) === 'challenger',
    );
    expect(challenged).toEqual(['a', 'b', 'd', 'e', 'kullanıcı', '']);
  });
});

describe('scoredBy', () => {
  it('is the champion without a test, and the arm of the customer with one', () => {
    expect(scoredBy(shippedModel, null, 'a')).toEqual({ model: shippedModel, arm: 'champion', testId: null });
    const challenger = { ...shippedModel, name: 'other' };
    const by = (user: string) => scoredBy(shippedModel, { id: 1, split: 0.5, challenger }, user);
    for (const user of customers.slice(0, 100)) {
      const { model, arm, testId } = by(user);
      expect(testId).toBe(1);
      expect(arm).toBe(armOf(1, user, 0.5));
      expect(model.name).toBe(arm === 'challenger' ? 'other' : shippedModel.name);
    }
  });
});
