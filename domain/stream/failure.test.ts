import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AppError } from '@/domain/errors';
import { retryWaitMs } from './claims';
import { failureOf, isServerTrouble } from './failure';

const refused = (code: string, message = 'no') => Object.assign(new Error(message), { code });

describe('a failed try', () => {
  it.each([
    ['22P05', 'database', '22P05: no'],
    ['23505', 'database', '23505: no'],
    ['57014', 'timed_out', '57014: no'],
    ['XX000', 'database', 'XX000: no'],
  ])('of SQLSTATE %s is %s', (state, code, message) => {
    expect(failureOf(refused(state))).toEqual({ code, message });
    expect(isServerTrouble(refused(state))).toBe(false);
  });

  it('has other causes too', () => {
    expect(failureOf(new AppError('unavailable', { detail: 'decision.contended' })).code).toBe('contended');
    expect(failureOf(new TypeError('x is undefined'))).toEqual({
      code: 'unexpected',
      message: 'x is undefined',
    });
    expect(failureOf('odd')).toEqual({ code: 'unexpected', message: 'odd' });
  });

  it.each([
    'ECONNREFUSED',
    'CONNECTION_CLOSED',
    '57P01',
    '57P03',
    '53100',
    '53300',
    '58030',
    '25006',
    '42883',
    '42501',
    '0A000',
    '08006',
  ])('is no try at all while the server is in trouble: %s', (code) => {
    expect(isServerTrouble(refused(code))).toBe(true);
  });
});

describe('the wait before the next try', () => {
  it('doubles up to five minutes', () => {
    expect([0, 1, 2, 3, 8, 9, 50].map((tries) => retryWaitMs(tries, 1) / 1000)).toEqual([
      1, 2, 4, 8, 256, 300, 300,
    ]);
  });

  it('is spread over its second half', () => {
    fc.assert(
      fc.property(fc.nat(60), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
        const wait = retryWaitMs(tries, random);
        const all = retryWaitMs(tries, 1);
        expect(wait).toBeGreaterThanOrEqual(all / 2);
        expect(wait).toBeLessThanOrEqual(all);
      }),
    );
  });
});
