import { afterEach, expect, it } from 'vitest';
import { connect } from '@/db/client';
import { pause } from '@/db/process-table';
import { queuePayments } from '@/domain/stream/queue-payments';
import { payloadHash, paymentInput } from '@/domain/transactions/input';
import { realIngest } from '@/ingest/process-fixture';
import { startWorker, type TestWorker } from './process-fixture';

/** How long the paused worker of the last test sleeps; 60_000 for a whole minute. */
const pauseMs = Number(process.env.VIGIL_PAUSE_MS ?? 12_000);
const t = await realIngest();
const ingest = connect(t.roles.ingest, { max: 2, name: 'ingest-test' });

const workers: TestWorker[] = [];
const start = (leaseMs?: number): TestWorker => {
  const worker = startWorker(t.roles.worker, leaseMs ? { VIGIL_STREAM_LEASE_MS: String(leaseMs) } : {});
  workers.push(worker);
  return worker;
};
afterEach(() => {
  for (const { child } of workers.splice(0)) child.kill('SIGKILL');
});

/** Payments of one customer, one second apart. */
const enqueue = (customer: string, count: number) => {
  const from = Date.now() - 600_000;
  const payments = Array.from({ length: count }, (_, i) =>
    paymentInput.parse({
      transaction_id: `${customer}-${i}`,
      user_id: customer,
      merchant_id: `m-${customer}-${i % 20}`,
      transaction_timestamp: new Date(from + i * 1000).toISOString(),
      amount: '10.00',
      currency: 'EUR',
    }),
  );
  return queuePayments(
    ingest,
    payments.map((payment) => ({ payment, hash: payloadHash(payment) })),
  );
};

/** Holds up every decision on a customer, as another that takes its time would, until it is let go. */
const holdUp = async (customer: string): Promise<() => Promise<void>> => {
  const blocker = connect(t.roles.ingest, { max: 1, name: 'holds-up' });
  const held = await blocker.reserve();
  // The role's own limit would let go too soon.
  await held`set idle_in_transaction_session_timeout = 0`;
  await held`begin`;
  await held`select pg_advisory_xact_lock(hashtextextended(${customer}, 2))`;
  return async () => {
    await held`rollback`;
    held.release();
    await blocker.end({ timeout: 1 });
  };
};

const stateOf = async (customer: string) => {
  const [row] = await t.sql`select count(*)::int as rows, count(answer)::int as answered,
      count(*) filter (where processing_status = 'PROCESSING')::int as held, max(lease_epoch)::int as epoch,
      max(retry_count)::int as tries, min(leased_by) as holder
    from transaction_stream where raw_data ->> 'user_id' = ${customer}`;
  return row as {
    rows: number;
    answered: number;
    held: number;
    epoch: number;
    tries: number;
    holder: string | null;
  };
};
const heldBy = (customer: string, worker: TestWorker) =>
  expect
    .poll(async () => (await stateOf(customer)).holder ?? '', { timeout: 60_000 })
    .toContain(`:${worker.pid}:`);
const soon = { timeout: 30_000 };

/** Once each, in the order in which they came, with features that know all before them. */
const decidedOnce = async (customer: string, count: number): Promise<void> => {
  const rows = await t.sql`select x.transaction_id as id, f.user_count_1h as before from transactions x
    join ml_features f using (transaction_id, transaction_timestamp) where user_id = ${customer} order by recorded_at`;
  expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: count }, (_, i) => `${customer}-${i}`));
  expect(rows.map(({ before }) => before)).toEqual(Array.from({ length: count }, (_, i) => i));
  const [head] =
    await t.sql`select payments::int as n from entity_heads where entity = 'user' and key = ${customer}`;
  expect(head?.n).toBe(count);
};

it('a worker that sleeps longer than its lease is replaced, and what it does when it wakes up is refused', async () => {
  const release = await holdUp('sleepy');
  await enqueue('sleepy', 40);
  const first = start(1_500);
  await heldBy('sleepy', first);
  first.child.kill('SIGSTOP');
  const second = start(1_500);
  await heldBy('sleepy', second);
  expect(await stateOf('sleepy')).toMatchObject({ answered: 0, held: 40, epoch: 2, tries: 1 });
  // It wakes up while the other is at work and neither has recorded anything.
  first.child.kill('SIGCONT');
  await pause(300);
  await release();
  await expect.poll(async () => (await stateOf('sleepy')).answered, soon).toBe(40);
  await decidedOnce('sleepy', 40);
  await expect.poll(() => first.said.join('\n'), soon).toContain('taken over by another worker');
  expect(await stateOf('sleepy')).toMatchObject({ epoch: 2 });
  // Nothing is broken in it: it takes its part of what comes next.
  second.child.kill('SIGKILL');
  await second.ended;
  await enqueue('awake', 20);
  await expect.poll(async () => (await stateOf('awake')).answered, soon).toBe(20);
}, 180_000);

it('a killed worker is replaced by those that run, and what it had sent does not count twice', async () => {
  const release = await holdUp('orphan');
  await enqueue('orphan', 30);
  const first = start(1_500);
  await heldBy('orphan', first);
  const others = [start(1_500), start(1_500)];
  await pause(2_000);
  first.child.kill('SIGKILL');
  // Its statement still waits in the database, and goes on when it is let.
  await pause(1_000);
  await release();
  await expect.poll(async () => (await stateOf('orphan')).answered, soon).toBe(30);
  await decidedOnce('orphan', 30);
  expect(others.every((one) => one.running())).toBe(true);
}, 180_000);

it('a worker that is asked to end does so within ten seconds, with a block at work or not, and leaves nothing held', async () => {
  const release = await holdUp('leaving');
  await enqueue('leaving', 30);
  const busy = start();
  await heldBy('leaving', busy);
  const idle = start();
  await expect.poll(() => idle.said.join('\n'), soon).toContain('worker started');
  const asked = Date.now();
  busy.child.kill('SIGTERM');
  idle.child.kill('SIGTERM');
  expect(await Promise.all([busy.ended, idle.ended])).toEqual([
    { code: 0, signal: null },
    { code: 0, signal: null },
  ]);
  expect(Date.now() - asked).toBeLessThan(10_000);
  expect(await stateOf('leaving')).toMatchObject({ held: 0, tries: 0, holder: null });
  await release();
  start();
  await expect.poll(async () => (await stateOf('leaving')).answered, soon).toBe(30);
  await decidedOnce('leaving', 30);
}, 180_000);

it('with its usual leases the work of a killed and of a paused worker is retaken within 15 seconds', async () => {
  const release = [await holdUp('killed'), await holdUp('paused')];
  const killed = start();
  await enqueue('killed', 30);
  await heldBy('killed', killed);
  const paused = start();
  await enqueue('paused', 30);
  await heldBy('paused', paused);
  const heir = start();
  await expect.poll(() => heir.said.join('\n'), soon).toContain('worker started');
  await pause(1_000);
  const at = Date.now();
  killed.child.kill('SIGKILL');
  paused.child.kill('SIGSTOP');
  // Statements of theirs that wait in the database are given up by then (lock_timeout).
  await pause(4_000);
  for (const let_go of release) await let_go();
  const epochs = () =>
    Promise.all(['killed', 'paused'].map(async (customer) => (await stateOf(customer)).epoch));
  await expect.poll(epochs, { timeout: 30_000, interval: 50 }).toEqual([2, 2]);
  expect(Date.now() - at).toBeLessThan(15_000);
  await expect.poll(async () => (await stateOf('killed')).answered, soon).toBe(30);
  await expect.poll(async () => (await stateOf('paused')).answered, soon).toBe(30);
  expect(await epochs()).toEqual([2, 2]);
  await pause(Math.max(0, pauseMs - (Date.now() - at)));
  paused.child.kill('SIGCONT');
  await pause(1_000);
  for (const customer of ['killed', 'paused']) await decidedOnce(customer, 30);
  paused.child.kill('SIGTERM');
  expect(await paused.ended).toEqual({ code: 0, signal: null });
}, 300_000);

it('without its database a worker waits, and goes on by itself', async () => {
  const worker = start(1_500);
  await enqueue('before', 20);
  await expect.poll(async () => (await stateOf('before')).answered, { timeout: 60_000 }).toBe(20);
  await t.killDatabase();
  await pause(3_000);
  await t.startDatabase();
  await enqueue('after', 20);
  await expect.poll(async () => (await stateOf('after')).answered, soon).toBe(20);
  await decidedOnce('after', 20);
  expect(worker.running()).toBe(true);
}, 180_000);
