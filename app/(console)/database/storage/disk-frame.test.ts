import { expect, test } from 'vitest';
import { niceTicks } from '@/components/charts/chart-data';
import type { Disk } from '@/domain/storage/disk';
import { diskFrame } from './disk-frame';
import { sortRows } from './sort';

const disk = (over: Partial<Disk>): Disk => ({
  at: '2026-11-11T00:00:00.000Z',
  bytes: 300,
  limit: null,
  limitFrom: null,
  bytesADay: 10,
  historyDays: 10,
  fullAt: null,
  stepSeconds: 86_400,
  points: [
    { at: '2026-11-01T00:00:00.000Z', bytes: 200 },
    { at: '2026-11-06T00:00:00.000Z', bytes: 250 },
  ],
  ...over,
});
const frame = (over: Partial<Disk>) => diskFrame(disk(over), (max) => niceTicks(max, 4));

test('without a limit the line goes on for a third of its history', () => {
  const { history, now, ahead, limit, full, ticks } = frame({});
  expect(history[0]).toEqual({ x: 0, y: 1 - 200 / (ticks.at(-1) as number) });
  expect(now.x).toBeCloseTo(10 / 13);
  expect(ahead?.x).toBeCloseTo(1);
  expect([limit, full]).toEqual([null, false]);
});

test('where the disk is full soon, the chart reaches to that day', () => {
  const { ahead, limit, full } = frame({
    limit: 400,
    limitFrom: 'configured',
    fullAt: '2026-11-21T00:00:00.000Z',
  });
  expect(full).toBe(true);
  expect(ahead?.y).toBeCloseTo(limit as number);
  expect(ahead?.x).toBeLessThan(1);
});

test('a limit far above is not drawn, and without growth nothing leads ahead', () => {
  expect(frame({ limit: 1e9, fullAt: null }).limit).toBeNull();
  expect(frame({ bytesADay: null }).ahead).toBeNull();
  expect(frame({ bytesADay: null }).now.x).toBe(1);
});

test('everything stays inside the chart, also where it shrinks', () => {
  const { history, ahead } = frame({ bytesADay: -200 });
  for (const { x, y } of [...history, ahead as { x: number; y: number }]) {
    expect(x).toBeGreaterThanOrEqual(0);
    expect(x).toBeLessThanOrEqual(1);
    expect(y).toBeGreaterThanOrEqual(0);
    expect(y).toBeLessThanOrEqual(1);
  }
});

test('rows are sorted by numbers and words, both ways, and left as they are by what they lack', () => {
  const rows = [
    { name: 'b', bytes: 2 },
    { name: 'a', bytes: 10 },
  ];
  const names = (sort: string) => sortRows(rows, sort).map((row) => row.name);
  expect(names('bytes')).toEqual(['b', 'a']);
  expect(names('-bytes')).toEqual(['a', 'b']);
  expect(names('name')).toEqual(['a', 'b']);
  expect(names('nothing')).toEqual(['b', 'a']);
});
