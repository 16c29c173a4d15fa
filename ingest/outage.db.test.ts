import { describe, expect, it } from 'vitest';
import { pause } from '@/db/process-table';
import { aPayment } from './ingest-fixture';
import { realIngest } from './process-fixture';

const t = await realIngest();

const later = async (answer: Response) => {
  expect(answer.status, await answer.clone().text()).toBe(503);
  const seconds = Number(answer.headers.get('retry-after'));
  expect(seconds).toBeGreaterThanOrEqual(1);
  expect(seconds).toBeLessThanOrEqual(5);
};

describe('without its database', () => {
  it('the API says "later" at once, never fails, and goes on by itself', async () => {
    t.start();
    await t.healthy();
    expect((await t.pay(aPayment())).status).toBe(200);
    await t.stopDatabase();
    for (let i = 0; i < 20; i += 1) {
      const before = performance.now();
      await later(await t.pay(aPayment()));
      await later(await t.call('/api/v1/transactions/none'));
      // The first may find out by waiting; from then on nobody waits.
      if (i > 2) expect(performance.now() - before).toBeLessThan(1500);
    }
    const many = await Promise.all(Array.from({ length: 300 }, () => t.pay(aPayment())));
    expect(new Set(many.map((answer) => answer.status))).toEqual(new Set([503]));
    // It looks twice a second at most.
    await expect.poll(async () => (await t.call('/api/v1/health')).status, { timeout: 5000 }).toBe(503);
    const health = await t.call('/api/v1/health');
    expect(await health.json()).toMatchObject({ status: 'unavailable', checks: { database: 'unavailable' } });
    await t.startDatabase();
    await t.healthy(200, 10_000);
    await expect.poll(async () => (await t.pay(aPayment())).status, { timeout: 5000 }).toBe(200);
    // Refused calls were counted too, and waited for the database.
    await expect
      .poll(
        async () => (await t.sql`select count(*)::int as n from api_usage where status_code = 503`)[0]?.n,
        {
          timeout: 10_000,
        },
      )
      .toBeGreaterThanOrEqual(340);
  });

  it('that hangs, calls are given up on', async () => {
    t.freeze('SIGSTOP');
    const answers = await Promise.all(Array.from({ length: 20 }, () => t.pay(aPayment())));
    for (const answer of answers) await later(answer);
    t.freeze('SIGCONT');
    await expect.poll(async () => (await t.pay(aPayment())).status, { timeout: 15_000 }).toBe(200);
  });

  it('it ends in order when asked: what is under way is answered, usage is written', async () => {
    const child = t.child()!;
    const payments = Array.from({ length: 50 }, () => aPayment());
    const answers = payments.map((payment) => t.pay(payment).catch(() => null));
    await pause(30);
    child.kill('SIGTERM');
    const statuses = (await Promise.all(answers)).map((answer) => answer?.status);
    expect(await t.ended(child)).toEqual({ code: 0, signal: null });
    // Only those of now: a payment that was given up on before may still have been recorded.
    const ids = payments.map((payment) => String(payment.transaction_id));
    const [recorded] =
      await t.sql`select count(*)::int as n from transactions where transaction_id = any(${ids})`;
    // A call that had not arrived was refused by the socket; all others have their answer.
    expect(recorded?.n).toBe(statuses.filter((status) => status === 200).length);
    const [usage] = await t.sql`select count(*)::int as n from api_usage where status_code = 200
      and endpoint = '/api/v1/transactions'`;
    expect(usage?.n).toBeGreaterThanOrEqual(statuses.filter((status) => status === 200).length);
  });

  it('it starts all the same, and decides once the database is there', async () => {
    await t.stopDatabase();
    t.start();
    await t.healthy(503);
    await later(await t.pay(aPayment()));
    await t.startDatabase();
    await t.healthy(200, 15_000);
    expect((await t.pay(aPayment())).status).toBe(200);
  });
}, 120_000);
