import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { resultOf } from '@/domain/database/checks/testing';
import { sampleHealth } from '@/domain/database/sample-health';
import { dropSlot } from './commands';
import { analyticsServer, replicationSeries, replicationSnapshot } from './queries';

const stack = inject('stack');
const primary = connect(stack.primary, { max: 2, name: 'test' });
const standby = connect(stack.standby, { max: 1, name: 'test' });
const actor = systemActor('test');
const kept = { ...process.env };
const asWeb = (server: string) => {
  const { username, password } = new URL(stack.roles.web!);
  return Object.assign(new URL(server), { username, password }).href;
};

beforeEach(() => {
  process.env.ANALYTICS_DATABASE_URL = asWeb(stack.standby);
  setDatabase(connect(stack.roles.web!, { max: 2, name: 'test' }));
});
afterEach(async () => {
  await closeDatabase();
  process.env = { ...kept };
});
afterAll(async () => {
  await standby`select pg_wal_replay_resume()`;
  await Promise.all([primary.end(), standby.end()]);
});

const within = { timeout: 20_000, interval: 250 };
const receiverOf = async (kind: 'standby' | 'subscriber') =>
  (await replicationSnapshot(actor, {})).receivers.find((one) => one.kind === kind);
const write = (megabytes: number) =>
  primary`select count(pg_logical_emit_message(true, 'test', repeat('x', 1000000))) from generate_series(1, ${megabytes})`;

test('standby and subscriber are told apart, with their slots, and both have everything', async () => {
  await expect
    .poll(async () => [await receiverOf('standby'), await receiverOf('subscriber')], within)
    .toMatchObject([
      { application: 'vigil_standby', slot: 'vigil_standby', state: 'streaming', sync: 'async' },
      { application: 'fraud_analytics', slot: 'fraud_analytics', state: 'streaming' },
    ]);
  await expect.poll(async () => (await receiverOf('standby'))?.lag, within).toBe(0);
  const { server, slots } = await replicationSnapshot(actor, {});
  expect(server).toMatchObject({ role: 'primary', monitor: true, keepBytes: 10 * 1024 ** 3 });
  expect(slots.find((slot) => slot.slot === 'vigil_standby')).toMatchObject({
    type: 'physical',
    active: true,
    status: 'reserved',
  });
  expect(slots.find((slot) => slot.slot === 'fraud_analytics')).toMatchObject({
    kind: 'pgoutput',
    active: true,
    database: 'fraud_detection',
  });
  expect(await analyticsServer(actor, {})).toMatchObject({ state: 'used', why: null, paused: false });
});

test('a standby that stops applying: sent and not applied, on the page, in its check and in the samples', async () => {
  process.env.VIGIL_ANALYTICS_MAX_LAG_SECONDS = '1';
  await standby`select pg_wal_replay_pause()`;
  try {
    await write(30);
    await expect
      .poll(async () => (await receiverOf('standby'))?.lag ?? 0, within)
      .toBeGreaterThan(25_000_000);
    await expect
      .poll(async () => (await receiverOf('standby'))?.unapplied ?? 0, within)
      .toBeGreaterThan(25_000_000);
    await expect.poll(async () => (await receiverOf('standby'))?.unsent, within).toBe(0);
    const check = await resultOf('standbyLag', { standbyLag: { warning: 20_000_000 } });
    expect(check).toMatchObject({ status: 'warning', facts: { object: 'vigil_standby', where: 'apply' } });
    await primary.begin((tx) => sampleHealth(tx, new Date()));
    const { points } = await replicationSeries(actor, { range: '1h' });
    const last = points.findLast((point) => point.standbyLag !== null)!;
    expect(last.standbyLag).toBeGreaterThan(25_000_000);
    expect(last.subscriberDelay).not.toBeNull();
    await expect
      .poll(() => analyticsServer(actor, {}), within)
      .toMatchObject({ state: 'behind', paused: true, why: null });
    expect((await analyticsServer(actor, {})).unapplied).toBeGreaterThan(25_000_000);
  } finally {
    await standby`select pg_wal_replay_resume()`;
  }
  await expect.poll(async () => (await receiverOf('standby'))?.lag, within).toBe(0);
  await expect.poll(async () => (await analyticsServer(actor, {})).state, within).toBe('used');
});

test('their slots are not dropped while they read', async () => {
  const { slots } = await replicationSnapshot(actor, {});
  for (const name of ['vigil_standby', 'fraud_analytics']) {
    const { slot, restartLsn, confirmedLsn } = slots.find((one) => one.slot === name)!;
    expect(await dropSlot(actor, { slot, restartLsn, confirmedLsn, reason: 'a test of refusing' })).toEqual({
      ok: true,
      value: { outcome: 'refused', reason: 'active' },
    });
  }
});

test('a login without pg_monitor sees that they are there, and that the rest is hidden', async () => {
  await closeDatabase();
  setDatabase(connect(stack.roles.ingest!, { max: 1, name: 'test' }));
  const { server, receivers } = await replicationSnapshot(actor, {});
  expect(server.monitor).toBe(false);
  expect(receivers).toHaveLength(2);
  for (const one of receivers)
    expect(one).toMatchObject({ state: null, sync: null, lag: null, unsent: null, seconds: null });
});

test.each([
  ['does not answer', 'unreachable', () => 'postgres://vigil_web@127.0.0.1:1/fraud_detection'],
  ['is no standby', 'no_standby', () => stack.roles.web!],
])('a server for long reads that %s is said to be so', async (_, why, url) => {
  process.env.ANALYTICS_DATABASE_URL = url();
  expect(await analyticsServer(actor, {})).toMatchObject({ state: 'away', why });
});
