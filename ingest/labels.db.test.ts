import { describe, expect, it } from 'vitest';
import { aPayment, testIngest } from './ingest-fixture';
import { labelReport, problemDetails } from './openapi';
import { type LabelAnswer, labelPath } from './routes/labels';

const t = await testIngest();

const post = (body: BodyInit, type = 'application/json', key?: string): Promise<Response> =>
  t.call(labelPath, { method: 'POST', body, headers: { 'content-type': type }, ...(key ? { key } : {}) });
const read = async (answer: Response): Promise<LabelAnswer> => {
  const text = await answer.text();
  expect(answer.status, text.slice(0, 500)).toBe(200);
  return labelReport.parse(JSON.parse(text));
};
const label = async (...labels: unknown[]) => read(await post(JSON.stringify(labels)));
const refused = async (answer: Response, status: number, code: string) => {
  const text = await answer.text();
  expect(answer.status, text).toBe(status);
  const body = problemDetails.parse(JSON.parse(text));
  expect(body.type).toBe(`urn:vigil:problem:${code}`);
  return body;
};
const decided = async (fields: Record<string, unknown> = {}): Promise<string> => {
  const payment = aPayment(fields);
  expect((await t.send(payment)).status).toBe(200);
  return payment.transaction_id as string;
};
const stored = async (id: string) =>
  (
    await t.sql`select is_fraud, label_source, labelled_at::text as at from transactions where transaction_id = ${id}`
  )[0];
const trail = (id: string) => t.sql`select actor_type, old_values, new_values from audit_trail
  where action = 'transaction:label' and resource_id = ${id} order by id`;
const words = ({ results }: LabelAnswer) => results.map(({ line, result }) => `${line} ${result}`);

describe('labels', () => {
  it('say what payments turned out to be, each on the record', async () => {
    const [fraud, good, charged] = [await decided(), await decided(), await decided()];
    const answer = await label(
      { transaction_id: fraud, label: 'fraud' },
      { transaction_id: good, label: 'legitimate' },
      { transaction_id: charged, label: 'chargeback' },
      { transaction_id: 'nobody-paid-this', label: 'fraud' },
    );
    expect(answer).toMatchObject({ labelled: 3, changed: 0, same: 0, unknown: 1, invalid: 0 });
    expect(words(answer)).toEqual(['1 labelled', '2 labelled', '3 labelled', '4 unknown']);
    expect(await stored(fraud)).toMatchObject({ is_fraud: true, label_source: 'api' });
    expect(await stored(good)).toMatchObject({ is_fraud: false, label_source: 'api' });
    expect(await stored(charged)).toMatchObject({ is_fraud: true, label_source: 'chargeback' });
    expect(await trail(charged)).toEqual([
      {
        actor_type: 'api_key',
        old_values: { isFraud: null, labelSource: null },
        new_values: { isFraud: true, labelSource: 'chargeback', label: 'chargeback' },
      },
    ]);
    const days = await t.sql`select count(*)::int as n from touched_days`;
    expect(days[0]?.n).toBeGreaterThan(0);
  });

  it('sent again change nothing; a later verdict replaces an earlier one', async () => {
    const id = await decided();
    await label({ transaction_id: id, label: 'fraud' });
    const before = await stored(id);
    // Whoever says the same again, it has been known since then.
    const again = await label(
      { transaction_id: id, label: 'fraud' },
      { transaction_id: id, label: 'chargeback' },
    );
    expect(words(again)).toEqual(['1 same', '2 same']);
    expect(await stored(id)).toEqual(before);
    expect(await trail(id)).toHaveLength(1);
    // In one call too, line by line.
    const turned = await label(
      { transaction_id: id, label: 'legitimate' },
      { transaction_id: id, label: 'chargeback' },
    );
    expect(words(turned)).toEqual(['1 changed', '2 changed']);
    expect(await stored(id)).toMatchObject({ is_fraud: true, label_source: 'chargeback' });
    expect(await trail(id)).toHaveLength(3);
  });

  it('come alone, as an array or in lines', async () => {
    const [one, two] = [await decided(), await decided()];
    expect(words(await read(await post(` {"transaction_id":"${one}","label":"fraud"}`)))).toEqual([
      '1 labelled',
    ]);
    const text = `{"transaction_id":"${one}","label":"fraud"}\n\n{"transaction_id":"${two}","label":"fraud"}\nnot JSON`;
    const answer = await read(await post(text, 'application/x-ndjson'));
    expect(words(answer)).toEqual(['1 same', '3 labelled', '4 invalid']);
  });

  it('with the time of the payment look at its month alone', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString();
    const id = await decided({ transaction_timestamp: at });
    const other = new Date(Date.now() - 7_200_000).toISOString();
    const answer = await label(
      { transaction_id: id, label: 'fraud', transaction_timestamp: other },
      { transaction_id: id, label: 'fraud', transaction_timestamp: at },
    );
    expect(words(answer)).toEqual(['1 unknown', '2 labelled']);
  });

  it('leave the archive alone', async () => {
    const at = new Date(Date.UTC(new Date().getUTCFullYear() - 3, 1, 5)).toISOString();
    await t.sql`select ensure_partitions(${at}::timestamptz, ${at}::timestamptz)`;
    await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, fraud_score, risk_level, decision, decision_version)
      values ('long-ago', 'u', 'm', ${at}, ${at}, 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'v')`;
    await t.sql`select archive_old_transactions()`;
    const id = await decided();
    const answer = await label(
      { transaction_id: 'long-ago', label: 'fraud' },
      { transaction_id: id, label: 'fraud' },
    );
    expect(words(answer)).toEqual(['1 archived', '2 labelled']);
  });

  it('ten thousand at once, and others are decided meanwhile', async () => {
    const ids = await Promise.all(Array.from({ length: 40 }, () => decided()));
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      transaction_id: ids[i] ?? `nobody-${i}`,
      label: i % 2 ? 'fraud' : 'legitimate',
    }));
    const answer = label(...many);
    expect((await t.send(aPayment())).status).toBe(200);
    expect(await answer).toMatchObject({ labelled: 40, unknown: 9_960 });
  }, 120_000);
});

describe('what is wrong', () => {
  it('is said by line and field, and the others are taken', async () => {
    const id = await decided();
    const answer = await label(
      { transaction_id: id, label: 'FRAUD' },
      { transaction_id: id, label: 'fraud', note: 'x' },
      { transaction_id: 'a\u0000b', label: 'fraud' },
      { transaction_id: 7, label: 'fraud' },
      { label: 'fraud' },
      { transaction_id: id, label: null },
      { transaction_id: id, label: 'fraud', transaction_timestamp: '2026-02-31T00:00:00Z' },
      null,
      [],
      { transaction_id: id, label: 'fraud' },
    );
    expect(answer).toMatchObject({ invalid: 9, labelled: 1 });
    const fields = answer.results.map((one) => ('errors' in one ? one.errors.map(({ field }) => field) : []));
    expect(fields).toEqual([
      ['label'],
      ['note'],
      ['transaction_id'],
      ['transaction_id'],
      ['transaction_id'],
      ['label'],
      ['transaction_timestamp'],
      [''],
      [''],
      [],
    ]);
  });

  it('is refused as a whole when nothing can be read', async () => {
    expect((await refused(await post('{"label":"fraud"}'), 400, 'invalid')).errors).toMatchObject([
      { field: 'transaction_id' },
    ]);
    await refused(await post('[]'), 400, 'invalid');
    await refused(await post('"fraud"'), 400, 'invalid');
    await refused(await post('[{]'), 400, 'invalid_json');
    await refused(await post('{'), 400, 'invalid_json');
    await refused(await post('x', 'text/plain'), 415, 'unsupported_media_type');
    await refused(await t.call(labelPath, { method: 'POST' }), 415, 'unsupported_media_type');
    await refused(await post(JSON.stringify(Array.from({ length: 10_001 }, () => 1))), 413, 'too_large');
    await refused(await t.call(labelPath), 405, 'method_not_allowed');
  });

  it('a key without the scope may not, and that is on the record', async () => {
    const { key } = await t.makeKey({ scopes: ['ingest', 'read'] });
    await refused(
      await post('[{"transaction_id":"x","label":"fraud"}]', 'application/json', key),
      403,
      'denied',
    );
    await refused(await t.call(labelPath, { method: 'POST', key: null }), 401, 'unauthenticated');
  });
});
