import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RateLimit } from './rate-limit';

const key = { id: 1, ratePerSecond: 10, burst: 20 };

describe('a rate limit', () => {
  it('lets the burst pass, then what flows back, and not one more', () => {
    let now = 0;
    const limit = new RateLimit(() => now);
    const pass = (calls: number) =>
      Array.from({ length: calls }, () => limit.take(key)).filter((wait) => wait === 0);
    expect(pass(50)).toHaveLength(20);
    now = 99;
    expect(pass(5)).toHaveLength(0);
    now = 100;
    expect(pass(5)).toHaveLength(1);
    now = 1100;
    expect(pass(50)).toHaveLength(10);
    now = 60_000;
    expect(pass(50)).toHaveLength(20);
  });

  it('says after how many whole seconds the next call may come', () => {
    let now = 0;
    const slow = { id: 2, ratePerSecond: 1, burst: 1 };
    const limit = new RateLimit(() => now);
    expect([limit.take(slow), limit.take(slow)]).toEqual([0, 1]);
    now = 1000;
    expect(limit.take(slow)).toBe(0);
  });

  it('counts each key for itself, and follows a changed limit at once', () => {
    const limit = new RateLimit(() => 0);
    for (let i = 0; i < 20; i += 1) limit.take(key);
    expect(limit.take(key)).toBe(1);
    expect(limit.take({ ...key, id: 3 })).toBe(0);
    expect(limit.take({ ...key, id: 3, burst: 1 })).toBe(0);
    expect(limit.take({ ...key, id: 3, burst: 1 })).toBe(1);
  });

  it('lets a heavy call leave a debt, which those after it wait for', () => {
    let now = 0;
    const limit = new RateLimit(() => now);
    limit.charge(key, 5);
    expect(limit.take(key)).toBe(0);
    limit.charge(key, 99);
    expect(limit.take(key)).toBe(9);
    now = 8_000;
    expect(limit.take(key)).toBe(1);
    now = 8_100;
    expect(limit.take(key)).toBe(0);
  });

  it('never lets more pass than burst and rate allow, over any time', () => {
    const steps = fc.array(fc.record({ wait: fc.nat(500), calls: fc.nat(30) }), { maxLength: 60 });
    fc.assert(
      fc.property(
        steps,
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 50 }),
        (list, rate, burst) => {
          let now = 0;
          let passed = 0;
          const limit = new RateLimit(() => now);
          for (const { wait, calls } of list) {
            now += wait;
            for (let i = 0; i < calls; i += 1)
              if (limit.take({ id: 1, ratePerSecond: rate, burst }) === 0) passed += 1;
            expect(passed).toBeLessThanOrEqual(burst + (now / 1000) * rate + 1e-6);
          }
        },
      ),
    );
  });
});
