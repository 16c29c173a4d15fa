import type { TransactionSql } from 'postgres';
import { test as anywhere, beforeEach, expect } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { sampleHealth } from './sample-health';
import { pruneQueryStats, sampleQueries } from './sample-queries';

const t = await testDatabase();
const worker = connect(t.urls.worker!, { max: 1, name: 'sampler' });

const [{ present } = { present: false }] =
  await t.sql`select to_regclass('pg_stat_statements') is not null as present`;
const test = anywhere.runIf(present);

let minute = 0;
/** Samples a minute apart that end now, so that they are dated like those of a real worker. */
const sample = async (now = new Date(Date.now() + minute++ * 1000)) =>
  (await worker.begin((tx: TransactionSql) => sampleQueries(tx, now)))!;

const run = async (times: number) => {
  for (let index = 0; index < times; index += 1)
    await t.sql.unsafe('select count(*) as marked from merchants where category = $1', ['x']);
};
const counted = () =>
  t.sql`select q.calls::int, q.rows::int, q.total_time_ms from query_stats q join query_texts x using (query_id, role_name)
    where x.query_text like 'select count(*) as marked%' order by q.captured_at`;
const calls = async () => (await counted()).map((row) => row.calls);

beforeEach(async () => {
  minute = 0;
  await t.sql`delete from query_stats`;
  await t.sql`delete from query_texts`;
  await t.sql`delete from system_metrics`;
  if (present) await t.sql`select pg_stat_statements_reset()`;
});

test('the first sample only reads; the next ones hold what happened in between', async () => {
  await run(3);
  expect(await sample()).toMatchObject({ rows: 0, gapSeconds: null });
  await run(5);
  expect((await sample()).gapSeconds).toBeGreaterThan(0.5);
  await sample();
  await run(2);
  await sample();
  expect(await calls()).toEqual([5, 2]);
  expect((await counted()).every((row) => row.total_time_ms > 0 && row.rows === row.calls)).toBe(true);
});

test('a query that is new since the last sample counts in full', async () => {
  await sample();
  await run(4);
  await sample();
  expect(await calls()).toEqual([4]);
});

test('after a reset of the statistics counting goes on from zero, never below', async () => {
  await run(10);
  await sample();
  await run(1);
  await sample();
  await t.sql`select pg_stat_statements_reset()`;
  await run(3);
  await sample();
  // As many calls as before the reset and more: only the time of the reset tells them apart.
  await t.sql`select pg_stat_statements_reset()`;
  await run(20);
  await sample();
  expect(await calls()).toEqual([1, 3, 20]);
  const [low] = await t.sql`select min(calls)::int as calls, min(total_time_ms) as ms, min(rows)::int as rows,
    min(shared_blocks_hit)::int as hit from query_stats`;
  expect(low!.calls).toBeGreaterThan(0);
  expect(low!.ms).toBeGreaterThanOrEqual(0);
  expect(low!.rows).toBeGreaterThanOrEqual(0);
  expect(low!.hit).toBeGreaterThanOrEqual(0);
});

test('an entry that was dropped and came back counts from zero', async () => {
  await run(6);
  await sample();
  await dropEntry();
  await run(2);
  await sample();
  const [{ version } = { version: 0 }] =
    await t.sql`select current_setting('server_version_num')::int as version`;
  if (version < 170_000) return expect(await calls()).toEqual([2]);
  // As many calls as before and more: from PostgreSQL 17 on each entry says since when it counts.
  await dropEntry();
  await run(9);
  await sample();
  expect(await calls()).toEqual([2, 9]);
});

const dropEntry = async () => {
  const [entry] = await t.sql`select userid, dbid, queryid from pg_stat_statements
    where query like 'select count(*) as marked%' limit 1`;
  await t.sql`select pg_stat_statements_reset(${entry!.userid}::oid, ${entry!.dbid}::oid, ${entry!.queryid}::bigint)`;
};

test('after a long pause counting starts again from what is there', async () => {
  const hoursAgo = new Date(Date.now() - 3 * 3_600_000);
  await sample(hoursAgo);
  await run(50);
  await sample();
  await run(2);
  await sample();
  expect(await calls()).toEqual([2]);
});

test('our own samples are left out', async () => {
  for (let round = 0; round < 3; round += 1) {
    await worker.begin((tx: TransactionSql) => sampleHealth(tx, new Date()));
    await sample();
  }
  const seen = await t.sql`select query from pg_stat_statements where query like '%vigil:sample%'`;
  expect(seen.length).toBeGreaterThanOrEqual(4);
  const kept = await t.sql`select query_text from query_texts
    where query_text ~ 'system_metrics|pg_stat_statements|query_stats' and query_text not like '%pg_stat_statements_reset%'
      and query_text not like 'delete%' and query_text not like 'select query from%'`;
  expect(kept.map((row) => row.query_text)).toEqual([]);
});

test('a password in the text of a statement is cut out', async () => {
  await sample();
  await t.sql.unsafe(`create role sampled_person login password 'open sesame'`);
  await t.sql.unsafe(`alter role sampled_person with password 'new sesame'`);
  await sample();
  await t.sql.unsafe('drop role sampled_person');
  const texts = await t.sql`select query_text from query_texts where query_text like '%sampled_person%'`;
  expect(texts.length).toBeGreaterThanOrEqual(2);
  expect(texts.some((row) => row.query_text.includes('sesame'))).toBe(false);
});

test('samples past their time are dropped, with texts that nothing needs', async () => {
  await sample();
  await run(2);
  await sample();
  const dropped = await worker.begin((tx: TransactionSql) =>
    pruneQueryStats(tx, new Date(Date.now() + 8 * 86_400_000), 7),
  );
  expect(dropped).toBeGreaterThan(0);
  expect(await t.sql`select 1 from query_stats`).toHaveLength(0);
  expect(await t.sql`select 1 from query_texts`).toHaveLength(0);
});

anywhere.runIf(!present)('without pg_stat_statements there is nothing to sample', async () => {
  expect(await sample()).toBeNull();
  expect(await t.sql`select 1 from query_texts`).toHaveLength(0);
});

anywhere('health is kept as db.<metric>: bytes as MiB, totals modulo what the column holds', async () => {
  const now = new Date();
  const rows = await worker.begin((tx: TransactionSql) => sampleHealth(tx, now));
  const kept = await t.sql`select metric_name, metric_value::float8 as value, labels from system_metrics`;
  expect(kept).toHaveLength(rows);
  const size = kept.find((row) => row.metric_name === 'db.database_size');
  const [real] = await t.sql`select pg_database_size(current_database())::float8 as bytes`;
  expect(size!.value * 1_048_576).toBeCloseTo(real!.bytes, -6);
  expect(size!.labels).toEqual({ unit: 'MiB' });
});
