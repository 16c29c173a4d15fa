import { describe, expect, it } from 'vitest';
import { roles } from '@/domain/access';
import { niceCeiling, niceTicks, projected } from './charts/chart-data';
import { toCsv } from './csv';
import { changedFields } from './diff';
import { shownKeys } from './keyboard';
import { jumpsFor } from './palette';
import { areasOf, isInside } from './shell/areas';

describe('CSV', () => {
  it('quotes what needs it and ends each line', () => {
    expect(
      toCsv(
        ['a', 'b'],
        [
          ['x,y', 'say "so"'],
          [null, 2.5],
          ['two\nlines', true],
        ],
      ),
    ).toBe('a,b\r\n"x,y","say ""so"""\r\n,2.5\r\n"two\nlines",true\r\n');
  });

  it('keeps a spreadsheet from running text as a formula, and leaves numbers alone', () => {
    const [, row] = toCsv(['v'], [['=1+1', '@x', '+cmd', '-2', '-a', -2]]).split('\r\n');
    expect(row).toBe(`'=1+1,'@x,'+cmd,-2,'-a,-2`);
  });
});

describe('charts', () => {
  it('ends axes on numbers that people can read', () => {
    expect([0, 0.09, 1, 7, 12, 260, 999].map(niceCeiling)).toEqual([1, 0.1, 1, 10, 20, 500, 1000]);
    expect(niceTicks(11_600)).toEqual([0, 5000, 10_000, 15_000]);
    expect(niceTicks(0.15, 1)).toEqual([0, 0.2]);
    for (const max of [1, 3, 17, 240, 9999, 0.034]) expect(niceTicks(max).at(-1)).toBeGreaterThanOrEqual(max);
  });

  it('projects the hour in progress, but not from its first seconds', () => {
    expect(projected(100, 1800)).toBe(200);
    expect(projected(100, 60)).toBeNull();
    expect(projected(null, 1800)).toBeNull();
    expect(projected(100, 4000)).toBe(100);
  });
});

describe('jump to an id', () => {
  it.each([
    ['A-90417', '/alerts/90417'],
    ['a90417', '/alerts/90417'],
    ['R-007', '/rules/7'],
    [' tx_81/22 ', '/transactions/tx_81%2F22'],
  ])('%s leads to %s', (text, href) => expect(jumpsFor(text)[0]?.href).toBe(href));

  it.each(['', 'rules', 'two words 1', 'R-'])('%s leads nowhere', (text) =>
    expect(jumpsFor(text)).toEqual([]),
  );
});

describe('areas', () => {
  it('show each role at least the overview, and nobody an empty group', () => {
    for (const role of roles) {
      const groups = areasOf(role);
      expect(groups[0]?.areas[0]?.id).toBe('overview');
      expect(groups.every((group) => group.areas.length > 0)).toBe(true);
    }
    expect(areasOf('analyst').flatMap((group) => group.areas.map((area) => area.id))).not.toContain('people');
  });

  it('know which path is inside', () => {
    expect(isInside('/rules/7', '/rules')).toBe(true);
    expect(isInside('/rulesets', '/rules')).toBe(false);
    expect(isInside('/alerts', '/')).toBe(false);
  });
});

it('prints keys as they are on the keyboard', () => {
  expect(['f', 'g a', 'ArrowDown', 'Enter', ' ', 'Escape'].map(shownKeys)).toEqual([
    'F',
    'G A',
    '↓',
    '↵',
    'Space',
    'Esc',
  ]);
});

it('finds the fields that differ, in order', () => {
  expect(changedFields({ a: 1, b: { c: 1 }, d: 2 }, { a: 1, b: { c: 2 }, e: null })).toEqual(['b', 'd', 'e']);
  expect(changedFields(null, { a: 1 })).toEqual(['a']);
});
