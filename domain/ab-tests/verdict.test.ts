import { describe, expect, it } from 'vitest';
import { seededRandom } from '@/domain/transactions/generated-payments';
import { type ArmSums, differenceOf, estimateOf, fewestEvents, needOf, verdictOf } from './verdict';

/** An arm of customers with one fraud each, of which so many were caught. */
const arm = (frauds: number, caught: number, more: Partial<ArmSums> = {}): ArmSums => {
  const value = frauds === 0 ? null : caught / frauds;
  const recall = { value, variance: value === null ? null : (value * (1 - value)) / frauds };
  const none = { value: null, variance: null };
  return {
    payments: 5_000,
    customers: 900,
    judged: 4_000,
    judgedCustomers: 800,
    frauds,
    stopped: caught,
    caught,
    fraudAmount: 0,
    caughtAmount: 0,
    recall,
    precision: none,
    averagePrecision: none,
    aucRoc: none,
    ...more,
  };
};

describe('verdictOf', () => {
  const verdict = (champion: ArmSums | undefined, challenger: ArmSums | undefined, needed = 1_000) =>
    verdictOf(champion, challenger, 'recall', needed);

  it('says which arm is better, or that there is no difference', () => {
    expect(verdict(arm(200, 80), arm(200, 150))).toBe('challenger');
    expect(verdict(arm(200, 150), arm(200, 80))).toBe('champion');
    expect(verdict(arm(200, 100), arm(200, 104))).toBe('no-difference');
    expect(verdict(arm(200, 200), arm(200, 200))).toBe('no-difference');
    expect(verdict(arm(200, 0), arm(200, 200))).toBe('challenger');
  });

  it('waits for payments, for frauds and for both arms', () => {
    expect(verdict(arm(200, 80), arm(200, 150, { judged: 999 }))).toBe('too-early');
    expect(verdict(arm(200, 80), arm(200, 150, { judged: 1_000 }))).toBe('challenger');
    expect(verdict(arm(fewestEvents - 1, 0), arm(200, 200))).toBe('too-early');
    expect(verdict(undefined, arm(200, 150))).toBe('too-early');
    expect(verdict(arm(0, 0), arm(0, 0))).toBe('too-early');
    expect(needOf(undefined, 'recall', 500)).toEqual({ judged: 0, needed: 500, events: 0, eventsNeeded: 20 });
    expect(needOf(arm(9, 4), 'precision', 500)).toMatchObject({ judged: 4_000, events: 4 });
  });
});

describe('differenceOf', () => {
  it('has an interval that leaves out 0 exactly when p is below 0.05', () => {
    for (let caught = 0; caught <= 200; caught += 1) {
      const { low, high, p, value } = differenceOf(arm(200, 100), arm(200, caught), 'recall')!;
      expect(low).toBeLessThanOrEqual(value);
      expect(high).toBeGreaterThanOrEqual(value);
      expect(low > 0 || high < 0).toBe(p < 0.05);
    }
  });

  it('is null of nothing', () => {
    expect(differenceOf(arm(0, 0), arm(200, 100), 'recall')).toBeNull();
    expect(differenceOf(arm(20, 10), arm(20, 10), 'aucRoc')).toBeNull();
  });

  it('is seldom wrong about equal models, however often one looks, where a z-test often is', () => {
    const random = seededRandom(11);
    const [runs, looks, each] = [400, 60, 20];
    let [wrong, wrongByZ] = [0, 0];
    for (let run = 0; run < runs; run += 1) {
      const caught: [number, number] = [0, 0];
      let [decided, decidedByZ] = [false, false];
      let seen = 0;
      for (let look = 0; look < looks; look += 1) {
        for (const of of [0, 1] as const)
          for (let i = 0; i < each; i += 1) caught[of] += random() < 0.6 ? 1 : 0;
        seen += each;
        const [a, b] = [arm(seen, caught[0]), arm(seen, caught[1])];
        const found = differenceOf(a, b, 'recall')!;
        const error = Math.sqrt(a.recall.variance! + b.recall.variance!);
        decided ||= found.p < 0.05;
        decidedByZ ||= Math.abs(found.value) > 1.96 * error;
      }
      wrong += decided ? 1 : 0;
      wrongByZ += decidedByZ ? 1 : 0;
    }
    expect(wrong / runs).toBeLessThan(0.05);
    expect(wrongByZ / runs).toBeGreaterThan(0.2);
  });
});

describe('estimateOf', () => {
  it('stays within 0 and 1, also at its ends', () => {
    const near = estimateOf(arm(50, 49), 'recall')!;
    expect(near.low).toBeGreaterThan(0.8);
    expect(near.high).toBeLessThan(1);
    expect(estimateOf(arm(50, 50), 'recall')).toMatchObject({ value: 1, high: 1 });
    expect(estimateOf(arm(50, 50), 'recall')!.low).toBeCloseTo(0.929, 2);
    expect(estimateOf(arm(50, 0), 'recall')).toMatchObject({ value: 0, low: 0 });
    expect(estimateOf(arm(0, 0), 'recall')).toBeNull();
  });
});
