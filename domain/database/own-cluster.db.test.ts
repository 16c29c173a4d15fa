import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Sql, TransactionSql } from 'postgres';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { closeDatabase, connect, setDatabase } from '@/db/client';
import { type Embedded, startEmbedded } from '@/db/embedded';
import type { EmbeddedMajor } from '@/db/embedded-place';
import { ensureDatabase, migrate } from '@/db/migrate';
import { resultOf, scriptIncident } from './checks/testing';
import { sampleQueries } from './sample-queries';

/** What only a server of one's own may suffer: restarts, crashes, settings that every test would feel. */
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'vigil-own-'));
const version = Number(process.env.VIGIL_TEST_POSTGRES || 18) as EmbeddedMajor;
let server: Embedded | null = null;
let sql: Sql;

const start = async (settings: Record<string, string | number> = {}) => {
  server = await startEmbedded({ dir: path.join(dir, 'primary'), version, durable: false, settings });
  const url = await ensureDatabase(server.url);
  await migrate(url, { passwordFile: path.join(dir, 'roles.json') });
  sql = connect(url, { max: 2, name: 'incident' });
  setDatabase(connect(url, { max: 4, name: 'test' }));
  return url;
};
const stop = async (how: 'fast' | 'crash' = 'fast') => {
  if (!server) return;
  await closeDatabase();
  await sql.end({ timeout: 2 });
  if (how === 'crash') process.kill(server.pid, 'SIGQUIT');
  await server.stop();
  server = null;
};

afterEach(() => stop());
afterAll(() => fs.rmSync(dir, { recursive: true, force: true }));

describe('the history of queries', () => {
  let at = Date.now();
  const sample = () =>
    sql.begin((tx: TransactionSql) => {
      at += 60_000;
      return sampleQueries(tx, new Date(at));
    });
  const run = async (times: number) => {
    for (let i = 0; i < times; i += 1)
      await sql.unsafe('select count(*) as restarted from merchants where category = $1', ['x']);
  };
  const calls = async () =>
    (
      await sql`select s.calls::int from query_stats s join query_texts x using (query_id, role_name)
        where x.query_text like '%as restarted%' order by s.captured_at`
    ).map((row) => row.calls);
  const lowest = async () =>
    (
      await sql`select least(min(calls), min(rows), min(shared_blocks_hit), min(shared_blocks_read), min(temp_blocks_written))::int as counts,
        least(min(total_time_ms), min(io_time_ms)) as times from query_stats`
    )[0];

  test('goes on over a restart, which keeps the counters, and over a crash, which loses them', async () => {
    await start();
    await sample();
    await run(7);
    await sample();
    await run(1);
    await stop();
    await start();
    await run(2);
    await sample();
    await stop('crash');
    await start();
    await run(4);
    await sample();
    // One call and two make three: the counters came back. After the crash only what was counted since.
    expect(await calls()).toEqual([7, 3, 4]);
    expect(await lowest()).toMatchObject({ counts: 0, times: expect.any(Number) });
    expect((await lowest())?.times).toBeGreaterThanOrEqual(0);
  });

  test('statementEvictions: what the server drops for want of room is said, and counted no less than zero', async () => {
    // More than the samples and the checks themselves ask.
    await start({ 'pg_stat_statements.max': 700 });
    for (let i = 0; i < 6; i += 1) await sample();
    await scriptIncident({
      check: 'statementEvictions',
      object: 'pg_stat_statements.max',
      sql: /ALTER SYSTEM SET pg_stat_statements.max = 1400/,
      begin: async () => {
        for (let i = 0; i < 1500; i += 1)
          await sql.unsafe(`select ${Array.from({ length: i + 1 }, () => '1::int8').join(', ')}`);
        await sample();
        return () => sql`delete from system_metrics where metric_name = 'db.statements_evicted'`;
      },
    });
    expect((await lowest())?.counts).toBeGreaterThanOrEqual(0);
  });
});

describe('settings of a whole server', () => {
  test('slotLimit: without a limit, slots can fill the disk', async () => {
    await start({ max_slot_wal_keep_size: -1 });
    await scriptIncident({
      check: 'slotLimit',
      object: 'max_slot_wal_keep_size',
      sql: /ALTER SYSTEM SET max_slot_wal_keep_size/,
      also: ['inactiveSlots'],
      begin: async () => {
        await sql`select pg_create_physical_replication_slot('endless', true)`;
        return () => sql`select pg_drop_replication_slot('endless')`;
      },
    });
  });

  test('lostSlots: one whose log the limit has thrown away', async () => {
    await start({ max_slot_wal_keep_size: '1MB' });
    await scriptIncident({
      check: 'lostSlots',
      object: 'overrun',
      status: 'critical',
      sql: /pg_drop_replication_slot\('overrun'\)/,
      begin: async () => {
        await sql`select pg_create_physical_replication_slot('overrun', true)`;
        for (let i = 0; i < 4; i += 1) {
          await sql`select pg_logical_emit_message(false, 'test', repeat('x', 1000000))`;
          await sql`select pg_switch_wal()`;
        }
        await sql`checkpoint`;
        return () => sql`select pg_drop_replication_slot('overrun')`;
      },
    });
  });

  test('pendingRestart: a setting that waits for one', async () => {
    await start();
    const [own] = await sql`select setting from pg_settings where name = 'max_wal_senders'`;
    const set = async (value: number) => {
      await sql.unsafe(`alter system set max_wal_senders = ${value}`);
      await sql`select pg_reload_conf()`;
    };
    await scriptIncident({
      check: 'pendingRestart',
      object: 'max_wal_senders',
      begin: async () => {
        await set(Number(own?.setting) + 1);
        return () => set(Number(own?.setting));
      },
    });
    await sql`alter system reset max_wal_senders`;
    // The embedded server's own settings stand on its command line, where no restart would change them.
    expect(await resultOf('pendingRestart')).toMatchObject({ status: 'ok' });
  });
});

test('standbyLag and standbyDelay: a subscriber that cannot apply what it is sent', async () => {
  const publisher = await start();
  await sql`create table followed (id int primary key)`;
  await sql`create publication of_followed for table followed`;
  const other = await startEmbedded({ dir: path.join(dir, 'subscriber'), version, durable: false });
  const far = connect(other.url, { max: 2, name: 'subscriber' });
  await far`create table followed (id int primary key)`;
  await far.unsafe(`create subscription of_followed connection '${publisher}' publication of_followed`);
  try {
    await expect.poll(async () => (await resultOf('standbyLag')).status, { timeout: 20_000 }).toBe('ok');
    const blocker = await far.reserve();
    await scriptIncident({
      check: 'standbyLag',
      limits: {
        standbyLag: { warning: 2_000_000, critical: null },
        standbyDelay: { warning: null, critical: null },
      },
      object: 'of_followed',
      facts: { where: 'apply' },
      also: ['staleStatistics'],
      begin: async () => {
        await blocker`begin`;
        await blocker`lock table followed in access exclusive mode`;
        await sql`insert into followed select generate_series(1, 40000)`;
        await sql`select count(pg_logical_emit_message(false, 'test', repeat('x', 1000000))) from generate_series(1, 3)`;
        return async () => {
          await blocker`rollback`;
        };
      },
    });
    blocker.release();
    const delay = await resultOf('standbyDelay');
    expect(delay.examined).toBe(1);
    expect(delay.evidence[0]?.[0]).toBe('of_followed');
  } finally {
    await far`drop subscription of_followed`.catch(() => {});
    await far.end({ timeout: 2 });
    await other.stop();
  }
});
