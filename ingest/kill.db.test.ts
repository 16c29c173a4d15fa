import { expect, it } from 'vitest';
import { pause } from '@/db/process-table';
import { dice } from '@/db/seed/simulator/dice';
import { realIngest } from './process-fixture';

const points = Number(process.env.VIGIL_KILL_POINTS ?? 50);
const seed = Number(process.env.VIGIL_KILL_SEED ?? 1);
const t = await realIngest();

type Body = Record<string, unknown> & { transaction_id: string };

/** Sends without a pause, again and again what was not answered, and keeps the ledger of what was. */
const load = (workers: number) => {
  const ledger = new Map<string, string>();
  const unsure: Body[] = [];
  const roll = dice(seed, 'load');
  let made = 0;
  let answered = 0;
  let ending = false;
  const fresh = (): Body => {
    made += 1;
    return {
      transaction_id: `k-${made}`,
      user_id: `u-${Math.floor(roll() * 40)}`,
      merchant_id: `m-${Math.floor(roll() * 10)}`,
      card_token: `tok_${Math.floor(roll() * 60)}`,
      transaction_timestamp: new Date().toISOString(),
      amount: (roll() * 900).toFixed(2),
      currency: 'EUR',
    };
  };
  const sent: Body[] = [];
  const next = (): Body => {
    const waiting = unsure.pop();
    if (waiting) return waiting;
    // Some are sent again although they were answered.
    const again = roll() < 0.1 ? sent[Math.floor(roll() * sent.length)] : undefined;
    if (again) return again;
    const body = fresh();
    sent.push(body);
    return body;
  };
  const work = async (): Promise<void> => {
    while (!ending || unsure.length > 0) {
      const body = ending ? unsure.pop() : next();
      if (!body) continue;
      try {
        const answer = await t.pay(body);
        const text = await answer.text();
        if (answer.status !== 200) {
          expect(answer.status, text).toBe(503);
          unsure.push(body);
          await pause(10);
          continue;
        }
        const known = ledger.get(body.transaction_id);
        if (known !== undefined) expect(text).toBe(known);
        ledger.set(body.transaction_id, text);
        answered += 1;
      } catch (error) {
        if ((error as Error).name === 'AssertionError') throw error;
        unsure.push(body);
        await pause(10);
      }
    }
  };
  const running = Promise.all(Array.from({ length: workers }, work));
  // A failed worker is reported when the load ends.
  running.catch(() => {});
  return {
    ledger,
    end: async () => {
      ending = true;
      await running;
    },
    made: () => made,
    /** Resolves after so many more answers, at whatever speed this machine gives them, or when the load has failed. */
    answers: async (more: number) => {
      const until = answered + more;
      while (answered < until) await Promise.race([pause(1), running]);
    },
  };
};

it(`nothing answered is lost and nothing is doubled by ${points} kills under load`, async () => {
  const roll = dice(seed, 'kills');
  t.start();
  await t.healthy();
  const traffic = load(12);
  for (let point = 0; point < points; point += 1) {
    await traffic.answers(1 + Math.floor(roll() * 30));
    await pause(roll() * 4);
    const kind = roll();
    if (kind < 0.4) {
      const child = t.child()!;
      child.kill('SIGKILL');
      await t.ended(child);
      t.start();
    } else if (kind < 0.85) {
      await t.killBackend();
    } else {
      await t.killDatabase();
      await t.startDatabase();
    }
    await t.healthy();
  }
  await traffic.end();
  const { ledger } = traffic;
  expect(ledger.size).toBe(traffic.made());
  expect(ledger.size).toBeGreaterThan(points * 3);

  const rows = await t.sql<
    { id: string; answer: string; n: number; features: number; predictions: number }[]
  >`
    select s.transaction_id as id, s.answer,
      (select count(*)::int from transactions x where x.transaction_id = s.transaction_id) as n,
      (select count(*)::int from ml_features x where x.transaction_id = s.transaction_id) as features,
      (select count(*)::int from model_predictions x where x.transaction_id = s.transaction_id) as predictions
    from transaction_stream s`;
  expect(rows.length).toBe(ledger.size);
  for (const row of rows) {
    expect(row.answer).toBe(ledger.get(row.id));
    expect([row.n, row.features, row.predictions], row.id).toEqual([1, 1, 1]);
  }
  const [counts] = await t.sql`select (select count(*)::int from transactions) as payments,
    (select sum(payments)::int from entity_heads where entity = 'user') as heads`;
  expect(counts).toEqual({ payments: ledger.size, heads: ledger.size });
  for (const [id, text] of [...ledger].filter((_, i) => i % 5 === 0))
    expect(await (await t.call(`/api/v1/transactions/${id}`)).text()).toBe(text);
}, 900_000);
