import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';
import type { PersonActor } from '@/domain/actor';
import { apiUsage, apiUsageSeries, mostKeys } from './queries';
import { usageRanges, usageSteps } from './slots';

const t = await testDatabase({ role: 'web' });

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

type Given = {
  endpoint?: string;
  method?: string;
  status?: number;
  key?: number;
  ms?: number;
  calls?: number;
  hoursAgo?: number;
};
const hourMs = 3_600_000;
const slotOf = (hoursAgo: number) =>
  new Date((Math.floor(Date.now() / hourMs) - hoursAgo) * hourMs).toISOString();
const calls = (given: Given) =>
  t.sql`insert into api_usage_slots (slot_seconds, slot, endpoint, method, status_code, api_key_id, latency_ms, calls,
      request_bytes, response_bytes)
    values (3600, ${slotOf(given.hoursAgo ?? 0)}, ${given.endpoint ?? '/api/v1/transactions'}, ${given.method ?? 'POST'},
      ${given.status ?? 200}, ${given.key ?? 1}, ${given.ms ?? 8}, ${given.calls ?? 1}, ${10 * (given.calls ?? 1)},
      ${20 * (given.calls ?? 1)})`;

beforeEach(() => t.sql`truncate api_usage_slots`);

test.each(usageRanges)('%s: even steps, the last holds now, and as long a range before', (range) => {
  const now = new Date('2026-11-22T17:43:21.123Z');
  const { starts, stepSeconds, from, before } = usageSteps(range, now);
  expect(starts.length).toBeLessThanOrEqual(31);
  expect(starts.at(-1)!.getTime() + stepSeconds * 1000).toBeGreaterThan(now.getTime());
  expect(starts[0]).toEqual(from);
  expect(from.getTime() - before.getTime()).toBe(starts.length * stepSeconds * 1000);
});

describe('the summary', () => {
  beforeEach(async () => {
    await calls({ calls: 900, ms: 8 });
    await calls({ calls: 90, ms: 23, hoursAgo: 2 });
    await calls({ calls: 9, ms: 512, hoursAgo: 3 });
    await calls({ status: 409, calls: 1, key: 2 });
    await calls({ status: 503, calls: 5, key: 2, ms: 1024 });
    await calls({
      endpoint: '/api/v1/transactions/{id}',
      method: 'GET',
      status: 404,
      calls: 20,
      key: 0,
      ms: 2,
    });
    await calls({ calls: 400, hoursAgo: 30 });
    await calls({ calls: 4, status: 500, hoursAgo: 40 });
    await calls({ calls: 77, hoursAgo: 80 });
  });

  test('adds up the range, and the one before', async () => {
    const { total, before, statuses } = await apiUsage(operator, {});
    expect(total).toEqual({
      calls: 1025,
      refused: 21,
      failed: 5,
      p50: 8,
      p95: 23,
      p99: 512,
      requestBytes: 10_250,
      responseBytes: 20_500,
    });
    expect(before).toEqual({ calls: 404, refused: 0, failed: 4 });
    expect(statuses).toEqual([
      { status: 200, calls: 999 },
      { status: 404, calls: 20 },
      { status: 409, calls: 1 },
      { status: 503, calls: 5 },
    ]);
  });

  test('by route and by key, most calls first; a key that is gone has no name', async () => {
    const [key] = await t.sql<
      { id: number }[]
    >`insert into api_keys (id, name, owner_id, prefix, key_hash, scopes,
        rate_per_second, burst, created_by) overriding system value
      values (1, 'Shop', 'o', 'vgl_x', ${'0'.repeat(64)}, '{ingest}', 1, 1, 'test') returning id`;
    const { routes, keys } = await apiUsage(operator, {});
    expect(routes.map(({ method, endpoint, calls }) => [method, endpoint, calls])).toEqual([
      ['POST', '/api/v1/transactions', 1005],
      ['GET', '/api/v1/transactions/{id}', 20],
    ]);
    expect(routes[1]).toMatchObject({ refused: 20, failed: 0, p50: 2, p99: 2 });
    expect(keys.map(({ keyId, name, calls, failed }) => [keyId, name, calls, failed])).toEqual([
      [key!.id, 'Shop', 999, 0],
      [0, null, 20, 0],
      [2, null, 6, 5],
    ]);
    await t.sql`delete from api_keys`;
  });

  test('within one route, key or class of answers', async () => {
    const within = async (input: Parameters<typeof apiUsage>[1]) =>
      (await apiUsage(operator, input)).total.calls;
    expect(await within({ endpoint: '/api/v1/transactions/{id}' })).toBe(20);
    expect(await within({ key: 2 })).toBe(6);
    expect(await within({ key: 0 })).toBe(20);
    expect(await within({ key: 2, status: '5xx' })).toBe(5);
    expect(await within({ status: '2xx' })).toBe(999);
    expect(await within({ range: '7d' })).toBe(1025 + 404 + 77);
  });

  test('over time, by class, with the latency of each step', async () => {
    const { points, stepSeconds } = await apiUsageSeries(operator, {});
    expect(stepSeconds).toBe(3600);
    expect(points).toHaveLength(24);
    expect(points.at(-1)).toEqual({ at: slotOf(0), ok: 900, refused: 21, failed: 5, p99: 8 });
    expect(points.at(-3)).toMatchObject({ ok: 90, p99: 23 });
    expect(points.at(-2)).toEqual({ at: slotOf(1), ok: 0, refused: 0, failed: 0, p99: null });
  });
});

test('of many keys those with most calls are listed, and all are counted', async () => {
  await t.sql`insert into api_usage_slots select 3600, ${slotOf(0)}, '/api/v1/transactions', 'POST', 200, i, 8, i, 0, 0
    from generate_series(1, 200) i`;
  const { keys, total } = await apiUsage(operator, {});
  expect(keys).toHaveLength(mostKeys);
  expect(keys[0]).toMatchObject({ keyId: 200, calls: 200 });
  expect(total.calls).toBe(20_100);
});

test.each([
  { range: '1y' },
  { endpoint: 'a\u0000b' },
  { endpoint: 'x'.repeat(201) },
  { key: -1 },
  { key: 1.5 },
  { key: Number.NaN },
  { status: '200' },
  { more: true },
])('%j is refused by field', async (input) => {
  await expect(apiUsage(operator, input as never)).rejects.toMatchObject({ failure: { code: 'invalid' } });
});

test('a day reads the rows of that day, by the primary key', async () => {
  await t.sql`insert into api_usage_slots
    select 3600, date_trunc('hour', now()) - h * interval '1 hour', '/api/v1/route-' || r, 'POST', s.status, k, l.ms, 10, 1, 1
    from generate_series(0, 215) h, generate_series(1, 4) r, (values (200), (409), (503)) s(status),
      generate_series(1, 10) k, (values (2), (8), (23), (64)) l(ms)`;
  await t.sql`analyze api_usage_slots`;
  const [plan] = await t.sql.unsafe(`explain (analyze, format json) select sum(calls) from api_usage_slots
    where slot_seconds = 3600 and slot >= date_trunc('hour', now()) - interval '23 hours'`);
  const text = JSON.stringify(plan);
  expect(text).toContain('api_usage_slots_pkey');
  expect(text).not.toContain('Seq Scan');
  const { total, routes } = await apiUsage(operator, {});
  expect(total.calls).toBe(24 * 4 * 3 * 10 * 4 * 10);
  expect(routes).toHaveLength(4);
}, 180_000);
