import { expect, test } from 'vitest';
import type { ProcessRow } from '@/domain/metrics/queries';
import { workerRows } from './worker-rows';

const process = (name: ProcessRow['process'], instance: string): ProcessRow => ({
  instance,
  process: name,
  sampledAt: '2026-11-22T10:00:00.000Z',
  cpu: 1,
  memory: 1,
  heap: 1,
  eventLoopDelay: 1,
  eventLoopDelayMax: 1,
  uptime: 1,
});
const leaseUntil = '2026-11-22T10:00:12.000Z';

test('a worker that holds payments and one that is idle are one row each; other processes are none', () => {
  const rows = workerRows(
    [
      { name: 'a:12:f00d', rows: 40, leaseUntil },
      { name: 'gone:7:beef', rows: 3, leaseUntil },
    ],
    [process('worker', 'a:12'), process('worker', 'a:1'), process('ingest', 'gone:7')],
  );
  expect(rows).toEqual([
    { name: 'a:12:f00d', rows: 40, leaseUntil, sampledAt: '2026-11-22T10:00:00.000Z' },
    { name: 'gone:7:beef', rows: 3, leaseUntil, sampledAt: null },
    { name: 'a:1', rows: 0, leaseUntil: null, sampledAt: '2026-11-22T10:00:00.000Z' },
  ]);
});
