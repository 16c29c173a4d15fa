import type { TransactionSql } from 'postgres';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { sampleHealth } from '../sample-health';
import { resultOf, scriptIncident } from './testing';

const t = await testDatabase({ role: 'web' });
const sql = connect(t.url, { max: 1, name: 'incident' });
const other = connect(t.url, { max: 1, name: 'incident-2' });
afterAll(() => Promise.all([sql.end({ timeout: 2 }), other.end({ timeout: 2 })]));

/** Samples as the worker takes them, five minutes apart and ending now. */
const sample = (minutesAgo: number) =>
  t.sql.begin((tx: TransactionSql) => sampleHealth(tx, new Date(Date.now() - minutesAgo * 60_000)));
const samples = async () => {
  for (let minutes = 40; minutes >= 15; minutes -= 5) await sample(minutes);
};
const forget = () => t.sql`delete from system_metrics`;
const flush = async () => {
  for (const session of [sql, other]) {
    await session`select pg_stat_force_next_flush()`;
    await session`select 1`;
  }
};
const metric = (name: string, value: number, minutes: number, unit = 'total') =>
  t.sql`insert into system_metrics (metric_name, metric_value, labels, timestamp)
    values (${`db.${name}`}, ${value}, ${t.sql.json({ unit })}, ${new Date(Date.now() - minutes * 60_000).toISOString()})`;

beforeEach(forget);

describe('what the last hour says', () => {
  test('cacheHitRatio: judged by this hour’s blocks alone, with the query that read most of them', async () => {
    await metric('blocks_hit', 9_000_000, 30);
    await metric('blocks_read', 10, 30);
    await t.sql`insert into query_texts values (77, 'vigil_web', 'select everything from cold_table', 1, 1, 1, 1, 1, now())`;
    await t.sql`insert into query_stats (captured_at, query_id, role_name, calls, total_time_ms, rows, shared_blocks_hit, shared_blocks_read)
      values (now() - interval '5 minutes', 77, 'vigil_web', 1, 1, 1, 1, 6000)`;
    const found = await scriptIncident({
      check: 'cacheHitRatio',
      object: 'select everything from cold_table',
      begin: async () => {
        await metric('blocks_hit', 9_092_000, 29);
        await metric('blocks_read', 8_010, 29);
        return forget;
      },
    });
    expect(found.value).toBe(92);
    expect(found.evidence[0]).toEqual(['select everything from cold_table', 6000, 75]);
    await metric('blocks_hit', 100, 30);
    await metric('blocks_read', 0, 30);
    await metric('blocks_hit', 200, 29);
    await metric('blocks_read', 100, 29);
    expect(await resultOf('cacheHitRatio')).toMatchObject({ status: 'too_little', reason: 'few_events' });
  });

  test('rollbacks: transactions that fail, counted by the server', async () => {
    await samples();
    await scriptIncident({
      check: 'rollbacks',
      object: 'vigil_test',
      begin: async () => {
        for (let i = 0; i < 250; i += 1) {
          await sql`begin`;
          await sql`rollback`;
        }
        await flush();
        await sample(10);
        return forget;
      },
    });
  });

  test('deadlocks: two transactions that wait for each other', async () => {
    await t.sql`create table circle (id int primary key, n int)`;
    await t.sql`insert into circle values (1, 0), (2, 0)`;
    await samples();
    await scriptIncident({
      check: 'deadlocks',
      object: 'vigil_test',
      begin: async () => {
        await sql`begin`;
        await other`begin`;
        await sql`update circle set n = 1 where id = 1`;
        await other`update circle set n = 1 where id = 2`;
        const both = [sql`update circle set n = 2 where id = 2`, other`update circle set n = 2 where id = 1`];
        const ends = await Promise.allSettled(both);
        expect(ends.map((end) => end.status).sort()).toEqual(['fulfilled', 'rejected']);
        await sql`rollback`;
        await other`rollback`;
        await flush();
        await sample(10);
        return forget;
      },
    });
  });

  test('temporaryFiles: a sort that did not fit into memory', async () => {
    await samples();
    await scriptIncident({
      check: 'temporaryFiles',
      limits: { temporaryFiles: { warning: 5_000_000, critical: null } },
      object: /^/,
      begin: async () => {
        await sql`set work_mem = '64kB'`;
        await sql`select count(*) from (select n, repeat('x', 50) from generate_series(1, 200000) as n order by 2, 1 desc) as s`;
        await sql`reset work_mem`;
        await flush();
        await sample(10);
        return forget;
      },
    });
  });

  test('requestedCheckpoints: asked for instead of waited for', async () => {
    await samples();
    const found = await scriptIncident({
      check: 'requestedCheckpoints',
      object: 'max_wal_size',
      sql: /ALTER SYSTEM SET max_wal_size = '\d+[MG]B';/,
      begin: async () => {
        // One more than are asked for below: the server may not have counted the last yet.
        for (let i = 0; i < 7; i += 1) {
          await t.sql`select pg_logical_emit_message(true, 'test', 'x')`;
          await t.sql`checkpoint`;
        }
        await sample(10);
        return forget;
      },
    });
    expect(found.facts.asked).toBeGreaterThanOrEqual(6);
  });
});

describe('what a day says', () => {
  test('diskGrowth: bytes a day, from the samples of a day', async () => {
    const mib = (gb: number) => (gb * 1e9) / 1_048_576;
    await metric('database_size', mib(40), 12 * 60, 'MiB');
    await metric('database_size', mib(40.1), 1, 'MiB');
    const found = await scriptIncident({
      check: 'diskGrowth',
      object: /./,
      begin: async () => {
        await metric('database_size', mib(50), 0, 'MiB');
        return forget;
      },
    });
    expect((found.value ?? 0) / 1e9).toBeCloseTo(20, 1);
    await metric('database_size', mib(1), 60, 'MiB');
    await metric('database_size', mib(90), 1, 'MiB');
    expect(await resultOf('diskGrowth')).toMatchObject({ status: 'too_little', reason: 'short_window' });
  });

  test('sampleAge: nobody has sampled for a while', async () => {
    await metric('connections', 3, 1, 'count');
    await scriptIncident({
      check: 'sampleAge',
      object: 'sample-health',
      status: 'critical',
      begin: async () => {
        await forget();
        await metric('connections', 3, 20, 'count');
        return () => metric('connections', 3, 0, 'count');
      },
    });
  });

  test('without samples nothing is judged', async () => {
    for (const name of [
      'cacheHitRatio',
      'rollbacks',
      'deadlocks',
      'temporaryFiles',
      'diskGrowth',
      'sampleAge',
    ] as const)
      expect(await resultOf(name)).toMatchObject({ status: 'too_little', reason: 'no_samples', value: null });
  });
});
