import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { connect } from '@/db/client';
import { migrate } from '@/db/migrate';

const stack = inject('stack');
const primary = connect(stack.primary, { max: 3, name: 'test' });
const subscriber = connect(stack.subscriber, { max: 2, name: 'test' });
afterAll(() => Promise.all([primary.end(), subscriber.end()]));

/** A month so old that the next run of the archive takes it. */
const oldMonth = '2023-03-01';
let number = 0;
const pay = async (at: string | Date, risk = 'MINIMAL'): Promise<string> => {
  number += 1;
  const id = `subscriber-${process.pid}-${number}`;
  const when = typeof at === 'string' ? at : at.toISOString();
  await primary`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
    currency, amount_base, fraud_score, risk_level, decision, decision_version)
    values (${id}, 'u', 'm', ${when}, now(), 1, 'EUR', 1, 0.1, ${risk}, 'ALLOW', 'v')`;
  return id;
};
const there = async (id: string) =>
  (
    await subscriber`select tableoid::regclass::text as leaf, is_fraud from transactions where transaction_id = ${id}`
  )[0];
const arrives = (id: string) => expect.poll(() => there(id), { timeout: 20_000 }).toBeDefined();

/** The apply worker that runs now, and what has gone wrong so far. */
const health = async () => {
  const [row] =
    await subscriber`select s.pid, e.apply_error_count::int as errors, e.sync_error_count::int as sync_errors
    from pg_stat_subscription s join pg_stat_subscription_stats e using (subid) where s.relid is null`;
  return row;
};

beforeAll(async () => {
  await primary`select ensure_partitions(${oldMonth}, ${oldMonth})`;
});

test('the same tree on both sides, and payments come with their month and risk', async () => {
  const id = await pay(new Date(), 'CRITICAL');
  await arrives(id);
  const [here] =
    await primary`select tableoid::regclass::text as leaf from transactions where transaction_id = ${id}`;
  expect((await there(id))?.leaf).toBe(here?.leaf);
});

test('a label given later arrives', async () => {
  const id = await pay(new Date());
  await arrives(id);
  await primary`select label_transactions(${JSON.stringify([{ transaction_id: id, is_fraud: true }])}::text::jsonb, 'test')`;
  await expect.poll(async () => (await there(id))?.is_fraud, { timeout: 20_000 }).toBe(true);
});

test('payments of a month that the subscriber does not know wait in its DEFAULT partition, then get their own', async () => {
  const id = await pay('2023-03-05T10:00:00Z');
  await arrives(id);
  expect((await there(id))?.leaf).toBe('transactions_default');
  await subscriber`select run_empty_default_partitions()`;
  const [run] = await subscriber`select status, affected_rows::int as rows from job_runs
    where job_name = 'empty-default-partitions' order by id desc limit 1`;
  expect(run).toEqual({ status: 'ok', rows: 1 });
  expect((await there(id))?.leaf).toBe('transactions_y2023m03_low_risk');
  const jobs = await subscriber`select jobname from cron.job where jobname = 'empty-default-partitions'`;
  expect(jobs).toHaveLength(1);
});

test('the archive leaves the subscriber as it is: it keeps its rows, and apply goes on without an error', async () => {
  const old = [await pay('2023-03-06T10:00:00Z'), await pay('2023-03-07T10:00:00Z', 'HIGH')];
  for (const id of old) await arrives(id);
  const before = await health();
  const counted = await subscriber`select count(*)::int as rows from transactions
    where transaction_timestamp < '2023-04-01'`;
  const archived = () =>
    primary`select 1 from pg_inherits where inhparent = 'transactions_archive'::regclass
      and inhrelid = 'transactions_y2023m03'::regclass`;
  for (let call = 0; call < 5 && (await archived()).length === 0; call += 1)
    await primary`select archive_old_transactions()`;
  expect(await archived()).toHaveLength(1);

  const id = await pay(new Date());
  await arrives(id);
  expect(
    await subscriber`select count(*)::int as rows from transactions where transaction_timestamp < '2023-04-01'`,
  ).toEqual(counted);
  expect(await health()).toEqual(before);
  expect(before).toMatchObject({ errors: 0, sync_errors: 0 });
});

test('the subscriber never archives', async () => {
  await subscriber`select archive_old_transactions()`;
  const [run] = await subscriber`select status, error_message from job_runs
    where job_name = 'archive-old-transactions' order by id desc limit 1`;
  expect(run).toEqual({ status: 'skipped', error_message: 'a subscriber keeps every month' });
  expect(
    await subscriber`select 1 from pg_inherits where inhparent = 'transactions_archive'::regclass`,
  ).toEqual([]);
});

test('migrating the primary again, all objects anew, leaves the subscriber following', async () => {
  const before = await health();
  await primary`delete from applied_objects`;
  await migrate(stack.primary, { passwordFile: stack.passwordFile, pooler: true });
  const id = await pay(new Date());
  await arrives(id);
  expect(await health()).toEqual(before);
});
