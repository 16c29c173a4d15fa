import { connect as connectTcp } from 'node:net';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { aPayment, type TestKey, testIngest } from './ingest-fixture';
import { problemDetails } from './openapi';

const t = await testIngest();
const keys: Record<string, TestKey> = {};

beforeAll(async () => {
  keys.read = await t.makeKey({ scopes: ['read'] });
  keys.ingest = await t.makeKey({ scopes: ['ingest'] });
  keys.expired = await t.makeKey({ expiresAt: new Date(Date.now() - 1000) });
  keys.revoked = await t.makeKey({ revoked: true });
});

const problem = async (answer: Response, status: number, code: string) => {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('x-powered-by')).toBeNull();
  const body = problemDetails.parse(JSON.parse(text));
  expect(body).toMatchObject({ type: `urn:vigil:problem:${code}`, status });
  expect(body.request_id).toBe(answer.headers.get('x-request-id'));
  expect(body.title).not.toBe(code);
  return body;
};

const raw = (text: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const { port, hostname } = new URL(t.address);
    const socket = connectTcp(Number(port), hostname, () => socket.write(text));
    let got = '';
    socket.on('data', (data) => {
      got += data;
    });
    socket.on('close', () => resolve(got));
    socket.on('error', reject);
  });

describe('a body', () => {
  it.each([
    ['nothing', ''],
    ['half of it', '{"transaction_id":'],
    ['two of them', '{}{}'],
    ['a comment', '{/* */}'],
    ['NaN', '{"amount":NaN}'],
  ])('that is not JSON: %s', async (_, body) => {
    await problem(await t.send(body), 400, 'invalid_json');
  });

  it('that is not UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from('{"transaction_id":"'),
      Buffer.from([0xff, 0xfe]),
      Buffer.from('"}'),
    ]);
    const answer = await t.call('/api/v1/transactions', {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json' },
    });
    await problem(answer, 400, 'invalid_json');
  });

  it.each([['[]'], ['null'], ['1'], ['"x"'], ['true']])('that is no object: %s', async (body) => {
    await problem(await t.send(body), 400, 'invalid');
  });

  it('names each field and says what is wrong with it', async () => {
    const { transaction_id, ...rest } = aPayment({
      amount: '1.234',
      colour: 'red',
      card_token: '4111 1111 1111 1111',
    });
    const answer = await t.send(rest);
    const text = await answer.clone().text();
    const body = await problem(answer, 400, 'invalid');
    expect(body.errors).toEqual(
      expect.arrayContaining([
        { field: 'transaction_id', code: 'required', message: 'This field is needed.' },
        { field: 'colour', code: 'unknown_key', message: 'There is no such field; use metadata.' },
        expect.objectContaining({ field: 'card_token', code: 'card_number' }),
      ]),
    );
    expect(text).not.toContain('4111');
  });

  it('with more decimals than the currency has', async () => {
    const body = await problem(await t.send(aPayment({ amount: 10.5, currency: 'JPY' })), 400, 'invalid');
    expect(body.errors).toEqual([
      { field: 'amount', code: 'too_many_decimals', message: 'This amount may have at most no decimals.' },
    ]);
  });

  it('without an offset', async () => {
    const body = await problem(
      await t.send(aPayment({ transaction_timestamp: '2026-11-22T10:00:00' })),
      400,
      'invalid',
    );
    expect(body.errors?.[0]).toMatchObject({ field: 'transaction_timestamp', code: 'offset_required' });
  });

  it('of 64 KiB and one byte', async () => {
    const padded = (size: number) => {
      const text = JSON.stringify(aPayment());
      return text + ' '.repeat(size - text.length);
    };
    expect((await t.send(padded(64 * 1024))).status).toBe(200);
    await problem(await t.send(padded(64 * 1024 + 1)), 413, 'too_large');
  });

  it('of another type, or compressed', async () => {
    const send = (headers: Record<string, string>, body: BodyInit = JSON.stringify(aPayment())) =>
      t.call('/api/v1/transactions', { method: 'POST', headers, body });
    await problem(await send({ 'content-type': 'text/plain' }), 415, 'unsupported_media_type');
    await problem(
      await send({ 'content-type': 'application/json; charset=latin1' }),
      415,
      'unsupported_media_type',
    );
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await problem(await send(packed, gzipSync(JSON.stringify(aPayment()))), 415, 'unsupported_media_type');
    await problem(await t.call('/api/v1/transactions', { method: 'POST' }), 415, 'unsupported_media_type');
    expect((await send({ 'content-type': 'application/json; charset=utf-8' })).status).toBe(200);
  });
});

describe('a payment', () => {
  it('under an id that another payment has', async () => {
    const payment = aPayment();
    expect((await t.send(payment)).status).toBe(200);
    const body = await problem(await t.send({ ...payment, amount: '12.51' }), 409, 'conflict');
    expect(body.errors?.[0]?.field).toBe('transaction_id');
  });

  it.each([
    [
      'of the day after tomorrow',
      { transaction_timestamp: new Date(Date.now() + 172_800_000).toISOString() },
      'transaction_timestamp:in_future',
    ],
    [
      'of eleven minutes from now',
      { transaction_timestamp: new Date(Date.now() + 660_000).toISOString() },
      'transaction_timestamp:in_future',
    ],
    [
      'of last year',
      { transaction_timestamp: new Date(Date.now() - 400 * 86_400_000).toISOString() },
      'transaction_timestamp:outside_partitions',
    ],
    [
      'of the year 1',
      { transaction_timestamp: '0001-01-01T00:00:00Z' },
      'transaction_timestamp:outside_partitions',
    ],
    ['in a currency without a rate', { currency: 'XTS' }, 'currency:no_rate'],
    [
      'too large in the base currency',
      { amount: '9999999999999.99', currency: 'GBP' },
      'amount:amount_too_large',
    ],
  ])('%s cannot be decided', async (_, changes, expected) => {
    const body = await problem(await t.send(aPayment(changes)), 422, 'unprocessable');
    expect(body.errors?.map(({ field, code }) => `${field}:${code}`)).toEqual([expected]);
  });

  it('of nine minutes from now, and the largest of the base currency, can', async () => {
    const soon = aPayment({ transaction_timestamp: new Date(Date.now() + 540_000).toISOString() });
    expect((await t.send(soon)).status).toBe(200);
    expect((await t.send(aPayment({ amount: '9999999999999.99' }))).status).toBe(200);
  });

  it('that nobody has sent is not found', async () => {
    await problem(await t.call('/api/v1/transactions/never'), 404, 'not_found');
    await problem(await t.call(`/api/v1/transactions/${'x'.repeat(101)}`), 404, 'not_found');
    await problem(await t.call('/api/v1/transactions/a%00b'), 404, 'not_found');
  });

  it('is found under an id of any characters', async () => {
    for (const id of [
      'a/b?c#d e',
      'ö'.repeat(100),
      '😀'.repeat(100),
      "x'); drop table users; --",
      '%41',
      'a+b',
    ]) {
      const sent = await t.send(aPayment({ transaction_id: id }));
      const got = await t.call(`/api/v1/transactions/${encodeURIComponent(id)}`);
      expect(await got.text()).toBe(await sent.text());
      expect(got.status).toBe(200);
    }
  });
});

describe('a key', () => {
  it('that is missing, unknown, malformed, expired or revoked', async () => {
    const unknown = `vgl_AAAAAAAA_${'A'.repeat(43)}`;
    for (const key of [null, unknown, 'x', keys.expired!.key, keys.revoked!.key]) {
      const answer = await t.send(aPayment(), { key });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="vigil"');
      await problem(answer, 401, 'unauthenticated');
    }
    const basic = await t.call('/api/v1/transactions/x', {
      key: null,
      headers: { authorization: 'Basic abc' },
    });
    await problem(basic, 401, 'unauthenticated');
  });

  it('of another scope is refused, and that is on the record once', async () => {
    for (let i = 0; i < 3; i += 1)
      await problem(await t.send(aPayment(), { key: keys.read!.key }), 403, 'denied');
    await problem(await t.call('/api/v1/transactions/x', { key: keys.ingest!.key }), 403, 'denied');
    await expect
      .poll(
        () =>
          t.sql`select metadata->>'keyId' as key, ip_address from security_events where event_type = 'access.denied' order by key`,
        // They are written after the answers, in whichever order.
        { timeout: 20_000 },
      )
      .toEqual(
        [keys.read!.id, keys.ingest!.id].sort().map((id) => ({ key: String(id), ip_address: '127.0.0.1' })),
      );
    const audit =
      await t.sql`select action, outcome, actor_type from audit_trail where outcome = 'denied' order by action`;
    expect(audit.map((row) => row.action)).toEqual(['transaction:decide', 'transaction:read']);
  });

  it('is taken at most a second after it was revoked, and at once when that is announced', async () => {
    const slow = await t.makeKey();
    expect((await t.send(aPayment(), { key: slow.key })).status).toBe(200);
    await t.sql`update api_keys set revoked_at = now() where id = ${slow.id}`;
    await new Promise((resolve) => setTimeout(resolve, 1001));
    expect((await t.send(aPayment(), { key: slow.key })).status).toBe(401);
    const quick = await t.makeKey();
    expect((await t.send(aPayment(), { key: quick.key })).status).toBe(200);
    await t.sql`update api_keys set revoked_at = now() where id = ${quick.id}`;
    t.door.keys.forget();
    expect((await t.send(aPayment(), { key: quick.key })).status).toBe(401);
  });
});

describe('an address', () => {
  it('that is none of the API', async () => {
    await problem(await t.call('/'), 404, 'no_such_path');
    await problem(await t.call('/api/v2/transactions'), 404, 'no_such_path');
    await problem(await t.call('/api/v1/transactions/'), 404, 'not_found');
    await problem(await t.call('/api/v1/transactions/%ff'), 400, 'bad_request');
  });

  it('takes its own methods only, and says which', async () => {
    for (const [path, allow] of [
      ['/api/v1/transactions', 'POST'],
      ['/api/v1/transactions/x', 'GET, HEAD'],
      ['/api/v1/health', 'GET, HEAD'],
      ['/api/v1/openapi.json', 'GET, HEAD'],
    ]) {
      for (const method of ['DELETE', 'PUT', 'PATCH', 'OPTIONS']) {
        const answer = await t.call(path!, { method, key: null });
        expect(answer.headers.get('allow')).toBe(allow);
        await problem(answer, 405, 'method_not_allowed');
      }
    }
  });
});

describe('what is not HTTP', () => {
  it('is answered once and let go', async () => {
    const got = await raw('hello\r\n\r\n');
    expect(got).toMatch(/^HTTP\/1.1 400 /);
    expect(got).toContain('urn:vigil:problem:bad_request');
  });

  it('headers of a megabyte', async () => {
    expect(
      await raw(`GET / HTTP/1.1\r\nx: ${'y'.repeat(1_000_000)}\r\n\r\n`).catch(() => 'HTTP/1.1 4'),
    ).toMatch(/^HTTP\/1.1 4/);
  });
});
