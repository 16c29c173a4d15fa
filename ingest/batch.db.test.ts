import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readKeptPayment } from '@/domain/transactions/kept-payment';
import { batchBytes, mostParts as mostPayments } from './batch/body';
import type { BatchAnswer } from './batch/results';
import { aPayment, testIngest } from './ingest-fixture';
import { batchReport, problemDetails, undecidedAnswer } from './openapi';
import { batchPath } from './routes/batch';

const t = await testIngest();
const ndjson = 'application/x-ndjson';

const post = (body: BodyInit, type = 'application/json', init: { key?: string } = {}): Promise<Response> =>
  t.call(batchPath, { method: 'POST', body, ...init, headers: { 'content-type': type } });
const read = async (answer: Response): Promise<BatchAnswer> => {
  const text = await answer.text();
  expect(answer.status, text.slice(0, 500)).toBe(202);
  return batchReport.parse(JSON.parse(text));
};
const array = async (...payments: unknown[]) => read(await post(JSON.stringify(payments)));
const lines = async (...sent: (string | object)[]) =>
  read(
    await post(sent.map((one) => (typeof one === 'string' ? one : JSON.stringify(one))).join('\n'), ndjson),
  );
const refused = async (answer: Response, status: number, code: string) => {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  const body = problemDetails.parse(JSON.parse(text));
  expect(body.type).toBe(`urn:vigil:problem:${code}`);
  return body;
};
const words = ({ results }: BatchAnswer) => results.map(({ line, result }) => `${line} ${result}`);
const stored = (id: unknown) =>
  t.sql`select processing_status as status, answer, retry_count, payload_hash, raw_data, next_try_at = received_at as in_order
    from transaction_stream where transaction_id = ${id as string}`;

describe('a batch', () => {
  it('is kept to be decided, one result for each payment in their order', async () => {
    const payments = [aPayment(), aPayment({ metadata: { a: [1] } }), aPayment()];
    const answer = await array(...payments);
    expect(answer).toEqual({
      accepted: 3,
      same: 0,
      conflict: 0,
      invalid: 0,
      results: payments.map(({ transaction_id }, at) => ({
        line: at + 1,
        transaction_id,
        result: 'accepted',
      })),
    });
    const [row] = await stored(payments[1]!.transaction_id);
    expect(row).toMatchObject({ status: 'PENDING', answer: null, retry_count: 0, in_order: true });
    expect(row?.raw_data).toEqual({ ...payments[1] });
    const order = await t.sql`select transaction_id from transaction_stream
      where transaction_id in ${t.sql(payments.map((one) => one.transaction_id as string))} order by next_try_at`;
    expect(order.map((one) => one.transaction_id)).toEqual(payments.map((one) => one.transaction_id));
  });

  it('sent again, in whichever form, changes nothing', async () => {
    const payments = [aPayment(), aPayment()];
    await array(...payments);
    const before = await t.sql`select * from transaction_stream order by id`;
    const again = await lines(...payments.reverse());
    expect(again.results).toEqual(
      payments.map(({ transaction_id }, at) => ({
        line: at + 1,
        transaction_id,
        result: 'same',
        status: 'queued',
      })),
    );
    expect(await t.sql`select * from transaction_stream order by id`).toEqual(before);
  });

  it('says of what is known where it stands, with the answer of what is decided', async () => {
    const decided = aPayment();
    const text = await (await t.send(decided)).text();
    const dead = aPayment();
    const discarded = aPayment();
    const failed = aPayment();
    await array(dead, discarded, failed);
    await t.sql`update transaction_stream set processing_status = 'DEAD', error_code = 'no_rate', next_try_at = null
      where transaction_id = ${dead.transaction_id as string}`;
    await t.sql`update transaction_stream set processing_status = 'DISCARDED', error_code = 'timed_out', discard_reason = 'secret'
      where transaction_id = ${discarded.transaction_id as string}`;
    await t.sql`update transaction_stream set processing_status = 'FAILED', error_code = 'timed_out'
      where transaction_id = ${failed.transaction_id as string}`;
    const answer = await array(decided, dead, discarded, failed);
    expect(answer.same).toBe(4);
    const [one, two, three, four] = answer.results;
    expect(one).toMatchObject({ result: 'same', status: 'decided' });
    expect(JSON.stringify((one as { answer: unknown }).answer)).toBe(text);
    expect(two).toMatchObject({
      status: 'dead',
      error: { code: 'no_rate', message: 'Its currency has no rate any more.' },
    });
    expect(three).toMatchObject({ status: 'discarded', error: { code: 'timed_out' } });
    expect(JSON.stringify(answer)).not.toContain('secret');
    expect(four).toEqual({
      line: 4,
      transaction_id: failed.transaction_id,
      result: 'same',
      status: 'queued',
    });
    expect((await stored(dead.transaction_id))[0]?.status).toBe('DEAD');
  });

  it('tells another payment under a known id apart, and one whose answer is gone', async () => {
    const payment = aPayment();
    const gone = aPayment();
    await array(payment);
    await t.send(gone);
    await t.sql`delete from transaction_stream where transaction_id = ${gone.transaction_id as string}`;
    const answer = await array({ ...payment, amount: '99.00' }, gone);
    expect(words(answer)).toEqual(['1 conflict', '2 conflict']);
    expect(answer.results[0]).toMatchObject({
      errors: [
        { field: 'transaction_id', code: 'other_body', message: 'Another payment was sent under this id.' },
      ],
    });
    expect(await stored(gone.transaction_id)).toHaveLength(0);
  });

  it('may hold a payment twice: the second is the same, or a conflict', async () => {
    const payment = aPayment();
    const other = { ...payment, amount: '77.00' };
    expect(words(await array(payment, other, payment, other))).toEqual([
      '1 accepted',
      '2 conflict',
      '3 same',
      '4 conflict',
    ]);
    // What is kept already decides, not which of the two comes first.
    expect(words(await array(other, payment, { ...payment, amount: '12.500' }))).toEqual([
      '1 conflict',
      '2 same',
      '3 invalid',
    ]);
  });

  it('says what is wrong with a payment as it does with one alone, and keeps the others', async () => {
    const wrong: [Record<string, unknown>, number][] = [
      [aPayment({ amount: '1.234', colour: 'red', card_token: '4111 1111 1111 1111' }), 400],
      [aPayment({ transaction_timestamp: new Date(Date.now() + 3_600_000).toISOString() }), 422],
      [aPayment({ transaction_timestamp: '2001-01-01T00:00:00Z' }), 422],
      [aPayment({ currency: 'XTS' }), 422],
      [aPayment({ amount: '9999999999999.99', currency: 'GBP' }), 422],
      [aPayment({ metadata: { deep: '\u0000' } }), 400],
      [{ ...aPayment(), latitude: 1 }, 400],
    ];
    const good = aPayment();
    const answer = await array(...wrong.map(([payment]) => payment), good);
    expect(answer).toMatchObject({ accepted: 1, invalid: wrong.length });
    for (const [at, [payment, status]] of wrong.entries()) {
      const alone = await t.send(payment);
      expect(alone.status).toBe(status);
      expect(answer.results[at]).toEqual({
        line: at + 1,
        transaction_id: payment.transaction_id,
        result: 'invalid',
        errors: ((await alone.json()) as { errors: unknown }).errors,
      });
      expect(await stored(payment.transaction_id)).toHaveLength(0);
    }
    expect(JSON.stringify(answer)).not.toContain('4111');
  });

  it('has elements of every kind, and only payments are taken', async () => {
    const odd = [null, 1, 'x', [], {}, [aPayment()], { transaction_id: 7 }];
    const answer = await array(...odd, aPayment());
    expect(words(answer)).toEqual([...odd.map((_, at) => `${at + 1} invalid`), '8 accepted']);
    expect(answer.results[4]).toMatchObject({
      errors: expect.arrayContaining([
        { field: 'user_id', code: 'required', message: 'This field is needed.' },
      ]),
    });
  });

  it('of 10,000 payments is kept, of one more is refused', async () => {
    const payments = Array.from({ length: mostPayments }, () => aPayment());
    const answer = await read(await post(JSON.stringify(payments)));
    expect(answer.accepted).toBe(mostPayments);
    expect(answer.results.at(-1)?.line).toBe(mostPayments);
    const again = await lines(...payments);
    expect(again.same).toBe(mostPayments);
    const before = (await t.sql`select count(*)::int as n from transaction_stream`)[0]?.n;
    await refused(await post(JSON.stringify([...payments, aPayment()])), 413, 'too_large');
    await refused(
      await post([...payments, aPayment()].map((one) => JSON.stringify(one)).join('\n'), ndjson),
      413,
      'too_large',
    );
    expect((await t.sql`select count(*)::int as n from transaction_stream`)[0]?.n).toBe(before);
  }, 120_000);

  it('leaves payments that are sent alone in time meanwhile', async () => {
    const body = JSON.stringify(Array.from({ length: mostPayments }, () => aPayment()));
    let batch: BatchAnswer | null = null;
    const sending = post(body).then(async (answer) => {
      batch = await read(answer);
    });
    let alone = 0;
    while (!batch) {
      expect((await t.send(aPayment())).status).toBe(200);
      alone += 1;
    }
    await sending;
    expect(alone).toBeGreaterThan(5);
  }, 120_000);
});

describe('NDJSON', () => {
  it('is taken line by line; a line that is not JSON spoils only itself', async () => {
    const answer = await lines(
      aPayment(),
      '{"transaction_id":',
      '',
      aPayment(),
      'NaN',
      '{}{}',
      aPayment(),
      '',
    );
    expect(words(answer)).toEqual([
      '1 accepted',
      '2 invalid',
      '4 accepted',
      '5 invalid',
      '6 invalid',
      '7 accepted',
    ]);
    expect(answer.results[1]).toEqual({
      line: 2,
      result: 'invalid',
      errors: [{ field: '', code: 'invalid_json', message: 'This is not JSON in UTF-8.' }],
    });
  });

  it('in which a line is no UTF-8, or longer than a payment may be', async () => {
    const bytes = Buffer.concat([
      Buffer.from(`${JSON.stringify(aPayment())}\r\n{"transaction_id":"`),
      Buffer.from([0xff, 0xfe]),
      Buffer.from(`"}\n${JSON.stringify(aPayment())}${' '.repeat(64 * 1024)}\n${JSON.stringify(aPayment())}`),
    ]);
    const answer = await read(await post(bytes, `${ndjson}; charset=utf-8`));
    expect(words(answer)).toEqual(['1 accepted', '2 invalid', '3 invalid', '4 accepted']);
    expect(answer.results[2]).toMatchObject({ errors: [{ code: 'too_large' }] });
  });
});

describe('what is no batch', () => {
  it.each([
    ['nothing', '', 'invalid_json'],
    ['half an array', '[{"transaction_id":', 'invalid_json'],
    ['an array that ends too late', '[{}]]', 'invalid_json'],
    ['NaN', '[NaN]', 'invalid_json'],
    ['a spoiled element', '[{}, {"a":}, {}]', 'invalid_json'],
    ['one payment', JSON.stringify(aPayment()), 'invalid'],
    ['null', 'null', 'invalid'],
    ['no payment', '[]', 'invalid'],
  ])('%s', async (_, body, code) => {
    const problem = await refused(await post(body), 400, code);
    if (code === 'invalid') expect(problem.errors?.[0]?.message).toMatch(/^A batch /);
  });

  it('no line', async () => {
    await refused(await post('\n \n', ndjson), 400, 'invalid');
  });

  it('bytes that are no text', async () => {
    const body = Buffer.concat([Buffer.from('["'), Buffer.from([0xc3, 0x28]), Buffer.from('"]')]);
    await refused(await post(body), 400, 'invalid_json');
  });

  it('more bytes than a batch may have', async () => {
    await refused(await post(`[${' '.repeat(batchBytes)}]`), 413, 'too_large');
    expect((await post(`[${JSON.stringify(aPayment())}${' '.repeat(1_000_000)}]`)).status).toBe(202);
  });

  it('another type, or compressed', async () => {
    const body = JSON.stringify([aPayment()]);
    await refused(await post(body, 'text/plain'), 415, 'unsupported_media_type');
    await refused(await post(body, `${ndjson}; charset=latin1`), 415, 'unsupported_media_type');
    await refused(await t.call(batchPath, { method: 'POST' }), 415, 'unsupported_media_type');
    const packed = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    await refused(
      await t.call(batchPath, { method: 'POST', headers: packed, body: gzipSync(body) }),
      415,
      'unsupported_media_type',
    );
    // And NDJSON is none of the single call's types.
    await refused(
      await t.send(JSON.stringify(aPayment()), { headers: { 'content-type': ndjson } }),
      415,
      'unsupported_media_type',
    );
  });

  it('without a key, or with one of another scope', async () => {
    const read = await t.makeKey({ scopes: ['read'] });
    await refused(await post('[]', 'application/json', { key: read.key }), 403, 'denied');
    await refused(await post('[]', 'application/json', { key: 'none' }), 401, 'unauthenticated');
  });

  it('by another method', async () => {
    const answer = await t.call(batchPath, { method: 'PUT', key: null });
    expect(answer.headers.get('allow')).toBe('GET, HEAD, POST');
    await refused(answer, 405, 'method_not_allowed');
    // GET asks for the payment that is called so.
    await refused(await t.call(batchPath), 404, 'not_found');
    const sent = await t.send(aPayment({ transaction_id: 'batch' }));
    expect(await (await t.call(batchPath)).text()).toBe(await sent.text());
  });
});

describe('the rate', () => {
  it('counts a hundred payments as a call; what is too much, those after it wait for', async () => {
    const slow = await t.makeKey({ rate: 1, burst: 3 });
    t.rateClock.at = 1000;
    const send = (count: number) =>
      post(JSON.stringify(Array.from({ length: count }, () => aPayment())), 'application/json', {
        key: slow.key,
      });
    await read(await send(100));
    await read(await send(501));
    const answer = await send(1);
    await refused(answer, 429, 'too_many');
    expect(answer.headers.get('retry-after')).toBe('5');
    t.rateClock.at = 6000;
    await read(await send(1));
    t.rateClock.at = null;
  });
});

describe('a payment that waits', () => {
  const get = (id: unknown) => t.call(`/api/v1/transactions/${encodeURIComponent(id as string)}`);

  it('is found, with where it stands', async () => {
    const payment = aPayment();
    const id = payment.transaction_id as string;
    await array(payment);
    const standing = async (status: number) => {
      const answer = await get(id);
      expect(answer.status).toBe(status);
      return undecidedAnswer.parse(await answer.json());
    };
    expect(await standing(202)).toEqual({ transaction_id: id, status: 'queued' });
    await t.sql`update transaction_stream set processing_status = 'DEAD', error_code = 'no_partition', next_try_at = null,
      error_message = 'internal' where transaction_id = ${id}`;
    expect(await standing(202)).toEqual({
      transaction_id: id,
      status: 'dead',
      error: { code: 'no_partition', message: 'Its month has no place any more.' },
    });
    await t.sql`update transaction_stream set processing_status = 'DISCARDED', discard_reason = 'internal' where transaction_id = ${id}`;
    expect(await standing(202)).toMatchObject({ status: 'discarded' });
  });

  it.each(['PENDING', 'PROCESSING', 'FAILED', 'DEAD', 'DISCARDED'])(
    'as %s is decided at once when it is sent alone',
    async (status) => {
      const payment = aPayment();
      const id = payment.transaction_id as string;
      await array(payment);
      await t.sql`update transaction_stream set processing_status = ${status}, error_code = 'timed_out',
        error_message = 'x', lease_epoch = 4, lease_until = ${status === 'PROCESSING' ? t.sql`now() + interval '1 minute'` : null},
        leased_by = 'w', received_at = now() - interval '1 hour',
        discard_reason = ${status === 'DISCARDED' ? 'why' : null} where transaction_id = ${id}`;
      expect((await t.send({ ...payment, amount: '5.00' })).status).toBe(409);
      const sent = await t.send(payment);
      expect(sent.status).toBe(200);
      const text = await sent.text();
      const [row] =
        await t.sql`select processing_status as status, answer, error_code, error_message, lease_until, leased_by,
        next_try_at, discard_reason, processed_at > now() - interval '1 minute' as ended,
        received_at < now() - interval '59 minutes' as kept from transaction_stream where transaction_id = ${id}`;
      expect(row).toEqual({
        status: 'DONE',
        answer: text,
        error_code: null,
        error_message: null,
        lease_until: null,
        leased_by: null,
        next_try_at: null,
        discard_reason: null,
        ended: true,
        kept: true,
      });
      expect(await (await get(id)).text()).toBe(text);
      expect((await array(payment)).results[0]).toMatchObject({ result: 'same', status: 'decided' });
    },
  );

  it('and one sent alone at the same time are one payment', async () => {
    const payments = Array.from({ length: 200 }, () => aPayment());
    const [answer, ...alone] = await Promise.all([
      array(...payments),
      ...payments.map((payment) => t.send(payment)),
      array(...[...payments].reverse()),
    ]);
    expect((answer as BatchAnswer).invalid + (answer as BatchAnswer).conflict).toBe(0);
    for (const one of alone.slice(0, -1)) expect((one as Response).status).toBe(200);
    const [count] =
      await t.sql`select count(*)::int as n, count(answer)::int as answered from transaction_stream
      where transaction_id in ${t.sql(payments.map((one) => one.transaction_id as string))}`;
    expect(count).toEqual({ n: 200, answered: 200 });
  });
});

it('thousands of batches of anything, and never a failure of the server', async () => {
  const odd = fc.oneof(
    fc.jsonValue({ maxDepth: 4, stringUnit: 'binary' }),
    fc.constantFrom(
      null,
      '',
      0,
      -1,
      1e308,
      5e-324,
      '\u0000',
      '\ud800',
      'NaN',
      '9999-12-31T23:59:59+14:00',
      {},
    ),
  );
  const element = fc.oneof(
    fc
      .dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 6 })
      .map((metadata) => JSON.stringify(aPayment({ metadata }))),
    fc
      .dictionary(
        fc.constantFrom(...Object.keys(aPayment()), 'metadata', 'ip_address', '__proto__', 'x'),
        odd,
        {
          maxKeys: 3,
        },
      )
      .map((wrong) => JSON.stringify(Object.assign(aPayment(), wrong))),
    fc.json({ maxDepth: 3 }),
    fc.string({ unit: 'binary', maxLength: 40 }),
  );
  const body = fc.oneof(
    fc.array(element, { maxLength: 6 }).map((all) => [`[${all.join(',')}]`, 'application/json'] as const),
    fc.array(element, { maxLength: 6 }).map((all) => [all.join('\n'), ndjson] as const),
    fc.string({ unit: 'binary', maxLength: 80 }).map((text) => [text, 'application/json'] as const),
  );
  const bodies = fc.sample(body, { numRuns: 2000, seed: 7 });
  const statuses = new Map<number, number>();
  let accepted = 0;
  const [before] = await t.sql`select count(*)::int as n from transaction_stream`;
  let next = 0;
  const work = async () => {
    for (let at = next++; at < bodies.length; at = next++) {
      const answer = await post(bodies[at]![0], bodies[at]![1]);
      const text = await answer.text();
      expect(answer.status, `${bodies[at]} ${text}`).toBeLessThan(500);
      statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
      if (answer.status === 202) accepted += batchReport.parse(JSON.parse(text)).accepted;
    }
  };
  // Fewer than may be at work at once: more are told to come later.
  await Promise.all(Array.from({ length: 6 }, work));
  expect([...statuses.keys()].sort()).toEqual([202, 400]);
  expect(statuses.get(202)).toBeGreaterThan(300);
  const [after] = await t.sql`select count(*)::int as n from transaction_stream`;
  expect(after?.n - before?.n).toBe(accepted);
  // What is kept can be read back, whatever was sent.
  const rows =
    await t.sql`select transaction_id as id, raw_data, payload_hash from transaction_stream where answer is null`;
  for (const row of rows)
    expect(readKeptPayment(row.raw_data, row.payload_hash)?.transaction_id, row.id).toBe(row.id);
}, 300_000);
