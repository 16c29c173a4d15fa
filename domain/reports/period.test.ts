import { describe, expect, it } from 'vitest';
import { periodInput } from './input';
import { daysOf, lengthOf, periodsOf } from './period';

const now = new Date('2026-03-02T23:59:59Z');

describe('periods', () => {
  it('are the last thirty days against the thirty before when nothing is asked', () => {
    expect(periodsOf({}, now)).toEqual({
      period: { from: '2026-02-01', to: '2026-03-02' },
      against: { from: '2026-01-02', to: '2026-01-31' },
    });
  });

  it.each([
    [{ from: '2026-02-20', to: '2026-02-26' }, '2026-02-20', '2026-02-26', '2026-02-13', '2026-02-19'],
    [{ from: '2025-11-01' }, '2025-11-01', '2025-11-30', '2025-10-02', '2025-10-31'],
    [{ to: '2025-11-30' }, '2025-11-01', '2025-11-30', '2025-10-02', '2025-10-31'],
    [
      { from: '2026-02-20', to: '2026-02-26', againstFrom: '2025-02-20' },
      '2026-02-20',
      '2026-02-26',
      '2025-02-20',
      '2025-02-26',
    ],
    [
      { from: '2026-02-20', to: '2026-02-26', againstTo: '2025-02-26' },
      '2026-02-20',
      '2026-02-26',
      '2025-02-20',
      '2025-02-26',
    ],
    [{ from: '2026-03-01', to: '2026-12-31' }, '2026-03-01', '2026-03-02', '2026-02-27', '2026-02-28'],
    [{ from: '2026-06-01', to: '2026-06-02' }, '2026-06-01', '2026-06-01', '2026-05-31', '2026-05-31'],
  ])('%o', (asked, from, to, againstFrom, againstTo) => {
    expect(periodsOf(asked, now)).toEqual({
      period: { from, to },
      against: { from: againstFrom, to: againstTo },
    });
  });

  it('have each of their days once, over the end of February and the change of clocks', () => {
    const days = daysOf({ from: '2028-02-27', to: '2028-03-30' });
    expect(days.slice(0, 4)).toEqual(['2028-02-27', '2028-02-28', '2028-02-29', '2028-03-01']);
    expect(new Set(days).size).toBe(lengthOf({ from: '2028-02-27', to: '2028-03-30' }));
  });

  it.each([
    [{ from: '2026-02-30' }, 'from', 'invalid_format'],
    [{ from: '1999-12-31' }, 'from', 'out_of_range'],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'to', 'before_from'],
    [{ from: '2026-01-01', to: '2027-01-02' }, 'to', 'too_many_days'],
    [{ againstFrom: '2024-01-01', againstTo: '2026-01-01' }, 'againstTo', 'too_many_days'],
    [{ from: 5 }, 'from', 'invalid_type'],
  ])('refuses %o', (asked, field, rule) => {
    const parsed = periodInput.safeParse(asked);
    const [issue] = parsed.error?.issues ?? [];
    expect([issue?.path[0], issue?.code === 'custom' ? issue.message : issue?.code]).toEqual([field, rule]);
  });
});
