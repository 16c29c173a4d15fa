import { afterAll, beforeEach, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { metrics, processNames, type Readings } from './catalogue';
import { Sampler } from './sampler';

const t = await testDatabase();
await t.sql`select ensure_partitions()`;

const started: Sampler[] = [];
afterAll(() => {
  for (const sampler of started) sampler.stop();
});
const samplerOf = (options: ConstructorParameters<typeof Sampler>[0]) => {
  const sampler = new Sampler(options);
  started.push(sampler);
  return sampler;
};

type Row = { metric_name: string; value: number; labels: Record<string, string>; second: number };
const rows = () =>
  t.sql<Row[]>`select metric_name, metric_value::float8 as value, labels,
    extract(second from timestamp)::float8 as second from system_metrics order by metric_name`;
const figure = async (name: string) => (await rows()).findLast((row) => row.metric_name === name)?.value;

beforeEach(() => t.sql`truncate system_metrics`);

test.each(processNames)('%s writes its gauges with the rights of its own role', async (process) => {
  const sql = connect(t.urls[process]!, { max: 1, name: 'sampler-test' });
  const sampler = samplerOf({ sql: () => sql, process });
  await new Promise((resolve) => setTimeout(resolve, 40));
  const busyUntil = Date.now() + 60;
  while (Date.now() < busyUntil);
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(await sampler.sample()).toBe(6);
  const written = await rows();
  expect(written.map((row) => row.metric_name)).toEqual([
    'process.cpu',
    'process.event_loop_delay',
    'process.event_loop_delay_max',
    'process.heap',
    'process.memory',
    'process.uptime',
  ]);
  for (const { metric_name, labels } of written)
    expect(labels).toEqual({
      process,
      instance: expect.stringMatching(/^.+:\d+$/),
      unit: metrics[metric_name as keyof typeof metrics].unit,
    });
  expect(await figure('process.cpu')).toBeGreaterThan(0);
  expect(await figure('process.event_loop_delay_max')).toBeGreaterThan(30);
  expect(await figure('process.memory')).toBeGreaterThan(20);
  await sql.end();
});

test('totals are what was counted since the last sample, from the start of the process on', async () => {
  let readings: Readings = { 'pipeline.allowed': 40, 'pipeline.at_work': 3 };
  const sampler = samplerOf({ sql: () => t.sql, process: 'ingest', read: () => readings });
  await sampler.sample();
  expect(await figure('pipeline.allowed')).toBe(40);
  readings = { 'pipeline.allowed': 42, 'pipeline.at_work': 1, 'pipeline.answer_p99': 1e15 };
  await t.sql`truncate system_metrics`;
  await sampler.sample();
  expect(await figure('pipeline.allowed')).toBe(2);
  expect(await figure('pipeline.at_work')).toBe(1);
  expect(await figure('pipeline.answer_p99')).toBe(99_999_999_999);
});

test('without a database samples are dropped, and the next one tells of its own minute', async () => {
  const gone = connect('postgres://nobody@127.0.0.1:1/none', { max: 1, name: 'sampler-test' });
  let sql = gone;
  let counted = 0;
  const sampler = samplerOf({
    sql: () => sql,
    process: 'ingest',
    read: () => ({ 'pipeline.allowed': counted }),
  });
  counted = 100;
  expect(await sampler.sample()).toBe(0);
  sql = t.sql as typeof sql;
  counted = 103;
  expect(await sampler.sample()).toBe(7);
  expect(await figure('pipeline.allowed')).toBe(3);
  await gone.end({ timeout: 0 });
});

test('while a sample hangs none is begun behind it', async () => {
  const sql = connect(t.url, { max: 1, name: 'sampler-test' });
  let release: (() => void) | null = null;
  const holding = t.sql.begin(async (tx) => {
    await tx`lock table system_metrics in access exclusive mode`;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
  });
  await expect.poll(() => release).not.toBeNull();
  const sampler = samplerOf({ sql: () => sql, process: 'worker' });
  const first = sampler.sample();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(await sampler.sample()).toBe(0);
  expect(await sampler.sample()).toBe(0);
  (release as unknown as () => void)();
  await holding;
  expect(await first).toBe(6);
  expect(await rows()).toHaveLength(6);
  await sql.end();
});

test('samples stand late in their minute, however early the process began', async () => {
  const almost = new Date();
  almost.setUTCSeconds(49, 950);
  const begun = Date.now();
  const now = () => new Date(almost.getTime() + Date.now() - begun);
  const sampler = samplerOf({ sql: () => t.sql, process: 'web', now });
  sampler.start();
  await expect.poll(async () => (await rows()).length, { timeout: 5_000 }).toBe(6);
  for (const { second } of await rows()) expect(Math.floor(second)).toBe(50);
});
