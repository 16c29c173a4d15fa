import { spawn } from 'node:child_process';
import { expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';

const t = await testDatabase();

const start = () =>
  spawn(process.execPath, ['--import', 'tsx', 'worker/index.ts'], {
    env: {
      ...process.env,
      VIGIL_PROCESS: 'worker',
      VIGIL_LOG_LEVEL: 'silent',
      VIGIL_WORKER_DATABASE_URL: t.urls.worker,
      DIRECT_DATABASE_URL: t.direct.worker,
      VIGIL_MAINTAINER_DATABASE_URL: t.direct.maintainer,
    },
    stdio: 'ignore',
  });
const jobsRun = async () => (await t.sql`select distinct job_name from job_runs`).length;

test('the process runs its jobs at the start and ends within ten seconds of SIGTERM', async () => {
  const child = start();
  const ended = new Promise<number | null>((resolve) => child.once('exit', (code) => resolve(code)));
  try {
    await expect.poll(jobsRun, { timeout: 20_000 }).toBeGreaterThanOrEqual(5);
    const asked = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - asked).toBeLessThan(10_000);
  } finally {
    child.kill('SIGKILL');
  }
});
