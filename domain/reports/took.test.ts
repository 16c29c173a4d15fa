import { describe, expect, test } from 'vitest';
import { quantile, type Took } from './took';

const bucketOf = (seconds: number): number => (seconds < 1 ? 0 : 1 + Math.floor(16 * Math.log2(seconds)));
const tookOf = (seconds: readonly number[]): Took => seconds.map((one) => [bucketOf(one), 1]);
/** As percentile_cont has it. */
const exact = (seconds: readonly number[], share: number): number => {
  const sorted = [...seconds].sort((a, b) => a - b);
  const rank = share * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  return low + (sorted[Math.ceil(rank)]! - low) * (rank - Math.floor(rank));
};

describe('quantiles of counts by bucket', () => {
  test.each([
    ['one', [240]],
    ['two far apart', [60, 420]],
    ['seconds to days', Array.from({ length: 1_000 }, (_, i) => 1.3 ** (i % 48) + i / 100)],
    ['all the same', Array.from({ length: 200 }, () => 90)],
  ])('are within a twentieth of the exact ones: %s', (_, seconds) => {
    for (const share of [0, 0.1, 0.5, 0.9, 1]) {
      const ratio = quantile(tookOf(seconds), share)! / exact(seconds, share);
      expect(Math.abs(ratio - 1)).toBeLessThan(0.05);
    }
  });

  test('do not depend on the order or on how a bucket was split', () => {
    const whole: Took = [
      [10, 3],
      [40, 5],
    ];
    const split: Took = [
      [40, 2],
      [10, 3],
      [40, 3],
    ];
    expect(quantile(split, 0.7)).toBe(quantile(whole, 0.7));
  });

  test('of what took no second is less than one, of nothing there is none', () => {
    expect(quantile([[0, 4]], 0.9)).toBeLessThan(1);
    expect(quantile([], 0.5)).toBeNull();
  });
});
