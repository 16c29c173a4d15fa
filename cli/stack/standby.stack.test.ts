import { sql as query } from 'drizzle-orm';
import { afterAll, afterEach, beforeEach, expect, inject, test } from 'vitest';
import { analyticsState, readLong } from '@/db/analytics';
import { closeDatabase, connect, type Db, setDatabase } from '@/db/client';

const stack = inject('stack');
const primary = connect(stack.primary, { max: 2, name: 'test' });
const standby = connect(stack.standby, { max: 1, name: 'test' });
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
  delete process.env.ANALYTICS_DATABASE_URL;
  delete process.env.VIGIL_ANALYTICS_MAX_LAG_SECONDS;
});
afterAll(async () => {
  await standby`select pg_wal_replay_resume()`;
  await Promise.all([primary.end(), standby.end()]);
});

const where = (db: Db) =>
  db
    .execute(query`select case when pg_is_in_recovery() then 'standby' else 'primary' end as server`)
    .then((rows) => rows[0]?.server);
const mark = (name: string) =>
  primary`insert into users (user_id) values (${name}) on conflict (user_id) do nothing`;
const known = (name: string) => standby`select 1 from users where user_id = ${name}`;

test('what the primary commits is on the standby, and nothing can be written there', async () => {
  await mark('standby-1');
  await expect.poll(() => known('standby-1'), { timeout: 10_000 }).toHaveLength(1);
  await expect(standby`insert into users (user_id) values ('never')`).rejects.toMatchObject({
    code: '25006',
  });
  const [slot] = await primary`select active, wal_status from pg_replication_slots
    where slot_type = 'physical'`;
  expect(slot).toEqual({ active: true, wal_status: 'reserved' });
});

test('long reads are answered by the standby', async () => {
  await mark('standby-2');
  await expect.poll(() => known('standby-2'), { timeout: 10_000 }).toHaveLength(1);
  expect(await analyticsState()).toBe('used');
  expect(await readLong(where)).toBe('standby');
});

test('a read that the standby cannot finish is answered by the primary, and the next ones too', async () => {
  let asked = 0;
  const read = async (db: Db) => {
    asked += 1;
    const server = await where(db);
    // As when replay must go on: the standby cancels whoever is in its way.
    if (server === 'standby') await db.execute(query`select pg_cancel_backend(pg_backend_pid())`);
    return server;
  };
  expect(await readLong(read)).toBe('primary');
  expect(asked).toBe(2);
  expect(await readLong(where)).toBe('primary');
});

test('a standby that is too far behind is not asked', async () => {
  process.env.VIGIL_ANALYTICS_MAX_LAG_SECONDS = '1';
  await standby`select pg_wal_replay_pause()`;
  try {
    await mark(`standby-${Date.now()}`);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await analyticsState()).toBe('behind');
    expect(await readLong(where)).toBe('primary');
  } finally {
    await standby`select pg_wal_replay_resume()`;
  }
});

test.each([
  ['that does not answer', 'postgres://vigil_web@127.0.0.1:1/fraud_detection'],
  ['that is no standby', 'the primary'],
])('a server %s is not asked', async (_, url) => {
  process.env.ANALYTICS_DATABASE_URL = url.startsWith('postgres') ? url : stack.roles.web!;
  expect(await analyticsState()).toBe('away');
  expect(await readLong(where)).toBe('primary');
});
