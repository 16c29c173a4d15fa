import { describe, expect, it } from 'vitest';
import { aPayment, testIngest } from './ingest-fixture';

const t = await testIngest();

describe('a payment', () => {
  it('is decided, once, and answered the same again', async () => {
    const payment = aPayment({ country: 'DE', card_token: 'tok_1', metadata: { order: 'x' } });
    const first = await t.send(payment);
    const text = await first.text();
    expect(first.status, text).toBe(200);
    expect(first.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(JSON.parse(text)).toMatchObject({ transaction_id: payment.transaction_id });
    const again = await t.send({ ...payment, amount: 12.5, device_id: null });
    expect(await again.text()).toBe(text);
    const got = await t.call(`/api/v1/transactions/${payment.transaction_id}`);
    expect(await got.text()).toBe(text);
    const [row] =
      await t.sql`select answer from transaction_stream where transaction_id = ${payment.transaction_id as string}`;
    expect(row?.answer).toBe(text);
  });
});
