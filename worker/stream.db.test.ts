import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { connect, database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { systemActor } from '@/domain/actor';
import { notifyChannel } from '@/domain/operation';
import { seedSettings } from '@/domain/settings/read';
import { type Claim, claimPayments, renewClaims, settleClaims } from '@/domain/stream/claims';
import { redriveStream } from '@/domain/stream/commands';
import { queuePayments } from '@/domain/stream/queue-payments';
import { decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { type Payment, payloadHash } from '@/domain/transactions/input';
import { readKeptPayment } from '@/domain/transactions/kept-payment';
import { Stream, type StreamOptions } from './stream';
import { streamCounters } from './stream-counters';

const t = await testDatabase();
const sql = connect(t.urls.worker as string, { max: 6, name: 'worker-test' });
const direct = connect(t.direct.worker as string, { max: 2, name: 'worker-direct' });
const ingest = connect(t.urls.ingest as string, { max: 4, name: 'ingest-test' });

const payment = (id: string, changes: Partial<Payment> = {}): Payment => ({
  transaction_id: id,
  user_id: `u-${id}`,
  merchant_id: `m-${id}`,
  transaction_timestamp: new Date(Date.now() - 1000).toISOString(),
  amount: '12.50',
  currency: 'EUR',
  latitude: null,
  longitude: null,
  country: null,
  device_id: null,
  ip_address: null,
  channel: null,
  card_token: null,
  merchant_category: null,
  metadata: null,
  ...changes,
});
const enqueue = (...payments: Payment[]) =>
  queuePayments(
    ingest,
    payments.map((one) => ({ payment: one, hash: payloadHash(one) })),
  );
const rowOf = async (id: string) =>
  (
    await t.sql`select processing_status as status, answer, error_code as code, error_message as message,
      retry_count as tries, lease_epoch as epoch, lease_until, leased_by, next_try_at > clock_timestamp() as later,
      processed_at is not null as ended from transaction_stream where transaction_id = ${id}`
  )[0];
const statusOf = async (id: string) => (await rowOf(id))?.status;

const answered = async (): Promise<number> =>
  (await t.sql<{ n: number }[]>`select count(answer)::int as n from transaction_stream`)[0]?.n ?? 0;
/** As long as a busy machine may take. */
const soon = { timeout: 20_000 };

const running: Stream[] = [];
const work = (options: Partial<StreamOptions> = {}): Stream => {
  const stream = new Stream({ sql, direct, worker: `w${running.length}`, pollMs: 50, ...options });
  running.push(stream);
  stream.start();
  return stream;
};
const claim = (worker: string, most = 100, leaseMs = 5_000, maxTries = 10): Promise<Claim[]> =>
  claimPayments(sql, { worker, leaseMs, most, maxTries });
const idsOf = (claims: Claim[]) => claims.map(({ kept }) => (kept as Payment).transaction_id);
const decideClaims = async (claims: Claim[]) => {
  const rules = await loadDecisionRules(sql);
  const inputs = claims.map((one) => ({
    payment: readKeptPayment(one.kept, one.hash) as Payment,
    leaseEpoch: one.epoch,
  }));
  return decide(inputs, { sql, rules: () => rules, queue: new EntityQueue() });
};
const setting = (value: number) =>
  t.sql`update system_config set config_value = ${t.sql.json(value)} where config_key = 'stream.max_tries'`;

beforeAll(async () => {
  await t.sql`select ensure_partitions()`;
  await seedSettings(database());
  // A fault of the database that meets some payments: those whose id says so.
  await t.sql.unsafe(`create function fail_some() returns trigger language plpgsql as $$
    begin
      if new.transaction_id like 'poison%' then raise exception 'cannot be kept' using errcode = '22P05'; end if;
      if new.transaction_id like 'sick%' and (select retry_count from transaction_stream where transaction_id = new.transaction_id) < 2
      then raise exception 'not yet' using errcode = '22000'; end if;
      return new;
    end $$`);
  await t.sql.unsafe(
    `create trigger fail_some before insert on ml_features for each row execute function fail_some()`,
  );
});
beforeEach(async () => {
  await t.sql`delete from transaction_stream`;
  await setting(10);
});
afterEach(async () => {
  await Promise.all(running.splice(0).map((stream) => stream.stop()));
});

describe('the queue', () => {
  test('is drained: each payment decided once, its answer kept, when it was received too', async () => {
    const payments = Array.from({ length: 60 }, (_, i) => payment(`a-${i}`, { user_id: `u-${i % 7}` }));
    await enqueue(...payments);
    const before = await t.sql`select transaction_id, received_at from transaction_stream order by id`;
    const decided = streamCounters.decided;
    work();
    await expect.poll(answered, soon).toBe(60);
    expect(await t.sql`select transaction_id, received_at from transaction_stream order by id`).toEqual(
      before,
    );
    const rows =
      await t.sql`select s.transaction_id as id, s.answer, s.processing_status as status, s.retry_count as tries,
        s.lease_until, s.leased_by, s.next_try_at, x.latency_ms, x.decision,
        (select count(*)::int from ml_features f where f.transaction_id = s.transaction_id) as features
      from transaction_stream s join transactions x using (transaction_id)`;
    expect(rows).toHaveLength(60);
    for (const row of rows) {
      expect(row).toMatchObject({
        status: 'DONE',
        tries: 0,
        lease_until: null,
        leased_by: null,
        next_try_at: null,
        latency_ms: null,
        features: 1,
      });
      expect(JSON.parse(row.answer)).toMatchObject({ transaction_id: row.id, decision: row.decision });
    }
    await expect.poll(() => streamCounters.decided - decided, soon).toBe(60);
  });

  test('keeps the order in which the payments of one customer came', async () => {
    const payments = Array.from({ length: 30 }, (_, i) =>
      payment(`o-${(i * 7) % 30}`, {
        user_id: 'one',
        transaction_timestamp: new Date(Date.now() - 500).toISOString(),
      }),
    );
    await enqueue(...payments.slice(0, 15));
    await enqueue(...payments.slice(15));
    work({ blockSize: 7 });
    await expect.poll(() => statusOf('o-23'), soon).toBe('DONE');
    const rows =
      await t.sql`select transaction_id as id from transactions where user_id = 'one' order by recorded_at`;
    expect(rows.map(({ id }) => id)).toEqual(payments.map((one) => one.transaction_id));
  });

  test('wakes an idle worker, which would look by itself only after a minute', async () => {
    await enqueue(payment('first'));
    const stream = work({ pollMs: 60_000 });
    await expect.poll(() => statusOf('first'), soon).toBe('DONE');
    await enqueue(payment('wake'));
    await ingest`select pg_notify(${notifyChannel}, '["stream"]')`;
    await expect.poll(() => statusOf('wake'), soon).toBe('DONE');
    await stream.stop();
  });

  test('tells the consoles what changed', async () => {
    const topics = new Set<string>();
    work({ notify: (changed) => void changed.map((topic) => topics.add(topic)) });
    await enqueue(payment('told'));
    await expect.poll(() => statusOf('told'), soon).toBe('DONE');
    await expect.poll(() => [...topics].sort(), soon).toEqual(['decisions', 'stream']);
  });

  test('shared by three workers decides each payment once', async () => {
    const payments = Array.from({ length: 300 }, (_, i) => payment(`s-${i}`, { user_id: `u-${i % 11}` }));
    await enqueue(...payments);
    const before = { ...streamCounters };
    for (let i = 0; i < 3; i += 1) work({ worker: `shared-${i}`, blockSize: 20 });
    await expect.poll(answered, soon).toBe(300);
    // Counted after the answer stands in the database.
    await expect.poll(() => streamCounters.decided - before.decided, soon).toBe(300);
    expect(streamCounters.retaken - before.retaken).toBe(0);
    const [count] = await t.sql`select count(*)::int as n from transactions where transaction_id like 's-%'`;
    expect(count?.n).toBe(300);
  });
});

describe('a payment that cannot be decided', () => {
  test('takes no other of its block with it, waits longer each time, and is given up', async () => {
    await setting(3);
    const payments = Array.from({ length: 40 }, (_, i) => payment(i === 17 ? 'poison' : `p-${i}`));
    await enqueue(...payments);
    const stream = work();
    await expect.poll(answered, soon).toBe(39);
    await expect.poll(() => statusOf('poison'), soon).toBe('FAILED');
    await stream.stop();
    expect(await rowOf('poison')).toMatchObject({
      status: 'FAILED',
      code: 'database',
      message: '22P05: cannot be kept',
      lease_until: null,
      leased_by: null,
      ended: false,
    });
    expect((await rowOf('poison'))?.tries).toBeLessThan(3);
    work();
    await expect.poll(() => statusOf('poison'), soon).toBe('DEAD');
    expect(await rowOf('poison')).toMatchObject({ tries: 3, code: 'database', ended: true, later: null });
    const [count] = await t.sql`select count(*)::int as n from transactions where transaction_id = 'poison'`;
    expect(count?.n).toBe(0);
  });

  test('only for a while is decided when it can be, and its error is forgotten', async () => {
    await enqueue(payment('before'), payment('sick'), payment('after'));
    work();
    await expect.poll(() => statusOf('sick'), soon).toBe('DONE');
    expect(await rowOf('sick')).toMatchObject({ tries: 2, code: null, message: null });
  });

  test('for good is given up at once, with the reason', async () => {
    const old = payment('gone');
    await enqueue(old, payment('here'));
    await enqueue(payment('no-rate', { currency: 'XTS' }));
    await enqueue(payment('too-large', { currency: 'GBP', amount: '9999999999999.99' }));
    await enqueue(payment('too-old', { transaction_timestamp: '2001-01-01T00:00:00.000Z' }));
    await enqueue(payment('changed'), payment('strange'));
    await t.sql`update transaction_stream set raw_data = raw_data || '{"amount": "1250.00"}' where transaction_id = 'changed'`;
    await t.sql`update transaction_stream set raw_data = '[]' where transaction_id = 'strange'`;
    // Decided once before, so long ago that its answer is gone; it came into the queue again in another way.
    const rules = await loadDecisionRules(sql);
    await t.sql`delete from transaction_stream where transaction_id = 'gone'`;
    await decide([{ payment: old }], { sql, rules: () => rules, queue: new EntityQueue() });
    await t.sql`update transaction_stream set answer = null, processing_status = 'PENDING', next_try_at = now()
      where transaction_id = 'gone'`;
    work();
    await expect.poll(() => statusOf('here'), soon).toBe('DONE');
    const codes = {
      gone: 'conflict',
      'no-rate': 'no_rate',
      'too-large': 'amount_too_large',
      'too-old': 'no_partition',
    };
    for (const [id, code] of Object.entries({ ...codes, changed: 'unreadable', strange: 'unreadable' })) {
      await expect.poll(() => statusOf(id), soon).toBe('DEAD');
      expect(await rowOf(id), id).toMatchObject({ code, tries: 1, ended: true });
      expect((await rowOf(id))?.message.length).toBeGreaterThan(10);
    }
    const [count] = await t.sql`select count(*)::int as n from transactions where transaction_id = 'gone'`;
    expect(count?.n).toBe(1);
  });

  test('is decided after it was put back and its cause is gone', async () => {
    await enqueue(payment('rate', { currency: 'XTS' }));
    work();
    await expect.poll(() => statusOf('rate'), soon).toBe('DEAD');
    const rates = (value: string) =>
      t.sql`update system_config set config_value = config_value || ${value}::text::jsonb where config_key = 'currency.rates'`;
    await rates('{"XTS": 2}');
    await ingest`select pg_notify(${notifyChannel}, '["config"]')`;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect((await redriveStream(systemActor('test'), { errorCode: 'no_rate' })).ok).toBe(true);
    await expect.poll(() => statusOf('rate'), soon).toBe('DONE');
    expect(await rowOf('rate')).toMatchObject({ tries: 0, code: null });
    await t.sql`update system_config set config_value = config_value - 'XTS' where config_key = 'currency.rates'`;
  });
});

describe('a lease', () => {
  test('is one worker’s until it ends; then another takes over and the first is refused', async () => {
    await enqueue(payment('l-1'), payment('l-2'));
    const first = await claim('first', 100, 200);
    expect(idsOf(first)).toEqual(['l-1', 'l-2']);
    expect(await claim('second')).toEqual([]);
    await new Promise((resolve) => setTimeout(resolve, 250));
    const second = await claim('second');
    expect(second.map(({ lost, tries, epoch }) => ({ lost, tries, epoch }))).toEqual([
      { lost: true, tries: 1, epoch: 2 },
      { lost: true, tries: 1, epoch: 2 },
    ]);
    expect((await rowOf('l-1'))?.message).toBe('first did not finish it');
    // The first wakes up and goes on where it stopped.
    expect(await renewClaims(sql, 'first', 5000, first)).toBe(0);
    expect(await decideClaims(first)).toEqual([{ kind: 'fenced' }, { kind: 'fenced' }]);
    expect(
      await settleClaims(
        sql,
        first.map((one) => ({ claim: one, verdict: 'RELEASED' as const })),
      ),
    ).toEqual(new Set());
    expect(
      (await t.sql`select count(*)::int as n from transactions where transaction_id like 'l-%'`)[0]?.n,
    ).toBe(0);
    const outcomes = await decideClaims(second);
    expect(outcomes.map(({ kind }) => kind)).toEqual(['answer', 'answer']);
    expect(await decideClaims(first)).toEqual(outcomes.map((one) => ({ ...one, repeated: true })));
  });

  test('that has ended and that nobody has taken is still good', async () => {
    await enqueue(payment('late'));
    const held = await claim('slow', 1, 1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await decideClaims(held)).toMatchObject([{ kind: 'answer', repeated: false }]);
  });

  test('is renewed while a block is at work', async () => {
    await enqueue(...Array.from({ length: 60 }, (_, i) => payment(`r-${i}`, { user_id: 'slow-one' })));
    const blocker = await t.sql.reserve();
    await blocker`begin`;
    await blocker`select pg_advisory_xact_lock(hashtextextended('slow-one', 2))`;
    work({ worker: 'renewing', leaseMs: 600 });
    await expect.poll(() => statusOf('r-0'), soon).toBe('PROCESSING');
    for (let i = 0; i < 8; i += 1) {
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(await claim('thief')).toEqual([]);
    }
    await blocker`rollback`;
    blocker.release();
    await expect.poll(() => statusOf('r-59'), soon).toBe('DONE');
    expect((await t.sql`select max(lease_epoch)::int as n from transaction_stream`)[0]?.n).toBe(1);
  });

  test('lost twice makes a suspect, which is taken alone; lost too often, it is given up', async () => {
    await enqueue(...['x-1', 'x-2', 'x-3', 'x-4'].map((id) => payment(id)));
    await t.sql`update transaction_stream set retry_count = 1 where transaction_id in ('x-2', 'x-3')`;
    expect(idsOf(await claim('dies', 100, 1))).toEqual(['x-1', 'x-2', 'x-3', 'x-4']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    // Tries are 0, 1, 1, 0 until this claim counts the lost one.
    expect(idsOf(await claim('dies too', 100, 1))).toEqual(['x-1', 'x-2', 'x-3', 'x-4']);
    await new Promise((resolve) => setTimeout(resolve, 20));
    const alone = [await claim('a'), await claim('b'), await claim('c'), await claim('d')];
    expect(alone.map(idsOf)).toEqual([['x-1'], ['x-2'], ['x-3'], ['x-4']]);
    expect(await claim('e')).toEqual([]);
    await t.sql`update transaction_stream set lease_until = now() where transaction_id = 'x-2'`;
    const [gone] = await claim('f', 100, 5000, 4);
    expect(gone).toMatchObject({ dead: true, lost: true, tries: 4 });
    expect(await rowOf('x-2')).toMatchObject({
      status: 'DEAD',
      code: 'worker_lost',
      message: 'b did not finish it',
      ended: true,
    });
    expect(await decideClaims(alone[1]!)).toEqual([{ kind: 'fenced' }]);
  });

  test('of a fresh payment is not taken together with a suspect', async () => {
    await enqueue(payment('f-1'), payment('f-2'), payment('suspect'), payment('f-3'));
    await t.sql`update transaction_stream set retry_count = 2, processing_status = 'FAILED' where transaction_id = 'suspect'`;
    expect(idsOf(await claim('a'))).toEqual(['f-1', 'f-2']);
    expect(idsOf(await claim('b'))).toEqual(['suspect']);
    expect(idsOf(await claim('c'))).toEqual(['f-3']);
  });

  test('is given back when the worker is stopped, without counting as a try', async () => {
    await enqueue(...Array.from({ length: 40 }, (_, i) => payment(`g-${i}`, { user_id: 'held-up' })));
    const blocker = await t.sql.reserve();
    await blocker`begin`;
    await blocker`select pg_advisory_xact_lock(hashtextextended('held-up', 2))`;
    const stream = work();
    await expect.poll(() => statusOf('g-0'), soon).toBe('PROCESSING');
    const before = Date.now();
    await stream.stop();
    expect(Date.now() - before).toBeLessThan(8_000);
    const rows =
      await t.sql`select distinct processing_status as status, retry_count as tries, lease_until, next_try_at = received_at as in_order
      from transaction_stream`;
    expect([...rows]).toEqual([{ status: 'PENDING', tries: 0, lease_until: null, in_order: true }]);
    await blocker`rollback`;
    blocker.release();
    work({ worker: 'next' });
    await expect.poll(() => statusOf('g-39'), soon).toBe('DONE');
    const [count] = await t.sql`select count(*)::int as n from transactions where user_id = 'held-up'`;
    expect(count?.n).toBe(40);
  });
});

describe('a payment that is also sent alone', () => {
  test('while it waits or is at work is decided once, and both have the same answer', async () => {
    const rules = await loadDecisionRules(sql);
    const payments = Array.from({ length: 120 }, (_, i) => payment(`both-${i}`, { user_id: `b-${i % 5}` }));
    await enqueue(...payments);
    const before = { ...streamCounters };
    work({ worker: 'racing', blockSize: 30 });
    const queue = new EntityQueue();
    const alone = await Promise.all(
      [...payments]
        .reverse()
        .map(
          async (one) => (await decide([{ payment: one }], { sql: ingest, rules: () => rules, queue }))[0],
        ),
    );
    await expect.poll(answered, soon).toBe(120);
    const stored = new Map(
      (await t.sql`select transaction_id as id, answer from transaction_stream`).map((row) => [
        row.id,
        row.answer,
      ]),
    );
    alone.reverse().forEach((outcome, i) => {
      expect(outcome).toMatchObject({ kind: 'answer', answer: stored.get(`both-${i}`) });
    });
    const byAlone = alone.filter((outcome) => outcome?.kind === 'answer' && !outcome.repeated).length;
    // Counted after the answer stands in the database.
    await expect.poll(() => streamCounters.decided - before.decided + byAlone, soon).toBe(120);
    const [count] =
      await t.sql`select count(*)::int as n, count(distinct transaction_id)::int as ids from transactions
      where transaction_id like 'both-%'`;
    expect(count).toEqual({ n: 120, ids: 120 });
  });
});

test('claims find what is due through the queue’s index, among many that are done', async () => {
  await t.sql`insert into transaction_stream (transaction_id, raw_data, payload_hash, processing_status, answer, next_try_at)
    select 'd-' || i, '{}', ${'0'.repeat(64)}, 'DONE', '{}', null from generate_series(1, 60000) i`;
  await enqueue(...Array.from({ length: 50 }, (_, i) => payment(`idx-${i}`)));
  for (const analyzed of [false, true]) {
    if (analyzed) await t.sql`analyze transaction_stream`;
    const before =
      await t.sql`select seq_scan::int as n from pg_stat_user_tables where relname = 'transaction_stream'`;
    await t.sql`select pg_stat_force_next_flush()`;
    expect(await claim('indexed', 10, 60_000)).toHaveLength(10);
    const plan = (
      await t.sql`explain select id from transaction_stream s where s.processing_status in ('PENDING', 'PROCESSING', 'FAILED')
        and s.next_try_at <= now() and (s.lease_until is null or s.lease_until <= now())
        order by s.next_try_at, s.id limit 500 for update skip locked`
    )
      .map((line) => line['QUERY PLAN'])
      .join('\n');
    expect(plan).toContain('transaction_stream_open_idx');
    expect(plan).not.toContain('Seq Scan');
    expect(before).toHaveLength(1);
  }
});
