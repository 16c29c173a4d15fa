import { expect, it } from 'vitest';
import { databaseSql } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { startTraining } from '@/domain/models/commands';
import { recordLabelled } from '@/domain/models/testing';
import { personOf } from '@/domain/testing';
import { Training } from './training';

const t = await testDatabase({ role: 'worker' });

it('trains what waits in a process of its own, with the rights of the worker', {
  timeout: 120_000,
}, async () => {
  await recordLabelled(t.sql, 2_000, 30);
  const training = new Training({
    sql: databaseSql(),
    everyMs: 100,
    env: { ...process.env, VIGIL_PROCESS: 'worker', VIGIL_WORKER_DATABASE_URL: t.urls.worker },
  });
  t.connectAs('web');
  const started = await startTraining(personOf('data_scientist'), {
    name: 'By the worker',
    type: 'logistic',
    trainDays: 10,
    gapDays: 7,
    assessDays: 10,
    matureDays: 7,
  });
  if (!started.ok) throw new Error(JSON.stringify(started.error));
  training.start();
  try {
    const state = async () =>
      (await t.sql`select status, message from model_experiments where id = ${started.value.id}`)[0];
    await expect.poll(state, { timeout: 90_000, interval: 250 }).toEqual({ status: 'DONE', message: null });
    expect(await t.sql`select model_type from models`).toEqual([{ model_type: 'logistic' }]);
  } finally {
    await training.stop();
  }
});
