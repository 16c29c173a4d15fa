import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { connect } from '@/db/client';
import { freePort } from '@/db/embedded';
import { testDatabase } from '@/db/testing';
import { exposed, parseExposition } from '@/domain/metrics/exposition';
import { WorkerMeters } from './meters';
import { Metrics } from './metrics';

const t = await testDatabase();

const get = (port: number, path: string, headers: Record<string, string> = {}) =>
  fetch(`http://127.0.0.1:${port}${path}`, { headers });
const samplesAt = async (port: number, headers: Record<string, string>) =>
  parseExposition(await (await get(port, '/metrics', headers)).text());

test('the process says on its own port what it has done, to whoever brings the token', async () => {
  const port = await freePort();
  const child = spawn(process.execPath, ['--import', 'tsx', 'worker/index.ts'], {
    env: {
      ...process.env,
      VIGIL_PROCESS: 'worker',
      VIGIL_LOG_LEVEL: 'silent',
      VIGIL_WORKER_DATABASE_URL: t.urls.worker,
      DIRECT_DATABASE_URL: t.direct.worker,
      VIGIL_MAINTAINER_DATABASE_URL: t.direct.maintainer,
      VIGIL_WORKER_METRICS_PORT: String(port),
      VIGIL_METRICS_TOKEN: 'scrape-me',
    },
    stdio: 'ignore',
  });
  try {
    const health = () =>
      get(port, '/health').then(
        ({ status }) => status,
        () => 0,
      );
    await expect.poll(health, { timeout: 30_000 }).toBe(200);
    expect((await get(port, '/metrics')).status).toBe(401);
    const token = { authorization: 'Bearer scrape-me' };
    const ran = async (job: string) =>
      exposed(await samplesAt(port, token), 'vigil_job_runs_total', { job, status: 'ok' });
    for (const job of ['sample-health', 'ensure-partitions', 'refresh-fraud-dashboard'])
      await expect.poll(() => ran(job), { timeout: 30_000 }).toBe(1);
    const samples = await samplesAt(port, token);
    expect(exposed(samples, 'vigil_job_duration_seconds_count', { job: 'sample-health' })).toBe(1);
    expect(exposed(samples, 'vigil_job_duration_seconds_sum', { job: 'sample-health' })).toBeGreaterThan(0);
    expect(exposed(samples, 'vigil_job_runs_total', { status: 'failed' })).toBe(0);
    expect(exposed(samples, 'vigil_tick_delay_seconds')).toBeLessThan(5);
  } finally {
    child.kill('SIGKILL');
  }
});

test('without a database the worker is there and not healthy', async () => {
  const meters = new WorkerMeters();
  const gone = connect('postgres://nobody@127.0.0.1:1/none', { max: 1, name: 'metrics-test' });
  process.env.VIGIL_WORKER_METRICS_PORT = String(await freePort());
  const metrics = new Metrics(gone, meters);
  metrics.start();
  const port = Number(process.env.VIGIL_WORKER_METRICS_PORT);
  const health = () =>
    get(port, '/health').then(
      ({ status }) => status,
      () => 0,
    );
  await expect.poll(health).toBe(503);
  expect((await get(port, '/metrics')).status).toBe(200);
  await metrics.stop();
  await gone.end({ timeout: 0 });
});
