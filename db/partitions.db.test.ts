import { beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';

const t = await testDatabase();

const monthName = (table: string, months: number) => {
  const now = new Date();
  const at = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + months, 1));
  return `${table}_y${at.getUTCFullYear()}m${String(at.getUTCMonth() + 1).padStart(2, '0')}`;
};
const dayName = (table: string, days: number) => {
  const [year, month, day] = new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10).split('-');
  return `${table}_y${year}m${month}d${day}`;
};
const missing = async (from: string | null = null) =>
  (await t.sql`select name from missing_partitions(${from}::text::timestamptz)`).map(
    (row) => row.name as string,
  );
const ensure = async () => Number((await t.sql`select ensure_partitions() as made`)[0]?.made);
const runway = async (table: string) =>
  (await t.sql`select missing, covered_until from v_partition_runway where parent = ${table}`)[0];
const within = async (name: string) =>
  (
    await t.sql`select i.inhparent::regclass::text as parent from pg_inherits i where i.inhrelid = to_regclass(${name})`
  )[0]?.parent;
const lastJob = async () =>
  (
    await t.sql`select status, affected_rows::int as rows, error_message as error, detail from job_runs
    where job_name = 'ensure-partitions' order by id desc limit 1`
  )[0];

beforeEach(async () => {
  await ensure();
  expect(await missing()).toEqual([]);
});

describe('a gap is found and closed', () => {
  test('a whole month in the middle, though older and newer ones are there', async () => {
    const far = monthName('transactions', -14);
    await t.sql`select ensure_partitions(now() - interval '14 months')`;
    const middle = monthName('transactions', -7);
    await t.sql.unsafe(`drop table ${middle}`);
    expect(await missing()).toEqual([middle]);
    expect((await runway('transactions'))?.missing).toBe(1);
    expect(await ensure()).toBe(1);
    expect(await within(middle)).toBe('transactions');
    expect(await within(`${middle}_high_risk`)).toBe(middle);
    expect(await within(far)).toBe('transactions');
  });

  test('one leaf of a month, with its options and every index of its table', async () => {
    const month = monthName('transactions', 1);
    const leaf = `${month}_high_risk`;
    await t.sql.unsafe(`drop table ${leaf}`);
    expect(await missing()).toEqual([leaf]);
    const before = await runway('transactions');
    expect(new Date(before!.covered_until).toISOString().slice(0, 7)).toBe(month.slice(-7).replace('m', '-'));
    expect(await ensure()).toBe(1);
    const [made] = await t.sql`select c.reloptions as options, (select count(*)::int from pg_index i
        join pg_inherits h on h.inhrelid = i.indexrelid where i.indrelid = c.oid) as indexes,
      (select count(*)::int from pg_index i where i.indrelid = 'transactions'::regclass) as wanted
      from pg_class c where c.relname = ${leaf}`;
    expect(made?.options).toContain('toast_tuple_target=128');
    expect(made?.indexes).toBe(made?.wanted);
    expect(made?.indexes).toBeGreaterThan(5);
  });

  test('one hour of a day, and a day of the API', async () => {
    const hour = `${dayName('system_metrics', 1)}h07`;
    const day = dayName('api_usage', 2);
    await t.sql.unsafe(`drop table ${hour}, ${day}`);
    expect((await missing()).sort()).toEqual([day, hour].sort());
    expect(await ensure()).toBe(2);
    expect(await within(hour)).toBe(dayName('system_metrics', 1));
  });

  test('past months are made for tables of payments only', async () => {
    const from = new Date(Date.now() - 400 * 86_400_000).toISOString();
    await t.sql`select ensure_partitions(${from}::timestamptz)`;
    const rows =
      await t.sql`select distinct parent from v_partitions where from_at < now() - interval '6 months' order by 1`;
    expect(rows.map((row) => row.parent)).toEqual([
      'ml_features',
      'model_predictions',
      'rule_hits',
      'transactions',
    ]);
  });

  test('a month in the archive is not missing', async () => {
    await t.sql`select ensure_partitions(now() - interval '26 months')`;
    await t.sql`select archive_old_transactions()`;
    const name = monthName('transactions', -26);
    expect(await within(name)).toBe('transactions_archive');
    expect(await missing()).toEqual([]);
    const [row] = await t.sql`select archived, level from v_partitions where name = ${name}`;
    expect(row).toEqual({ archived: true, level: 1 });
  });
});

describe('what stands beside its table', () => {
  test('is not attached by itself, makes the job fail, and keeps no other from being made', async () => {
    const beside = monthName('ml_features', 2);
    const gone = monthName('rule_hits', 2);
    await t.sql.unsafe(`alter table ml_features detach partition ${beside}`);
    await t.sql.unsafe(`drop table ${gone}`);
    expect(await ensure()).toBe(1);
    expect(await within(gone)).toBe('rule_hits');
    await t.sql`select run_ensure_partitions()`;
    expect(await lastJob()).toMatchObject({ status: 'failed', error: expect.stringContaining(beside) });
    const [done] = await t.sql`select * from make_missing_partitions(null, null, true)`;
    expect(done).toEqual({ made: [beside], failed: [] });
    expect(await within(beside)).toBe('ml_features');
    await t.sql`select run_ensure_partitions()`;
    expect(await lastJob()).toMatchObject({ status: 'ok', rows: 0 });
  });

  test('that does not fit is said and not attached', async () => {
    const name = monthName('rule_hits', 3);
    await t.sql.unsafe(`drop table ${name}`);
    await t.sql.unsafe(`create table ${name} (id integer)`);
    const [done] = await t.sql`select * from make_missing_partitions(null, null, true)`;
    expect(done?.made).toEqual([]);
    expect(done?.failed[0]).toContain(name);
    await t.sql.unsafe(`drop table ${name}`);
  });
});

test('a table whose lock cannot be had is left for the next time; the others are made', async () => {
  const locked = monthName('transactions', 3);
  const free = monthName('rule_hits', 3);
  await t.sql.unsafe(`drop table ${locked}, ${free}`);
  const holder = await t.sql.reserve();
  await holder`begin`;
  await holder`lock table only transactions in share update exclusive mode`;
  const [done] = await t.sql`select * from make_missing_partitions(null, null, false)`;
  await holder`rollback`;
  holder.release();
  expect(done?.made).toEqual([free]);
  expect(done?.failed[0]).toContain('lock timeout');
  expect(await missing()).toEqual([locked]);
});

test('payments go on while a partition is made and attached', async () => {
  const name = monthName('transactions', 3);
  await t.sql.unsafe(`drop table ${name}`);
  const maker = await t.sql.reserve();
  await maker`begin`;
  await maker`select ensure_partitions()`;
  const payment = t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at,
      amount, currency, amount_base, fraud_score, risk_level, decision, decision_version)
    values ('while-making', 'u', 'm', now(), now(), 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'test')`;
  await payment;
  await maker`rollback`;
  maker.release();
  expect(await missing()).toEqual([name]);
});

test('v_partitions knows rows and bytes of leaves without waiting for a lock on one', async () => {
  const leaf = `${monthName('transactions', 0)}_low_risk`;
  await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at,
      amount, currency, amount_base, fraud_score, risk_level, decision, decision_version)
    select 'v-' || i, 'u', 'm', now(), now(), 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'test' from generate_series(1, 2000) i`;
  await t.sql.unsafe(`analyze ${leaf}`);
  const holder = await t.sql.reserve();
  await holder`begin`;
  await holder.unsafe(`lock table ${leaf} in access exclusive mode`);
  try {
    const [row] = await t.sql.begin(async (tx) => {
      await tx`set local lock_timeout = '50ms'`;
      return tx`select rows::int, bytes::int, held, list_values from v_partitions where name = ${leaf}`;
    });
    expect(row?.rows).toBeGreaterThanOrEqual(2000);
    expect(row?.bytes).toBeGreaterThan(200_000);
    expect(row).toMatchObject({ held: false, list_values: "'MINIMAL', 'LOW', 'MEDIUM'" });
  } finally {
    await holder`rollback`;
    holder.release();
  }
});
