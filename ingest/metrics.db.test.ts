import { expect, test } from 'vitest';
import { type ExposedSample, exposed, parseExposition } from '@/domain/metrics/exposition';
import { buildIngest } from './app';
import { aPayment, testIngest } from './ingest-fixture';
import { IngestMeters } from './meters';

const t = await testIngest();
const meters = new IngestMeters(t.engine, t.usage);
const metered = buildIngest({ engine: t.engine, usage: t.usage, door: t.door, meters });
const base = await metered.listen({ port: 0, host: '127.0.0.1' });

const read = async (): Promise<ExposedSample[]> => parseExposition(await meters.registry.metrics());
const call = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, base), { ...init, headers: { authorization: `Bearer ${t.key.key}`, ...init.headers } });
const pay = (body: unknown) =>
  call('/api/v1/transactions', {
    method: 'POST',
    body: JSON.stringify(body),
    headers: { 'content-type': 'application/json' },
  });
/** How much a sample has grown by between two readings. */
const grown = (
  before: ExposedSample[],
  after: ExposedSample[],
  name: string,
  labels: Record<string, string> = {},
) => exposed(after, name, labels) - exposed(before, name, labels);

test('real payments move the counters they should, and no others', async () => {
  const before = await read();
  const payment = aPayment();
  expect((await pay(payment)).status).toBe(200);
  expect((await pay(aPayment())).status).toBe(200);
  expect((await pay(payment)).status).toBe(200);
  expect((await pay({ ...payment, amount: '99.00' })).status).toBe(409);
  expect((await pay({ nothing: true })).status).toBe(400);
  expect((await call('/api/v1/transactions/unknown-one')).status).toBe(404);
  expect((await call('/api/v1/nowhere')).status).toBe(404);
  expect((await fetch(new URL('/api/v1/transactions', base), { method: 'POST' })).status).toBe(401);
  const after = await read();
  const growth = (name: string, labels?: Record<string, string>) => grown(before, after, name, labels);
  expect(growth('vigil_decisions_total')).toBe(2);
  expect(growth('vigil_payments_repeated_total')).toBe(1);
  expect(growth('vigil_refusals_total')).toBe(5);
  for (const code of ['conflict', 'invalid', 'not_found', 'no_such_path', 'unauthenticated'])
    expect(growth('vigil_refusals_total', { code }), code).toBe(1);
  const route = '/api/v1/transactions';
  expect(growth('vigil_http_requests_total', { route, method: 'POST', status: '200' })).toBe(3);
  expect(growth('vigil_http_requests_total', { route, method: 'POST', status: '409' })).toBe(1);
  expect(growth('vigil_http_requests_total', { route: '/api/v1/transactions/{id}', status: '404' })).toBe(1);
  expect(growth('vigil_http_requests_total')).toBe(8);
  expect(growth('vigil_http_request_duration_seconds_count', { route, method: 'POST' })).toBe(6);
  expect(growth('vigil_http_request_duration_seconds_bucket', { route, method: 'POST', le: '10' })).toBe(6);
  expect(exposed(after, 'vigil_database_available')).toBe(1);
  expect(exposed(after, 'vigil_rules_ready')).toBe(1);
  expect(exposed(after, 'vigil_payments_at_work')).toBe(0);
});

test('nothing in the labels names a payment, a customer, a key or an address', async () => {
  const secret = aPayment({ user_id: 'user-in-no-label', merchant_id: 'merchant-in-no-label' });
  await pay(secret);
  await call('/api/v1/transactions/id-in-no-label');
  await call('/api/v1/typed-by-a-stranger?and=this');
  const text = await meters.registry.metrics();
  for (const word of ['in-no-label', 'stranger', 'and=this', t.key.key, 'owner-1', '127.0.0.1'])
    expect(text).not.toContain(word);
  const names = new Set((await read()).flatMap(({ labels }) => Object.keys(labels)));
  const allowed = ['process', 'decision', 'code', 'route', 'method', 'status', 'result', 'le'];
  const ofNode = ['kind', 'space', 'type', 'version', 'major', 'minor', 'patch'];
  expect([...names].filter((name) => !allowed.includes(name) && !ofNode.includes(name))).toEqual([]);
});

test('the public origin of payments serves no metrics', async () => {
  for (const path of ['/metrics', '/api/metrics', '/api/v1/metrics']) {
    const answer = await call(path);
    expect(answer.status, path).toBe(404);
    expect(await answer.text()).not.toContain('vigil_decisions_total');
  }
});

test('a busy merchant: a read counted from its payments is a miss, one from the kept sums a hit', async () => {
  const merchant = 'm-busy';
  await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, fraud_score, risk_level, decision, decision_version, latency_ms)
    select 'busy-' || i, 'u-busy', ${merchant}, now() - i * interval '1 second', now(), 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'test', 3
    from generate_series(1, 1200) i`;
  // Filled and counted by the keeper of this process, every ten seconds.
  const kept = async () =>
    (await t.sql`select access_count from feature_cache where cache_key = ${`merchant:heavy:${merchant}`}`)[0]
      ?.access_count;
  const before = await read();
  await pay(aPayment({ merchant_id: merchant }));
  await pay(aPayment({ merchant_id: merchant }));
  const missed = await read();
  expect(grown(before, missed, 'vigil_feature_cache_reads_total', { result: 'miss' })).toBe(2);
  expect(grown(before, missed, 'vigil_feature_cache_reads_total', { result: 'hit' })).toBe(0);
  await expect.poll(kept, { timeout: 20_000 }).toBeDefined();
  await pay(aPayment({ merchant_id: merchant }));
  const hit = await read();
  expect(grown(missed, hit, 'vigil_feature_cache_reads_total', { result: 'hit' })).toBe(1);
  expect(grown(missed, hit, 'vigil_feature_cache_reads_total', { result: 'miss' })).toBe(0);
  await expect.poll(kept, { timeout: 20_000 }).toBe(1);
});

test('what the sampler is told agrees', async () => {
  const readings = meters.read();
  const samples = await read();
  const decided =
    (readings['pipeline.allowed'] ?? 0) +
    (readings['pipeline.reviewed'] ?? 0) +
    (readings['pipeline.blocked'] ?? 0);
  expect(decided).toBe(exposed(samples, 'vigil_decisions_total'));
  expect(decided).toBeGreaterThan(0);
  expect(readings['pipeline.refused']).toBe(exposed(samples, 'vigil_refusals_total'));
  expect(readings['pipeline.cache_hits']).toBe(1);
  expect(readings['pipeline.answer_p99']).toBeGreaterThanOrEqual(readings['pipeline.answer_p50'] as number);
  expect(readings['pipeline.at_work']).toBeGreaterThanOrEqual(1);
  await metered.close();
});
