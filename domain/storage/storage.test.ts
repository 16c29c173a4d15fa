import { describe, expect, test } from 'vitest';
import { fullAt, slopeOf } from './disk';
import type { IndexRow } from './indexes';
import { assembleSpans, type Part } from './timeline';
import { inView } from './views';

const part = (from: string, to: string, over: Partial<Part> = {}): Part => ({
  name: `t_${from}`,
  level: 1,
  leaf: true,
  from: `${from}T00:00:00.000Z`,
  to: `${to}T00:00:00.000Z`,
  values: null,
  rows: 0,
  bytes: 0,
  archived: false,
  state: 'there',
  ...over,
});
const high = "'HIGH', 'CRITICAL'";
const low = "'MINIMAL', 'LOW', 'MEDIUM'";

describe('spans', () => {
  test('come oldest first, a month with a lane for each risk', () => {
    const month = { leaf: false, rows: null, bytes: null };
    const spans = assembleSpans(
      [
        part('2026-02-01', '2026-03-01', month),
        part('2026-02-01', '2026-03-01', { level: 2, values: high, rows: 2, bytes: 20, name: 'high' }),
        part('2026-02-01', '2026-03-01', { level: 2, values: low, state: 'missing', rows: null }),
        part('2026-01-01', '2026-02-01', { ...month, archived: true }),
        part('2026-01-01', '2026-02-01', { level: 2, values: low, rows: 1, archived: true }),
        part('2026-03-01', '2026-04-01', { ...month, state: 'missing' }),
      ],
      { step: 'month', split: 'risk' },
      new Map([['2026-01', { reason: 'r', by: 'b', until: null }]]),
    );
    expect(spans.map((span) => span.key)).toEqual(['2026-01', '2026-02', '2026-03']);
    expect(spans[0]).toMatchObject({
      archived: true,
      hold: { by: 'b' },
      cells: { low: { state: 'archived' } },
    });
    expect(spans[1]?.cells).toMatchObject({
      high: { state: 'filled', name: 'high', rows: 2, bytes: 20, missing: 0 },
      low: { state: 'missing', missing: 1 },
    });
    // Missing as a whole: in both lanes.
    expect(spans[2]?.cells).toMatchObject({ high: { state: 'missing' }, low: { state: 'missing' } });
  });

  test('a day of hours is one cell; what stands beside is told from what is missing', () => {
    const hour = (n: string, over: Partial<Part>) =>
      part('2026-05-01', '2026-05-02', { level: 2, from: `2026-05-01T${n}:00:00.000Z`, ...over });
    const [span] = assembleSpans(
      [
        part('2026-05-01', '2026-05-02', { leaf: false }),
        hour('00', { rows: 5, bytes: 50 }),
        hour('01', { state: 'beside', rows: null, bytes: null }),
      ],
      { step: 'day', split: 'hour' },
      new Map(),
    );
    expect(span).toMatchObject({
      key: '2026-05-01',
      hold: null,
      cells: { all: { state: 'beside', name: null, rows: 5, bytes: 50, missing: 1 } },
    });
  });
});

describe('growth', () => {
  const at = (day: number, bytes: number) => ({ at: new Date(day * 86_400_000).toISOString(), bytes });

  test('is the slope of all points, and nothing of fewer than three', () => {
    expect(slopeOf([at(0, 10), at(1, 20)])).toBeNull();
    expect(slopeOf([at(0, 10), at(0, 20), at(0, 30)])).toBeNull();
    expect((slopeOf([at(0, 10), at(1, 20), at(2, 30)]) as number) * 86_400).toBeCloseTo(10);
  });

  test('leads to a day on which the disk is full, or to none', () => {
    const now = new Date('2026-11-17T00:00:00Z');
    expect(fullAt(now, 60, 100, 20)).toBe('2026-11-19T00:00:00.000Z');
    expect(fullAt(now, 120, 100, 20)).toBe(now.toISOString());
    for (const [limit, rate] of [
      [null, 20],
      [100, null],
      [100, 0],
      [100, -1],
      [1e12, 1],
    ] as const)
      expect(fullAt(now, 60, limit, rate)).toBeNull();
  });
});

test('a view of the indexes holds what its name says', () => {
  const index = {
    bytes: 1e6,
    unused: false,
    duplicateOf: null,
    coveredBy: null,
    invalid: false,
    building: false,
  } as IndexRow;
  const views = (over: Partial<IndexRow>) =>
    (['all', 'unused', 'duplicate', 'invalid'] as const).filter((view) =>
      inView({ ...index, ...over }, view),
    );
  expect(views({})).toEqual(['all']);
  expect(views({ unused: true })).toEqual(['all', 'unused']);
  expect(views({ unused: true, bytes: 8_192 })).toEqual(['all']);
  expect(views({ coveredBy: 'x' })).toEqual(['all', 'duplicate']);
  expect(views({ building: true })).toEqual(['all', 'invalid']);
});
