import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { connect, database } from '@/db/client';
import { freePort } from '@/db/embedded';
import { testDatabase } from '@/db/testing';
import { exposed, parseExposition } from '@/domain/metrics/exposition';
import { seedSettings } from '@/domain/settings/read';
import { queuePayments } from '@/domain/stream/queue-payments';
import { type Payment, payloadHash, paymentInput } from '@/domain/transactions/input';
import { WorkerMeters } from './meters';
import { Metrics } from './metrics';

const t = await testDatabase();
await t.sql`select ensure_partitions()`;
await seedSettings(database());

const payments = (changes: Record<string, unknown>, count: number): Payment[] =>
  Array.from({ length: count }, (_, i) =>
    paymentInput.parse({
      transaction_id: `m-${changes.currency}-${i}`,
      user_id: `user-in-no-label-${i}`,
      merchant_id: 'merchant-in-no-label',
      transaction_timestamp: new Date().toISOString(),
      amount: '10.00',
      ...changes,
    }),
  );

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
    // One whose currency lost its rate after it was taken in: no try can help.
    const queued = [...payments({ currency: 'EUR' }, 30), ...payments({ currency: 'XAU' }, 1)];
    await queuePayments(
      t.sql,
      queued.map((payment) => ({ payment, hash: payloadHash(payment) })),
    );
    await t.sql`notify vigil, '["stream"]'`;
    const decided = async () => exposed(await samplesAt(port, token), 'vigil_decisions_total');
    await expect.poll(decided, { timeout: 30_000 }).toBe(30);
    await expect
      .poll(async () =>
        exposed(await samplesAt(port, token), 'vigil_stream_payments_total', { outcome: 'dead' }),
      )
      .toBe(1);
    expect(await (await get(port, '/metrics', token)).text()).not.toContain('in-no-label');
    const samples = await samplesAt(port, token);
    expect(exposed(samples, 'vigil_stream_blocks_total')).toBeGreaterThanOrEqual(1);
    expect(exposed(samples, 'vigil_stream_block_seconds_total')).toBeGreaterThan(0);
    expect(exposed(samples, 'vigil_stream_payments_total', { outcome: 'fenced' })).toBe(0);
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
