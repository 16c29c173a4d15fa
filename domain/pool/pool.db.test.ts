import { afterEach, expect, test } from 'vitest';
import { closeDatabase } from '@/db/client';
import { freePort } from '@/db/embedded';
import { testDatabase } from '@/db/testing';
import { systemActor } from '@/domain/actor';
import { resultOf } from '@/domain/database/checks/testing';
import { testPool } from './commands';
import { lastPoolTest, poolSeries, poolSnapshot } from './queries';
import { readPool } from './read-pool';
import { samplePool } from './sample-pool';

// Without PgBouncer; with a real one see pool.stack.test.ts.
const t = await testDatabase({ role: 'web' });
const actor = systemActor('test');
const kept = { ...process.env };
afterEach(async () => {
  process.env = { ...kept };
  await closeDatabase();
  t.connectAs('web');
});

test('where none is set up, nothing is read and nothing sampled', async () => {
  delete process.env.VIGIL_POOLER_ADMIN_URL;
  expect(await readPool()).toBeNull();
  for (const name of ['poolAway', 'poolWaits', 'poolUse', 'poolRoom'] as const)
    expect(await resultOf(name)).toMatchObject({ status: 'skipped', reason: 'not_configured' });
  const found = await poolSnapshot(actor, {});
  if (found.state !== 'none') throw new Error(found.state);
  const [server] = await t.sql`select current_setting('max_connections')::int as most`;
  expect(found.room.used).toBeGreaterThan(0);
  expect(found.room.allowed).toBeLessThan(server!.most);
  expect(await t.sql.begin((tx) => samplePool(tx, new Date()))).toBeNull();
  expect(await t.sql`select from system_metrics where metric_name like 'db.pool%'`).toHaveLength(0);
  expect(await lastPoolTest(actor, {})).toBeNull();
  const { points } = await poolSeries(actor, { range: '1h' });
  expect(points).toHaveLength(60);
  expect(points.every((point) => point.serversActive === null && point.waitMs === null)).toBe(true);
});

test('one that does not answer is away, and a sample of it fails', async () => {
  process.env.VIGIL_POOLER_ADMIN_URL = `postgres://nobody@127.0.0.1:${await freePort()}/pgbouncer`;
  expect(await poolSnapshot(actor, {})).toMatchObject({ state: 'away', room: { used: expect.any(Number) } });
  const away = await resultOf('poolAway');
  expect(away).toMatchObject({ status: 'critical', facts: { code: 'ECONNREFUSED' } });
  for (const name of ['poolWaits', 'poolUse', 'poolRoom'] as const)
    expect(await resultOf(name)).toMatchObject({ status: 'skipped', reason: 'not_answering' });
  await expect(t.sql.begin((tx) => samplePool(tx, new Date()))).rejects.toThrow();
}, 30_000);

test('the self-test is for a console that comes through a pool', async () => {
  process.env.VIGIL_POOLER = '0';
  expect(await testPool(actor, {})).toMatchObject({
    ok: false,
    error: { code: 'conflict', detail: 'pool.not_used' },
  });
  expect(await t.sql`select from audit_trail where action = 'pool:test'`).toHaveLength(0);
});
