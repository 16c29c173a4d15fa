import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import type { PersonActor } from '@/domain/actor';
import type { ProcessName } from './catalogue';
import { listProcesses, metricSeries } from './queries';

const t = await testDatabase({ role: 'web' });
await t.sql`select ensure_partitions()`;
// Thirty hours ago may be the day before yesterday, which is made for nobody.
const day2 = new Date(Math.floor(Date.now() / 86_400_000 - 2) * 86_400_000);
await t.sql.unsafe(`create table system_metrics_two_days_ago partition of system_metrics
  for values from ('${day2.toISOString()}') to ('${new Date(day2.getTime() + 86_400_000).toISOString()}')`);

const operator: PersonActor = {
  kind: 'user',
  userId: '00000000-0000-4000-8000-000000000001',
  email: 'operator@example.test',
  name: 'Tomás Oliveira',
  role: 'db_operator',
  sessionId: 'a'.repeat(64),
  ip: '127.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
};

type Given = { process?: ProcessName; instance?: string; secondsAgo?: number; at?: Date };
const sample = (name: string, value: number, given: Given = {}) => {
  const at = given.at ?? new Date(Date.now() - (given.secondsAgo ?? 0) * 1000);
  const labels = name.startsWith('db.')
    ? { unit: 'count' }
    : { process: given.process ?? 'ingest', instance: given.instance ?? 'host:1', unit: 'count' };
  return t.sql`insert into system_metrics (metric_name, metric_value, labels, timestamp)
    values (${name}, ${value}, ${t.sql.json(labels)}, ${at.toISOString()})`;
};
const day = (name: string, daysAgo: number, mean: number, samples: number, labels: Record<string, string>) =>
  t.sql`insert into system_metrics_daily (day, metric_name, labels, samples, mean_value, min_value, max_value)
    values (current_date - ${daysAgo}::int, ${name}, ${t.sql.json(labels)}, ${samples}, ${mean}, 0, ${mean * 3})`;

beforeEach(() => t.sql`truncate system_metrics, system_metrics_daily`);

describe('a series', () => {
  // The middle of a quarter of an hour that has passed.
  const then = new Date(Math.floor(Date.now() / 900_000 - 1) * 900_000 + 450_000);

  test('adds up what instances counted, and means and tops what they measured', async () => {
    await sample('pipeline.allowed', 100, { at: then, instance: 'a:1' });
    await sample('pipeline.allowed', 30, { at: then, instance: 'b:2' });
    await sample('pipeline.allowed', 5, { at: new Date(then.getTime() + 60_000), instance: 'b:2' });
    await sample('process.cpu', 10, { at: then, process: 'web' });
    await sample('process.cpu', 40, { at: then, process: 'ingest' });
    const { series, stepSeconds } = await metricSeries(operator, {
      metrics: ['pipeline.allowed', 'process.cpu'],
      range: '24h',
    });
    expect(stepSeconds).toBe(900);
    expect(series.map(({ metric, process }) => [metric, process])).toEqual([
      ['pipeline.allowed', null],
      ['process.cpu', null],
    ]);
    const told = series.map(({ points }) => points.filter(({ sum }) => sum !== null));
    expect(told[0]).toEqual([
      { at: new Date(then.getTime() - 450_000).toISOString(), sum: 135, mean: 45, max: 100 },
    ]);
    expect(told[1]).toEqual([expect.objectContaining({ mean: 25, max: 40 })]);
    expect(series[0]?.points).toHaveLength(96);
  });

  test('of each process is one of those that have the metric', async () => {
    await sample('process.cpu', 10, { secondsAgo: 120, process: 'web' });
    await sample('process.cpu', 40, { secondsAgo: 120, process: 'worker' });
    await sample('db.stream_open', 7, { secondsAgo: 120 });
    const { series } = await metricSeries(operator, {
      metrics: ['process.cpu', 'db.stream_open'],
      range: '1h',
      perProcess: true,
    });
    expect(
      series.map(({ metric, process, points }) => [metric, process, points.find((p) => p.max)?.max]),
    ).toEqual([
      ['process.cpu', 'web', 10],
      ['process.cpu', 'worker', 40],
      ['db.stream_open', null, 7],
    ]);
  });

  test('of a month joins the daily roll-up and the samples of yesterday and today', async () => {
    await day('pipeline.allowed', 9, 20, 1440, { process: 'ingest', instance: 'a:1' });
    await day('pipeline.allowed', 9, 10, 720, { process: 'ingest', instance: 'b:2' });
    await day('pipeline.allowed', 200, 99, 1440, { process: 'ingest', instance: 'a:1' });
    // Rolled up already, and still there: it must not count twice.
    await day('pipeline.allowed', 1, 6, 1, { process: 'ingest', instance: 'a:1' });
    const midnight = new Date(new Date().toISOString().slice(0, 10)).getTime();
    await sample('pipeline.allowed', 6, { at: new Date(midnight - 3_600_000) });
    await sample('pipeline.allowed', 4, { at: new Date(midnight) });
    const { series, stepSeconds } = await metricSeries(operator, {
      metrics: ['pipeline.allowed'],
      range: '30d',
    });
    expect(stepSeconds).toBe(86_400);
    const points = series[0]!.points;
    expect(points).toHaveLength(30);
    expect(points.at(-1)).toMatchObject({ sum: 4, max: 4 });
    expect(points.at(-2)).toMatchObject({ sum: 6, mean: 6 });
    expect(points.at(-10)).toMatchObject({ sum: 36_000, mean: 36_000 / 2160, max: 60 });
    expect(points.filter(({ sum }) => sum !== null)).toHaveLength(3);
  });

  test('knows the whole range and as long a one before', async () => {
    const hours = (count: number) => count * 3600;
    await sample('pipeline.allowed', 10, { secondsAgo: hours(1) });
    await sample('pipeline.allowed', 30, { secondsAgo: hours(5) });
    await sample('pipeline.allowed', 8, { secondsAgo: hours(30) });
    const ask = async (input: Partial<Parameters<typeof metricSeries>[1]>) =>
      (await metricSeries(operator, { metrics: ['pipeline.allowed'], ...input })).series[0];
    expect(await ask({ compare: true })).toMatchObject({
      whole: { sum: 40, mean: 20, max: 30 },
      before: { sum: 8, mean: 8, max: 8 },
    });
    expect((await ask({}))?.before).toBeNull();
    await day('pipeline.allowed', 10, 5, 100, { process: 'ingest' });
    await day('pipeline.allowed', 20, 5, 100, { process: 'ingest' });
    expect((await ask({ range: '7d', compare: true }))?.before).toEqual({ sum: 500, mean: 5, max: 15 });
  });

  test.each([
    { metrics: [] },
    { metrics: ['process.secrets'] },
    { metrics: ["db.stream_open'; drop table users"] },
    { metrics: Array(9).fill('process.cpu') },
    { metrics: ['process.cpu'], range: '10y' },
    { metrics: ['process.cpu'], perProcess: 'yes' },
    { metrics: 'process.cpu' },
  ])('%j is refused by field', async (input) => {
    await expect(metricSeries(operator, input as never)).rejects.toMatchObject({
      failure: { code: 'invalid' },
    });
  });

  test('reads the index of the hours that its range meets, and no other hour', async () => {
    await t.sql`insert into system_metrics (metric_name, metric_value, labels, timestamp)
      select m.name, i, '{"process":"ingest","instance":"a:1","unit":"count"}', now() - i * interval '20 seconds'
      from generate_series(1, 4000) i, (select 'pipeline.allowed' as name union all
        select 'other.' || g from generate_series(1, 20) g) m`;
    await t.sql`analyze system_metrics`;
    // Hours that are over: the present one may hold a handful of rows, which are read whole with reason.
    const hour = Math.floor(Date.now() / 3_600_000) * 3_600_000;
    const range = `timestamp >= '${new Date(hour - 5_400_000).toISOString()}' and timestamp < '${new Date(hour - 1_800_000).toISOString()}'`;
    const plan =
      await t.sql.unsafe(`explain (format json) select metric_name, avg(metric_value) from system_metrics
      where metric_name in ('pipeline.allowed') and ${range} group by 1`);
    const text = JSON.stringify(plan[0]);
    expect(text).not.toContain('Seq Scan');
    expect(text).toContain('metric_name_timestamp');
    const scanned = text.match(/"Relation Name":\s*"[^"]+"/g) ?? [];
    expect(new Set(scanned).size).toBe(2);
  });
});

describe('processes', () => {
  test('are those heard of lately, each with its last figures', async () => {
    await sample('process.cpu', 1, { secondsAgo: 130, instance: 'a:1' });
    await sample('process.cpu', 2.5, { secondsAgo: 70, instance: 'a:1' });
    await sample('process.memory', 120, { secondsAgo: 70, instance: 'a:1' });
    await sample('process.uptime', 3600, { secondsAgo: 10, instance: 'b:9', process: 'worker' });
    await sample('process.cpu', 99, { secondsAgo: 400, instance: 'gone:3', process: 'web' });
    expect(await listProcesses(operator, {})).toEqual([
      {
        instance: 'a:1',
        process: 'ingest',
        sampledAt: expect.any(String),
        cpu: 2.5,
        memory: 120,
        heap: null,
        eventLoopDelay: null,
        eventLoopDelayMax: null,
        uptime: null,
      },
      expect.objectContaining({ instance: 'b:9', process: 'worker', uptime: 3600, cpu: null }),
    ]);
  });
});
