import fc from 'fast-check';
import { expect, it } from 'vitest';
import { proportion } from './proportion';

it.each([
  [8, 10, 0.4902, 0.9433],
  [0, 10, 0, 0.2775],
  [10, 10, 0.7225, 1],
  [1, 1, 0.2065, 1],
  [263, 10_000, 0.0233, 0.0296],
])('%i of %i lies between %f and %f', (hits, of, low, high) => {
  const found = proportion(hits, of);
  expect(found?.low).toBeCloseTo(low, 4);
  expect(found?.high).toBeCloseTo(high, 4);
});

it('of nothing nothing is known', () => {
  expect(proportion(0, 0)).toBeNull();
});

it('both ends are where the share lies 1.96 of its own standard errors away, and more evidence narrows them', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5000 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (of, share) => {
        const hits = Math.round(of * share);
        const { value, low, high } = proportion(hits, of)!;
        expect(low).toBeLessThanOrEqual(value);
        expect(high).toBeGreaterThanOrEqual(value);
        for (const end of [low, high])
          if (end > 0 && end < 1)
            expect((value - end) ** 2).toBeCloseTo((1.959963984540054 ** 2 * end * (1 - end)) / of, 8);
        const more = proportion(hits * 10, of * 10)!;
        expect(more.high - more.low).toBeLessThan(high - low);
      },
    ),
  );
});
