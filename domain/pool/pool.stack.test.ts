import postgres, { type Sql } from 'postgres';
import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';
import { closeDatabase, connect, databaseSql, setDatabase } from '@/db/client';
import { type CheckPass, runChecks } from '@/domain/database/checks/run-checks';
import { personOf } from '@/domain/testing';
import { testPool } from './commands';
import { lastPoolTest, poolSeries, poolSnapshot } from './queries';
import { readPool } from './read-pool';
import { samplePool } from './sample-pool';

const stack = inject('stack');
const primary = connect(stack.primary, { max: 2, name: 'test' });
const kept = { ...process.env };
const pooled = (role: string): string => {
  const url = new URL(stack.roles[role]!);
  url.host = stack.pooler;
  return url.href;
};

const operator = personOf('db_operator');

beforeEach(() => {
  process.env.VIGIL_POOLER_ADMIN_URL = stack.poolerAdmin;
  process.env.DATABASE_URL = pooled('web');
  process.env.DIRECT_DATABASE_URL = stack.roles.web;
  process.env.VIGIL_POOLER = '1';
  delete process.env.VIGIL_PROCESS;
  setDatabase(connect(pooled('web'), { max: 2, prepare: false, name: 'web' }));
});
afterEach(async () => {
  await closeDatabase();
  process.env = { ...kept };
});
afterAll(() => primary.end());

const busy: Sql[] = [];
const hold = (seconds: number, role: string): Promise<unknown> => {
  const sql = postgres(pooled(role), { max: 1, prepare: false, fetch_types: false, onnotice: () => {} });
  busy.push(sql);
  return sql`select pg_sleep(${seconds})`.catch(() => undefined);
};

test('pools by login, limits and room, as the console of PgBouncer has them', async () => {
  // A pool is there once a client has come; this one comes past it.
  await primary`select 1`;
  await poolSnapshot(operator, {});
  const snapshot = await poolSnapshot(operator, {});
  if (snapshot.state !== 'read') throw new Error(snapshot.state);
  const { reading, capacity } = snapshot;
  expect(reading.version).toMatch(/^PgBouncer \d/);
  expect(reading.pools.find((pool) => pool.login === 'vigil_web')).toMatchObject({
    database: 'fraud_detection',
    mode: 'transaction',
    size: 25,
    reserve: 5,
  });
  expect(reading.limits).toEqual({
    mode: 'transaction',
    maxClients: 1000,
    poolSize: 25,
    reserveSize: 5,
    reserveAfterSeconds: 2,
    maxPerDatabase: 100,
    maxPerLogin: 0,
    waitTimeoutSeconds: 15,
    idleTransactionTimeoutSeconds: 60,
  });
  expect(capacity.fits).toBe(true);
  expect(capacity.possible).toBeGreaterThanOrEqual(30);
  expect(capacity.direct).toBeGreaterThan(0);
  // Nothing of where its files lie.
  expect(JSON.stringify(snapshot)).not.toContain('userlist');
});

test('clients that find no connection are seen waiting, for how long, and in the next sample', async () => {
  // The worker's pool, so that the console's own stays free.
  const work = Array.from({ length: 34 }, () => hold(8, 'worker'));
  const worker = async () => (await readPool())!.pools.find((pool) => pool.login === 'vigil_worker');
  await expect
    .poll(async () => (await worker())?.clientsWaiting ?? 0, { timeout: 15_000 })
    .toBeGreaterThan(0);
  await expect
    .poll(async () => (await worker())?.serversActive ?? 0, { timeout: 15_000 })
    .toBeGreaterThanOrEqual(25);
  await expect
    .poll(async () => (await worker())?.maxWaitSeconds ?? 0, { timeout: 10_000 })
    .toBeGreaterThan(0.2);
  const { results } = (await databaseSql().begin('read only', (tx) =>
    runChecks(tx, { only: ['pool'], limits: { poolWaits: { warning: 0.2 } } }),
  )) as CheckPass;
  const found = Object.fromEntries(results.map((one) => [one.name, one]));
  expect(found.poolWaits!.status).toMatch(/^(warning|critical)$/);
  expect(found.poolWaits!.facts).toMatchObject({ object: 'vigil_worker' });
  expect(found.poolUse).toMatchObject({ status: 'warning', facts: { object: 'vigil_worker', size: 25 } });
  expect(found.poolAway).toMatchObject({ status: 'ok', examined: 1 });
  expect(found.poolRoom).toMatchObject({ status: 'ok', value: 0 });
  const rows = await primary.begin((tx) => samplePool(tx, new Date()));
  expect(rows).toBe(8);
  const { points } = await poolSeries(operator, { range: '1h' });
  const last = points.findLast((point) => point.clientsWaiting !== null)!;
  expect(last.clientsWaiting).toBeGreaterThan(0);
  expect(last.maxWait).toBeGreaterThan(0.2);
  expect(last.serversActive).toBeGreaterThanOrEqual(25);
  await Promise.all(work);
  await Promise.all(busy.splice(0).map((sql) => sql.end({ timeout: 1 })));
}, 60_000);

test('the self-test shows what a pool by transaction keeps and what it does not, on record, and leaves nothing', async () => {
  const held = () => primary`select from pg_locks where locktype = 'advisory' and granted`;
  const before = (await held()).length;
  const answer = await testPool(operator, {});
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  expect(answer.value.moved).toBe(true);
  expect(Object.fromEntries(answer.value.results.map(({ feature, holds }) => [feature, holds]))).toEqual({
    localSetting: true,
    transactionLock: true,
    notify: true,
    sessionSetting: false,
    sessionLock: false,
    temporaryTable: false,
    sqlPrepared: false,
    // From 1.21 on a pooler may know them.
    prepared: false,
    listen: false,
  });
  expect((await held()).length).toBeLessThanOrEqual(before);
  const [row] =
    await primary`select actor_name, outcome, new_values from audit_trail where action = 'pool:test'
    order by id desc limit 1`;
  expect(row).toMatchObject({ actor_name: 'db_operator', outcome: 'success' });
  expect(row!.new_values).toMatchObject({ moved: true, results: { notify: true, listen: false } });
  expect(await lastPoolTest(operator, {})).toMatchObject({ by: 'db_operator', moved: true });
});

test('on a way that is not shared everything holds, and is taken away again', async () => {
  process.env.DATABASE_URL = stack.roles.web;
  const answer = await testPool(operator, {});
  if (!answer.ok) throw new Error(JSON.stringify(answer.error));
  expect(answer.value.moved).toBe(false);
  for (const { feature, holds } of answer.value.results) expect(holds, feature).not.toBe(false);
});

test('who may not, is refused', async () => {
  expect(await testPool(personOf('auditor'), {})).toMatchObject({ ok: false, error: { code: 'denied' } });
});
