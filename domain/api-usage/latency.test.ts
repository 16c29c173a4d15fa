import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { latencyBound, latencyBounds, latencyQuantile } from './latency';

test('classes grow by at most half, above the first few', () => {
  latencyBounds.slice(3, -1).forEach((bound, i, all) => {
    if (i > 0) expect(bound / (all[i - 1] as number)).toBeLessThanOrEqual(1.5);
  });
});

test.each([
  [0, 1],
  [1, 1],
  [1.01, 2],
  [16, 16],
  [17, 23],
  [60_000, 60_000],
  [1e9, 60_000],
])('%d ms falls into the class up to %d', (ms, bound) => {
  expect(latencyBound(ms)).toBe(bound);
});

describe('a quantile', () => {
  test('of nothing is not known', () => {
    expect(latencyQuantile(new Map(), 0.5)).toBeNull();
    expect(latencyQuantile(new Map([[8, 0]]), 0.5)).toBeNull();
  });

  test('is never under the true one, and at most half above it', () => {
    const latencies = fc.array(fc.integer({ min: 4, max: 16_384 }), { minLength: 1, maxLength: 200 });
    fc.assert(
      fc.property(latencies, fc.constantFrom(0.5, 0.95, 0.99), (given, share) => {
        const counts = new Map<number, number>();
        for (const ms of given) counts.set(latencyBound(ms), (counts.get(latencyBound(ms)) ?? 0) + 1);
        const sorted = [...given].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(share * sorted.length) - 1] as number;
        const told = latencyQuantile(counts, share) as number;
        expect(told).toBeGreaterThanOrEqual(exact);
        expect(told / exact).toBeLessThanOrEqual(1.5);
      }),
    );
  });
});
