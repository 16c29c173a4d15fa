import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import { may, type Permission, roles } from '@/domain/access';
import type { PersonActor } from '@/domain/actor';
import * as jobQueries from '@/domain/jobs/queries';
import { checkHealth } from './check-health';
import * as databaseQueries from './queries';
import {
  databaseHealth,
  getQuery,
  healthSeries,
  listCapabilities,
  listQueries,
  querySeries,
  queryTime,
  slowQueries,
} from './queries';

const t = await testDatabase({ role: 'web' });
const person = (role: PersonActor['role']): PersonActor => ({
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: 'operator@example.test',
  name: 'Tomás Oliveira',
  role,
  sessionId: 'a'.repeat(64),
  ip: '127.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
});
const operator = person('db_operator');
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000).toISOString();

const metric = (name: string, value: number, minutes: number, unit = 'total') =>
  t.sql`insert into system_metrics (metric_name, metric_value, labels, timestamp)
    values (${`db.${name}`}, ${value}, ${t.sql.json({ unit })}, ${minutesAgo(minutes)})`;

beforeEach(async () => {
  await t.sql`truncate system_metrics, query_stats, query_texts, job_runs`;
});

test('every query of the database asks for database:read', async () => {
  const queries = [...Object.values(databaseQueries), ...Object.values(jobQueries)].filter(
    (one) => typeof one === 'function',
  );
  expect(queries.length).toBeGreaterThanOrEqual(9);
  for (const one of queries) expect(one.can).toBe('database:read');
  for (const role of roles) {
    const allowed = may(role, 'database:read' as Permission);
    const read = databaseHealth(person(role), {});
    if (allowed) await expect(read).resolves.toBeDefined();
    else await expect(read).rejects.toMatchObject({ failure: { code: 'denied' } });
  }
});

describe('databaseHealth', () => {
  test('has the view and the server; the checks as they were found last, none before that', async () => {
    await t.sql`truncate health_checks`;
    const health = await databaseHealth(operator, {});
    expect(health.server).toMatchObject({ version: expect.stringMatching(/^\d+/) });
    const connections = health.metrics.find((row) => row.metric === 'connections');
    expect(connections!.value).toBeGreaterThan(0);
    expect(connections!.limit).toBeGreaterThan(10);
    expect(
      health.metrics.find((row) => row.metric === 'checkpoints_requested')!.value,
    ).toBeGreaterThanOrEqual(0);
    expect(health).toMatchObject({ checks: [], pass: null });
    await t.sql.begin((tx) => checkHealth(tx, new Date()));
    const { checks, pass } = await databaseHealth(operator, {});
    expect(checks.find((check) => check.name === 'partitionRunway')).toMatchObject({ status: 'ok' });
    expect(pass!.groups.length).toBeGreaterThan(10);
  });
});

describe('healthSeries', () => {
  test('gauges at their highest, totals as rates, and a reset is no negative rate', async () => {
    await metric('connections', 4, 3.2, 'count');
    await metric('transactions_committed', 6_000, 4);
    await metric('transactions_committed', 12_000, 3);
    await metric('transactions_committed', 300, 2);
    await metric('transactions_committed', 900, 1);
    await metric('database_size', 2, 1, 'MiB');
    const series = await healthSeries(operator, { range: '1h' });
    expect(series.points).toHaveLength(60);
    expect(series.points.some((point) => point.connections === 4)).toBe(true);
    expect(series.points.some((point) => point.databaseSize === 2 * 1_048_576)).toBe(true);
    const rates = series.points.map((point) => point.commits).filter((rate) => rate !== null);
    expect(rates.map((rate) => Math.round(rate))).toEqual([100, 5, 10]);
  });

  test('a pause of the worker is a gap and not a low rate', async () => {
    await metric('transactions_committed', 0, 50);
    await metric('transactions_committed', 60_000, 5);
    const series = await healthSeries(operator, { range: '1h' });
    expect(series.points.every((point) => point.commits === null)).toBe(true);
  });

  test.each(['24h', '7d'] as const)('%s has bounded points', async (range) => {
    expect((await healthSeries(operator, { range })).points.length).toBeLessThanOrEqual(96);
  });
});

describe('queries', () => {
  const text = (id: number, sql: string) =>
    t.sql`insert into query_texts values (${id}, 'vigil_web', ${sql}, 1, 1, 1, 1, 1, now())`;
  const stat = (id: number, minutes: number, calls: number, ms: number) =>
    t.sql`insert into query_stats values (${minutesAgo(minutes)}, ${id}, 'vigil_web', ${calls}, ${ms}, 1, 1, 1)`;

  test('share, mean and slow; by time, calls and mean', async () => {
    await text(1, 'SELECT slow_one FROM merchants');
    await text(2, 'SELECT quick_one FROM users');
    await stat(1, 5, 2, 3_000);
    await stat(1, 65, 1, 3_000);
    await stat(2, 5, 1_000, 2_000);
    const byTime = await listQueries(operator, { range: '24h' });
    expect(byTime.rows.map((row) => [row.queryId, row.calls, row.meanMs, row.share, row.slow])).toEqual([
      ['1', 3, 2_000, 0.75, true],
      ['2', 1_000, 2, 0.25, false],
    ]);
    expect(byTime.rows[0]!.spark.reduce((sum, ms) => sum + ms)).toBe(6_000);
    expect(byTime.counts).toEqual({ all: 2, slow: 1 });
    expect((await listQueries(operator, { sort: 'calls' })).rows[0]!.queryId).toBe('2');
    expect((await listQueries(operator, { sort: 'mean', order: 'asc' })).rows[0]!.queryId).toBe('2');
    expect((await listQueries(operator, { view: 'slow' })).rows.map((row) => row.queryId)).toEqual(['1']);
    const searched = await listQueries(operator, { q: 'quick_' });
    expect(searched.rows.map((row) => [row.queryId, row.share])).toEqual([['2', 0.25]]);
    expect((await listQueries(operator, { q: '%' })).rows).toHaveLength(0);
    expect((await listQueries(operator, { range: '1h' })).rows[0]!.calls).toBe(2);
  });

  test('of one role; by rows and by what came from memory; times and temporary files in their units', async () => {
    await text(1, 'SELECT both FROM merchants');
    await text(2, 'SELECT one FROM users');
    const add = (id: number, role: string, rows: number, hit: number, read: number) =>
      t.sql`insert into query_stats values (${minutesAgo(5)}, ${id}, ${role}, 10, 1000, ${rows}, ${hit}, ${read}, 2, 50)`;
    await add(1, 'vigil_web', 5, 90, 10);
    await add(1, 'vigil_worker', 5, 0, 100);
    await add(2, 'vigil_worker', 100, 0, 0);
    const all = await listQueries(operator, { range: '24h', sort: 'rows' });
    expect(all.rows.map((row) => [row.queryId, row.rows, row.hit])).toEqual([
      ['2', 100, null],
      ['1', 10, 0.45],
    ]);
    expect(all.roles).toEqual(['vigil_web', 'vigil_worker']);
    expect(all.rows[1]).toMatchObject({ tempBytes: 4 * 8192, ioMs: 100, share: 2 / 3 });
    expect((await listQueries(operator, { sort: 'hit' })).rows.map((row) => row.queryId)).toEqual(['1', '2']);
    const web = await listQueries(operator, { role: 'vigil_web' });
    expect(web.rows.map((row) => [row.queryId, row.hit, row.share])).toEqual([['1', 0.9, 1 / 3]]);
    expect(web).toMatchObject({ counts: { all: 1 }, roles: ['vigil_web', 'vigil_worker'] });
    expect((await listQueries(operator, { role: 'nobody' })).rows).toEqual([]);
    const detail = await getQuery(operator, { queryId: '1' });
    expect(detail.day).toMatchObject({ calls: 20, totalMs: 2_000, share: 2 / 3, tempBytes: 4 * 8192 });
    expect(detail.callers.map((one) => [one.role, one.calls, one.blocksRead])).toEqual([
      ['vigil_web', 10, 10],
      ['vigil_worker', 10, 100],
    ]);
    const series = await querySeries(operator, { queryId: '1', range: '1h' });
    const ran = series.points.find((point) => point.calls > 0);
    expect(ran).toMatchObject({ calls: 20, rows: 10, meanMs: 100 });
    expect(ran?.sharePercent).toBeCloseTo(66.7, 1);
  });

  test.each([{ q: 'a\0b' }, { role: 'a\0b' }, { sort: 'password' }, { range: '9y' }, { cursor: 7 }])(
    'odd input is an error at its field: %o',
    async (input) => {
      await expect(listQueries(operator, input as never)).rejects.toMatchObject({
        failure: { code: 'invalid', field: Object.keys(input)[0] },
      });
    },
  );

  test.each(['desc', 'asc'] as const)('pages hold every query once, %s', async (order) => {
    for (let id = 1; id <= 120; id += 1) {
      await text(id, `SELECT ${id}`);
      await stat(id, 5, 1, Math.ceil(id / 3));
    }
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listQueries(operator, { cursor, order });
      seen.push(...page.rows.map((row) => row.queryId));
      cursor = page.next ?? undefined;
    } while (cursor);
    expect(seen).toHaveLength(120);
    expect(new Set(seen).size).toBe(120);
  });

  test('a forged cursor is an error at its field', async () => {
    for (const cursor of ['x', btoa('["a",1]'), btoa('[1,"1; drop table users"]')])
      await expect(listQueries(operator, { cursor })).rejects.toMatchObject({
        failure: { code: 'invalid', field: 'cursor' },
      });
  });

  test('time by query: the selected one keeps its place, the rest are others', async () => {
    for (let id = 1; id <= 6; id += 1) {
      await text(id, `SELECT ${id}`);
      await stat(id, 5, 1, id * 1_000);
    }
    const time = await queryTime(operator, { range: '24h', selected: '1' });
    expect(time.queries.map((one) => one.queryId)).toEqual(['1', '6', '5', '4']);
    const sum = (key: string) => time.points.reduce((total, point) => total + Number(point[key] ?? 0), 0);
    expect(sum('6')).toBe(6);
    expect(sum('others')).toBe(5);
  });

  test('one query: its text, its day and its history', async () => {
    await text(-7, 'SELECT negative');
    await stat(-7, 5, 4, 8_000);
    expect(await getQuery(operator, { queryId: '-7' })).toMatchObject({
      text: 'SELECT negative',
      slowMs: 1000,
      day: { calls: 4, meanMs: 2_000 },
    });
    const series = await querySeries(operator, { queryId: '-7', range: '24h' });
    expect(series.points.filter((point) => point.meanMs === 2_000)).toHaveLength(1);
    await expect(getQuery(operator, { queryId: '8' })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
    await expect(getQuery(operator, { queryId: '99999999999999999999' })).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'queryId' },
    });
    await expect(getQuery(operator, { queryId: '9999999999999999999' })).rejects.toMatchObject({
      failure: { code: 'invalid' },
    });
  });
});

test('a query that really is slow is found by the server and limited by the setting', async () => {
  await t.sql`insert into system_config (config_key, config_value) values ('database.slow_query_ms', '150')
    on conflict (config_key) do update set config_value = excluded.config_value`;
  await t.sql.unsafe('select pg_sleep($1::float8) as really_slow', [0.2]);
  const slow = await slowQueries(operator, {});
  const capabilities = await listCapabilities(operator, {});
  const known = capabilities.find((row) => row.capability === 'pg_stat_statements')!.present;
  if (!known) return expect(slow).toEqual({ known, slowMs: 150, since: null, rows: [] });
  expect(slow).toMatchObject({ known: true, slowMs: 150 });
  expect(slow.rows.find((row) => row.query.includes('really_slow'))!.meanMs).toBeGreaterThan(150);
});

test('capabilities and jobs', async () => {
  const capabilities = await listCapabilities(operator, {});
  expect(capabilities.map((row) => row.capability)).toContain('pg_stat_statements');
  await t.sql`insert into job_runs (job_name, started_at, ended_at, status, error_message, started_by) values
    ('sample-health', now() - interval '2 minutes', now(), 'failed', 'out of disk', 'test'),
    ('sample-health', now() - interval '1 minute', now(), 'ok', null, 'test')`;
  const jobs = await jobQueries.listJobs(operator, {});
  expect(jobs.find((job) => job.name === 'sample-health')).toMatchObject({
    runBy: 'worker',
    status: 'ok',
    runs24h: 2,
    failed24h: 1,
    lastError: 'out of disk',
  });
  expect(jobs.find((job) => job.name === 'ensure-partitions')).toMatchObject({ status: null, runs24h: 0 });
});
