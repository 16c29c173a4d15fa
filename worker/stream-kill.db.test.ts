import { afterAll, expect, it } from 'vitest';
import { pause } from '@/db/process-table';
import { dice } from '@/db/seed/simulator/dice';
import {
  bruteForceFeatures,
  featureDifferences,
  type RecordedPayment,
} from '@/domain/transactions/feature-oracle';
import type { Payment } from '@/domain/transactions/input';
import type { BatchAnswer } from '@/ingest/batch/results';
import { realIngest } from '@/ingest/process-fixture';
import { startWorker, type TestWorker } from './process-fixture';

/** The more, the longer it runs: about two seconds each. */
const points = Number(process.env.VIGIL_KILL_POINTS ?? 18);
const seed = Number(process.env.VIGIL_KILL_SEED ?? 1);
const leaseMs = 1_500;
const t = await realIngest();

type Body = Record<string, unknown> & { transaction_id: string };

const workers: TestWorker[] = [];
const startOne = (): TestWorker => {
  const worker = startWorker(t.roles.worker, {
    VIGIL_STREAM_LEASE_MS: String(leaseMs),
    VIGIL_LOG_LEVEL: 'warn',
  });
  workers.push(worker);
  return worker;
};
afterAll(() => {
  for (const { child } of workers) child.kill('SIGKILL');
});

/**
 * What callers do: batches as arrays and as NDJSON, payments alone, some of them the same as in a batch, some sent again
 * and again. Whatever got no answer is sent once more, until it has one. `ledger` holds what was promised: 202 and the id,
 * or 200 and the answer.
 */
const load = (senders: { batches: number; alone: number }) => {
  const roll = dice(seed, 'load');
  const promised = new Set<string>();
  const answers = new Map<string, string>();
  const sent: Body[] = [];
  let ending = false;
  let heard = 0;
  const fresh = (): Body => {
    const body: Body = {
      transaction_id: `k-${sent.length}`,
      user_id: `u-${Math.floor(roll() * 40)}`,
      merchant_id: `m-${Math.floor(roll() * 60)}`,
      transaction_timestamp: new Date(Date.now() - Math.floor(roll() * 3_600_000)).toISOString(),
      amount: (roll() * 900).toFixed(2),
      currency: 'EUR',
      ...(roll() < 0.8 ? { card_token: `tok_${Math.floor(roll() * 60)}` } : {}),
      ...(roll() < 0.5 ? { device_id: `d-${Math.floor(roll() * 30)}` } : {}),
    };
    sent.push(body);
    return body;
  };
  const one = (again: number): Body => {
    const known = roll() < again ? sent[Math.floor(roll() * sent.length)] : undefined;
    return known ?? fresh();
  };
  const keepAnswer = (id: string, text: string) => {
    const known = answers.get(id);
    if (known !== undefined) expect(text).toBe(known);
    answers.set(id, text);
    promised.add(id);
  };
  /** Sends until it is answered. @returns the text, and its status */
  const until = async (send: () => Promise<Response>): Promise<[number, string]> => {
    for (;;) {
      try {
        const answer = await send();
        const text = await answer.text();
        heard += 1;
        if (answer.status !== 503) return [answer.status, text];
      } catch {
        // No answer: the process or the connection is gone.
      }
      await pause(10);
    }
  };
  const sendBatch = async (bodies: readonly Body[], asLines: boolean): Promise<void> => {
    const spoiled = asLines && roll() < 0.3;
    const lines = bodies.map((body) => JSON.stringify(body));
    const body = asLines
      ? [...lines, ...(spoiled ? ['{"transaction_id":'] : [])].join('\n')
      : `[${lines.join()}]`;
    const [status, text] = await until(() =>
      t.call(
        '/api/v1/transactions/batch',
        { method: 'POST', body },
        asLines ? 'application/x-ndjson' : undefined,
      ),
    );
    expect(status, text.slice(0, 300)).toBe(202);
    const { results, invalid, conflict } = JSON.parse(text) as BatchAnswer;
    expect([invalid, conflict]).toEqual([spoiled ? 1 : 0, 0]);
    for (const [at, sentBody] of bodies.entries()) {
      const result = results[at]!;
      expect(result).toMatchObject({ line: at + 1, transaction_id: sentBody.transaction_id });
      promised.add(sentBody.transaction_id);
      if (result.result === 'same' && result.answer)
        keepAnswer(sentBody.transaction_id, JSON.stringify(result.answer));
    }
  };
  const batches = async (at: number): Promise<void> => {
    while (!ending) {
      const bodies = Array.from({ length: 1 + Math.floor(roll() ** 2 * 60) }, () => one(0.1));
      await sendBatch(bodies, (at + bodies.length) % 2 === 0);
      // A caller that was cut off does not know what was kept, and sends it all again.
      if (roll() < 0.15) await sendBatch(bodies, roll() < 0.5);
      await pause(roll() * 200);
    }
  };
  const alone = async (): Promise<void> => {
    while (!ending) {
      const body = one(0.4);
      const [status, text] = await until(() => t.pay(body));
      expect(status, text).toBe(200);
      keepAnswer(body.transaction_id, text);
      await pause(roll() * 100);
    }
  };
  const running = Promise.all([
    ...Array.from({ length: senders.batches }, (_, at) => batches(at)),
    ...Array.from({ length: senders.alone }, alone),
  ]);
  // A failed sender is reported when the load ends.
  running.catch(() => {});
  return {
    promised,
    answers,
    sent,
    end: async () => {
      ending = true;
      await running;
    },
    /** Resolves after so many more answers, at whatever speed this machine gives them, or when a sender has failed. */
    more: async (answersMore: number) => {
      const enough = heard + answersMore;
      while (heard < enough) await Promise.race([pause(2), running]);
    },
  };
};

/** A worker dies, sleeps longer than its lease, or ends in order; so does ingest, a backend, the whole database. */
const strike = async (kind: number): Promise<string> => {
  const awake = workers.filter((one) => one.running());
  const victim = awake[Math.floor(kind * 997) % awake.length] as TestWorker;
  if (kind < 0.4) {
    victim.child.kill('SIGKILL');
    startOne();
    return 'worker killed';
  }
  if (kind < 0.6) {
    victim.child.kill('SIGSTOP');
    setTimeout(() => victim.child.kill('SIGCONT'), leaseMs * 1.6);
    return 'worker paused';
  }
  if (kind < 0.65) {
    victim.child.kill('SIGTERM');
    startOne();
    return 'worker ended';
  }
  if (kind < 0.68) {
    t.child()!.kill('SIGKILL');
    await t.ended(t.child()!);
    t.start();
    return 'ingest killed';
  }
  if (kind < 0.9) {
    await t.killBackend(kind < 0.82 ? 'vigil_worker' : 'vigil_ingest');
    return 'backend killed';
  }
  await t.killDatabase();
  await t.startDatabase();
  return 'database killed';
};

const open = async (): Promise<number> =>
  (
    await t.sql<{ n: number }[]>`select count(*)::int as n from transaction_stream
      where processing_status in ('PENDING', 'PROCESSING', 'FAILED')`
  )[0]?.n ?? -1;

/** Waits until nothing is open, as long as it becomes less. */
const drained = async (): Promise<void> => {
  for (let least = Number.POSITIVE_INFINITY, since = Date.now(); ; await pause(200)) {
    const left = await open();
    if (left === 0) return;
    if (left < least) {
      least = left;
      since = Date.now();
    }
    if (Date.now() - since < 60_000) continue;
    const rows =
      await t.sql`select transaction_id, processing_status, retry_count, error_code, error_message, leased_by,
      lease_until, next_try_at, now() from transaction_stream
      where processing_status in ('PENDING', 'PROCESSING', 'FAILED') limit 5`;
    throw new Error(
      `${left} payments wait: ${JSON.stringify(rows)} ${workers.flatMap(({ said }) => said.slice(-3)).join('\n')}`,
    );
  }
};

/** Features of customers and cards, from the payments recorded before: by brute force, and as they were stored. */
const differences = async (customers: readonly string[]): Promise<string[]> => {
  const rows =
    await t.sql`select x.*, extract(epoch from x.transaction_timestamp)::float8 * 1000 as ms from transactions x
    order by x.recorded_at`;
  const past = rows.map(
    (row): RecordedPayment => ({
      payment: { ...row, transaction_timestamp: new Date(row.ms).toISOString() } as unknown as Payment,
      ms: Math.round(row.ms),
      cents: BigInt(String(row.amount_base).replace('.', '')),
      decision: row.decision,
    }),
  );
  const stored = new Map(
    (await t.sql`select * from ml_features`).map((row) => [row.transaction_id as string, row]),
  );
  const exact = /^(user|card)\./;
  return past.flatMap((now, at) => {
    if (!customers.includes(now.payment.user_id)) return [];
    const { user_id, card_token } = now.payment;
    const known = past
      .slice(0, at)
      .filter(
        ({ payment: p }) => p.user_id === user_id || (card_token !== null && p.card_token === card_token),
      );
    const expected = bruteForceFeatures(now, known);
    const got = stored.get(now.payment.transaction_id) ?? {};
    return featureDifferences(expected, got)
      .filter((found) => exact.test(found))
      .map((found) => `${now.payment.transaction_id} ${found}`);
  });
};

it(`what was acknowledged is decided, once each, through ${points} kills and pauses of workers, ingest and database`, async () => {
  const roll = dice(seed, 'kills');
  t.start();
  await t.healthy();
  for (let i = 0; i < 3; i += 1) startOne();
  const traffic = load({ batches: 4, alone: 4 });
  const struck = new Map<string, number>();
  for (let point = 0; point < points; point += 1) {
    await traffic.more(5 + Math.floor(roll() * 40));
    await pause(roll() * 400);
    // The first points are one of each kind.
    const kind = [0.2, 0.5, 0.66, 0.8, 0.95, 0.62, 0.85][point] ?? roll();
    const what = await strike(kind);
    struck.set(what, (struck.get(what) ?? 0) + 1);
    await t.healthy();
  }
  await traffic.end();
  const { promised, answers, sent } = traffic;
  // Everything was sent until it was acknowledged.
  expect(promised.size).toBe(sent.length);
  expect(sent.length).toBeGreaterThan(points * 20);
  expect(answers.size).toBeGreaterThan(points);
  await drained();
  await pause(leaseMs * 1.6);
  for (const { child } of workers) child.kill('SIGCONT');

  const rows = await t.sql<
    {
      id: string;
      status: string;
      answer: string;
      n: number;
      features: number;
      predictions: number;
      alerts: number;
    }[]
  >`select s.transaction_id as id, s.processing_status as status, s.answer,
      (select count(*)::int from transactions x where x.transaction_id = s.transaction_id) as n,
      (select count(*)::int from ml_features x where x.transaction_id = s.transaction_id) as features,
      (select count(*)::int from model_predictions x where x.transaction_id = s.transaction_id) as predictions,
      (select count(*)::int from fraud_alerts x where x.transaction_id = s.transaction_id) as alerts
    from transaction_stream s`;
  expect(new Set(rows.map(({ id }) => id))).toEqual(promised);
  for (const row of rows) {
    expect([row.status, row.n, row.features, row.predictions], row.id).toEqual(['DONE', 1, 1, 1]);
    expect(row.alerts).toBeLessThanOrEqual(1);
    expect(JSON.parse(row.answer).transaction_id).toBe(row.id);
    const told = answers.get(row.id);
    if (told !== undefined) expect(row.answer).toBe(told);
  }
  const [counts] = await t.sql`select (select count(*)::int from transactions) as payments,
    (select count(*)::int from ml_features) as features, (select count(*)::int from model_predictions) as predictions,
    (select sum(payments)::int from entity_heads where entity = 'user') as users,
    (select sum(payments)::int from entity_heads where entity = 'card') as cards,
    (select count(card_token)::int from transactions) as with_card,
    (select count(*)::int from entity_heads h where recorded_at <> (select max(recorded_at) from transactions x
      where case h.entity when 'user' then x.user_id else x.card_token end = h.key)) as wrong_heads`;
  const n = promised.size;
  expect(counts).toMatchObject({ payments: n, features: n, predictions: n, users: n, wrong_heads: 0 });
  expect(counts?.cards).toBe(counts?.with_card);
  expect(await differences(Array.from({ length: 10 }, (_, i) => `u-${i * 4}`))).toEqual([]);
  for (const { transaction_id } of sent.filter((_, i) => i % 40 === 0)) {
    const answer = await t.call(`/api/v1/transactions/${transaction_id}`);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toBe(rows.find(({ id }) => id === transaction_id)?.answer);
  }
}, 900_000);
