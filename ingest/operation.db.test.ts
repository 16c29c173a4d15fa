import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { aPayment, testIngest } from './ingest-fixture';

const t = await testIngest();

describe('a payment sent a thousand times at once', () => {
  it('is decided once and answered alike, byte for byte', async () => {
    const payment = aPayment({ card_token: 'tok_same', user_id: 'same', metadata: { b: 1, a: 2 } });
    const variants = [payment, { ...payment, metadata: { a: 2, b: 1 } }, { ...payment, amount: 12.5 }];
    const answers = await Promise.all(
      Array.from({ length: 1000 }, async (_, i) => {
        const answer = await t.send(variants[i % variants.length]);
        return `${answer.status} ${answer.headers.get('content-type')} ${await answer.text()}`;
      }),
    );
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toMatch(/^200 application\/json/);
    const id = payment.transaction_id as string;
    const [count] = await t.sql`select
      (select count(*)::int from transactions where transaction_id = ${id}) as payments,
      (select count(*)::int from transaction_stream where transaction_id = ${id}) as stream,
      (select count(*)::int from ml_features where transaction_id = ${id}) as features,
      (select count(*)::int from model_predictions where transaction_id = ${id}) as predictions`;
    expect(count).toEqual({ payments: 1, stream: 1, features: 1, predictions: 1 });
  });

  it('with two bodies is one payment and conflicts', async () => {
    const payment = aPayment();
    const statuses = await Promise.all(
      Array.from(
        { length: 200 },
        async (_, i) => (await t.send({ ...payment, amount: i % 2 ? '1.00' : '2.00' })).status,
      ),
    );
    expect(statuses.filter((status) => status === 200)).toHaveLength(100);
    expect(statuses.filter((status) => status === 409)).toHaveLength(100);
  });
});

describe('a rate', () => {
  it('is exact: the burst passes, the rest is told when to come again', async () => {
    const slow = await t.makeKey({ rate: 1, burst: 25 });
    t.rateClock.at = 1000;
    const answers = await Promise.all(
      Array.from({ length: 80 }, () => t.call('/api/v1/transactions/none', { key: slow.key })),
    );
    const refused = answers.filter((answer) => answer.status === 429);
    expect(
      answers.filter(({ status }) => status === 404),
      answers.map(({ status }) => status).join(),
    ).toHaveLength(25);
    expect(refused).toHaveLength(55);
    expect(refused.every((answer) => answer.headers.get('retry-after') === '1')).toBe(true);
    t.rateClock.at = 2000;
    const next = await Promise.all([1, 2].map(() => t.call('/api/v1/transactions/none', { key: slow.key })));
    expect(next.map((answer) => answer.status).sort()).toEqual([404, 429]);
    t.rateClock.at = null;
  });
});

describe('usage', () => {
  it('has a row for each call, refused ones too, and the time and place of the last', async () => {
    const key = await t.makeKey();
    const payment = aPayment();
    await t.send(payment, { key: key.key });
    await t.send({ ...payment, amount: 1 }, { key: key.key });
    await t.send('{', { key: key.key });
    await t.call('/api/v1/transactions/none', { key: key.key });
    await t.call('/nowhere', { key: null });
    await t.call('/api/v1/transactions', { method: 'DELETE', key: null });
    await t.usage.flush();
    const rows =
      await t.sql`select endpoint, method, status_code, user_id, request_size_bytes, response_size_bytes
      from api_usage where api_key_id = ${key.id} order by id`;
    expect(rows.map((row) => [row.method, row.endpoint, row.status_code])).toEqual([
      ['POST', '/api/v1/transactions', 200],
      ['POST', '/api/v1/transactions', 409],
      ['POST', '/api/v1/transactions', 400],
      ['GET', '/api/v1/transactions/{id}', 404],
    ]);
    expect(rows[0]).toMatchObject({ user_id: 'owner-1', request_size_bytes: JSON.stringify(payment).length });
    expect(rows[0]?.response_size_bytes).toBeGreaterThan(100);
    const others = await t.sql`select endpoint, method, status_code, ip_address from api_usage
      where api_key_id is null and status_code in (404, 405) order by id`;
    expect([...others]).toEqual([
      { endpoint: '(none)', method: 'GET', status_code: 404, ip_address: '127.0.0.1' },
      { endpoint: '/api/v1/transactions', method: 'DELETE', status_code: 405, ip_address: '127.0.0.1' },
    ]);
    const [used] = await t.sql`select last_used_at, last_used_ip from api_keys where id = ${key.id}`;
    expect(Date.now() - new Date(used?.last_used_at).getTime()).toBeLessThan(10_000);
    expect(used?.last_used_ip).toBe('127.0.0.1');
  });

  it('is counted by five minutes and by hour, and the counts add up to the rows', async () => {
    const key = await t.makeKey();
    const payment = aPayment();
    await t.send(payment, { key: key.key });
    await t.usage.flush();
    await t.send(payment, { key: key.key });
    await t.send({ ...payment, amount: 1 }, { key: key.key });
    await t.call('/api/v1/transactions/none', { key: key.key });
    await t.usage.flush();
    const counted = (seconds: number) =>
      t.sql`select endpoint, method, status_code, sum(calls)::int as calls, sum(request_bytes)::int as sent,
          min(latency_ms) > 0 as timed
        from api_usage_slots where slot_seconds = ${seconds} and api_key_id = ${key.id} group by 1, 2, 3 order by 1, 3`;
    const size = JSON.stringify(payment).length;
    const expected = [
      {
        endpoint: '/api/v1/transactions',
        method: 'POST',
        status_code: 200,
        calls: 2,
        sent: 2 * size,
        timed: true,
      },
      { endpoint: '/api/v1/transactions', method: 'POST', status_code: 409, calls: 1, timed: true },
      {
        endpoint: '/api/v1/transactions/{id}',
        method: 'GET',
        status_code: 404,
        calls: 1,
        sent: 0,
        timed: true,
      },
    ];
    expect([...(await counted(300))]).toMatchObject(expected);
    expect([...(await counted(3600))]).toMatchObject(expected);
    const slots =
      await t.sql`select distinct slot_seconds, extract(epoch from slot)::float8 as at from api_usage_slots`;
    for (const { slot_seconds, at } of slots) {
      expect(at % slot_seconds).toBe(0);
      expect(Date.now() / 1000 - at).toBeLessThan(2 * slot_seconds);
    }
    const [all] = await t.sql`select (select count(*)::int from api_usage) as rows,
      (select sum(calls)::int from api_usage_slots where slot_seconds = 300) as counted`;
    expect(all?.rows).toBe(all?.counted);
  });

  it('makes the day that has no partition yet', async () => {
    const today = new Date().toISOString().slice(0, 10).replaceAll('-', 'x');
    const name = `api_usage_y${today.replace('x', 'm').replace('x', 'd')}`;
    await t.sql.unsafe(`drop table ${name}`);
    await t.call('/api/v1/health');
    await t.usage.flush();
    const [row] = await t.sql`select count(*)::int as n from api_usage`;
    expect(row?.n).toBeGreaterThan(0);
  });
});

describe('an address', () => {
  it('that a key never came from is an event, the first of all is not', async () => {
    const key = await t.makeKey();
    const events = () =>
      t.sql`select ip_address, severity, metadata->>'keyName' as name from security_events
        where event_type = 'api_key.new_address' and metadata->>'keyId' = ${String(key.id)}`;
    const known = async () =>
      (await t.sql`select count(*)::int as n from api_key_addresses where api_key_id = ${key.id}`)[0]?.n;
    await t.call('/api/v1/transactions/none', { key: key.key });
    await expect.poll(known).toBe(1);
    expect(await events()).toHaveLength(0);
    await t.sql`update api_key_addresses set ip_address = '192.0.2.1' where api_key_id = ${key.id}`;
    const again = await t.anotherDoor();
    await again.call('/api/v1/transactions/none', { key: key.key });
    await again.call('/api/v1/transactions/none', { key: key.key });
    await expect.poll(known).toBe(2);
    expect([...(await events())]).toEqual([
      { ip_address: '127.0.0.1', severity: 'warning', name: expect.stringMatching(/^vgl_/) },
    ]);
  });
});

describe('news', () => {
  it('name the topics, at most four times a second', async () => {
    const heard: { topics: string[]; at: number }[] = [];
    const listening = await t.sql.listen('vigil', (payload) => {
      heard.push({ topics: JSON.parse(payload), at: Date.now() });
    });
    const until = Date.now() + 1500;
    while (Date.now() < until) await Promise.all(Array.from({ length: 10 }, () => t.send(aPayment())));
    await new Promise((resolve) => setTimeout(resolve, 400));
    await listening.unlisten();
    expect(heard.flatMap(({ topics }) => topics)).toContain('decisions');
    expect(heard.length).toBeGreaterThan(2);
    expect(heard.length).toBeLessThanOrEqual(8);
  });
});

describe('the description', () => {
  it('holds what the API answers and takes', async () => {
    const answer = await t.call('/api/v1/openapi.json', { key: null });
    expect(answer.status).toBe(200);
    const api = (await answer.json()) as {
      openapi: string;
      paths: Record<
        string,
        Record<
          string,
          { responses: Record<string, { content: Record<string, { schema: { $ref: string } }> }> }
        >
      >;
      components: { schemas: Record<string, Record<string, unknown>> };
    };
    expect(api.openapi).toBe('3.1.0');
    const schemaFor = (path: string, method: string, status: number, type: string) => {
      const ref = api.paths[path]?.[method]?.responses[String(status)]?.content[type]?.schema.$ref;
      return z.fromJSONSchema(api.components.schemas[ref?.split('/').at(-1) ?? ''] ?? { not: {} });
    };
    const check = async (path: string, method: string, real: Response) => {
      const type = real.headers.get('content-type')?.split(';')[0] ?? '';
      const body = await real.json();
      const parsed = schemaFor(path, method, real.status, type).safeParse(body);
      expect(parsed.success, `${method} ${path} ${real.status} ${JSON.stringify(body)} ${parsed.error}`).toBe(
        true,
      );
      return real.status;
    };
    const path = '/api/v1/transactions';
    const payment = aPayment({
      country: 'DE',
      latitude: 1,
      longitude: 2,
      channel: 'web',
      metadata: { a: [1] },
    });
    const readOnly = await t.makeKey({ scopes: ['read'] });
    const spent = await t.makeKey({ rate: 1, burst: 1 });
    await t.send(aPayment(), { key: spent.key });
    const future = new Date(Date.now() + 3_600_000).toISOString();
    const waiting = aPayment();
    const sendBatch = (payments: unknown[]) =>
      t.call(`${path}/batch`, {
        method: 'POST',
        body: JSON.stringify(payments),
        headers: { 'content-type': 'application/json' },
      });
    const statuses = [
      await check(path, 'post', await t.send(payment)),
      await check(path, 'post', await t.send('nonsense')),
      await check(path, 'post', await t.send({ ...payment, amount: 1 })),
      await check(path, 'post', await t.send(payment, { key: null })),
      await check(path, 'post', await t.send(payment, { key: readOnly.key })),
      await check(path, 'post', await t.send(payment, { key: spent.key })),
      await check(path, 'post', await t.send(aPayment({ transaction_timestamp: future }))),
      await check(path, 'post', await t.send('x'.repeat(70_000))),
      await check(
        path,
        'post',
        await t.call(path, { method: 'POST', body: 'x', headers: { 'content-type': 'text/csv' } }),
      ),
      await check(`${path}/{id}`, 'get', await t.call(`${path}/${payment.transaction_id}`)),
      await check(`${path}/{id}`, 'get', await t.call(`${path}/none`)),
      await check('/api/v1/health', 'get', await t.call('/api/v1/health', { key: null })),
      await check(
        `${path}/batch`,
        'post',
        await sendBatch([waiting, payment, { ...payment, amount: 1 }, {}]),
      ),
      await check(`${path}/batch`, 'post', await sendBatch([])),
      await check(`${path}/{id}`, 'get', await t.call(`${path}/${waiting.transaction_id}`)),
    ];
    expect(statuses).toEqual([200, 400, 409, 401, 403, 429, 422, 413, 415, 200, 404, 200, 202, 400, 202]);
    const taken = z.fromJSONSchema(api.components.schemas.Payment ?? {});
    expect(taken.safeParse(payment).success).toBe(true);
    expect(taken.safeParse({ ...payment, colour: 1 }).success).toBe(false);
    expect(taken.safeParse({ ...payment, user_id: undefined }).success).toBe(false);
  });

  it('names every route there is', async () => {
    const api = (await (await t.call('/api/v1/openapi.json', { key: null })).json()) as {
      paths: Record<string, object>;
    };
    const described = Object.entries(api.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(described.sort()).toEqual([...t.routes].sort());
  });
});

describe('health', () => {
  it('is good when a payment sent now would be decided', async () => {
    const answer = await t.call('/api/v1/health', { key: null });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await answer.json()).toEqual({
      status: 'ok',
      checks: { database: 'ok', rules: 'ok', partitions: 'ok' },
    });
  });
});
