import { afterEach, expect, test } from 'vitest';
import { exposed, parseExposition } from '@/domain/metrics/exposition';
import { WorkerMeters } from './meters';

const made: WorkerMeters[] = [];
afterEach(() => {
  for (const meters of made.splice(0)) meters.stop();
});
const metersNow = () => {
  const meters = new WorkerMeters();
  made.push(meters);
  return meters;
};

test('runs are counted by job and end; what was skipped is no run and took no time', async () => {
  const meters = metersNow();
  meters.ended({ job: 'a', status: 'ok', ms: 20 });
  meters.ended({ job: 'a', status: 'failed', ms: 700 });
  meters.ended({ job: 'b', status: 'skipped', ms: 1 });
  const samples = parseExposition(await meters.registry.metrics());
  expect(exposed(samples, 'vigil_job_runs_total', { job: 'a', status: 'ok' })).toBe(1);
  expect(exposed(samples, 'vigil_job_runs_total', { job: 'b', status: 'skipped' })).toBe(1);
  expect(exposed(samples, 'vigil_job_duration_seconds_sum', { job: 'a' })).toBeCloseTo(0.72);
  expect(exposed(samples, 'vigil_job_duration_seconds_bucket', { job: 'a', le: '0.5' })).toBe(1);
  expect(meters.read()).toMatchObject({ 'pipeline.jobs_run': 2, 'pipeline.jobs_failed': 1 });
});

test('a second that comes late is told once', async () => {
  const meters = metersNow();
  expect(meters.alive).toBe(true);
  const until = Date.now() + 1_300;
  while (Date.now() < until);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(meters.read()['process.tick_delay']).toBeGreaterThan(200);
  expect(meters.read()['process.tick_delay']).toBeLessThan(200);
});
