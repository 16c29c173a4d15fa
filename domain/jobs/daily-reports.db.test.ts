import { beforeAll, describe, expect, test } from 'vitest';
import { connect, database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { type DecideDeps, decide } from '@/domain/transactions/decide';
import { type DecisionRules, loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { generatePayment, type PaymentWorld, seededRandom } from '@/domain/transactions/generated-payments';

const t = await testDatabase();
const worker = connect(t.urls.worker!, { max: 6, name: 'worker-test' });
let rules: DecisionRules;
const deps = (): DecideDeps => ({ sql: databaseSql(), rules: () => rules, queue: new EntityQueue() });
const world: PaymentWorld = { prefix: '', users: 40, merchants: 6, devices: 20, addresses: 20, network: 1 };
const random = seededRandom(11);
const dayMs = 86_400_000;
let made = 0;

/** Payments of some days ago, decided by the code that decides those of now. */
const pay = async (daysAgo: number, count: number): Promise<string[]> => {
  const block = Array.from({ length: count }, () => {
    made += 1;
    const at = new Date(Date.now() - daysAgo * dayMs - random() * 3_600_000);
    return generatePayment(world, `p${made}`, at, random);
  });
  await decide(
    block.map((payment) => ({ payment })),
    deps(),
  );
  return block.map((payment) => payment.transaction_id);
};
const label = (ids: string[], isFraud: boolean | null) =>
  worker`select count(*) from label_transactions(${JSON.stringify(
    ids.map((transaction_id) => ({ transaction_id, is_fraud: isFraud })),
  )}::text::jsonb, 'test')`;
const run = async () => {
  await worker`select run_job('daily-reports')`;
  const [row] = await t.sql`select status, error_message, affected_rows::int as rows, detail from job_runs
    where job_name = 'daily-reports' and status <> 'skipped' order by id desc limit 1`;
  expect(row).toMatchObject({ status: 'ok', error_message: null });
  return row!.detail as { days: number };
};

/** Everything from the payments themselves, by the definitions of the plan. */
const bruteForce = async () => ({
  days: await t.sql`
    select (transaction_timestamp at time zone 'UTC')::date::text as date, count(*)::int as total_transactions,
      sum(amount_base) as total_amount, (count(*) filter (where is_fraud))::int as fraud_transactions,
      coalesce(sum(amount_base) filter (where is_fraud), 0)::numeric(15,2) as fraud_amount, round(avg(fraud_score), 4) as avg_fraud_score,
      count(distinct user_id)::int as unique_users, count(distinct merchant_id)::int as unique_merchants,
      round(avg(latency_ms::numeric))::int as processing_time_avg_ms
    from transactions_all group by 1 order by 1`,
  merchants: await t.sql`
    with x as (select *, (transaction_timestamp at time zone 'UTC')::date as day from transactions_all),
    d as (select merchant_id, day, count(*)::int as n, sum(amount_base) as amount, (count(*) filter (where is_fraud))::int as frauds
      from x group by 1, 2)
    select d.merchant_id, d.day::text as date, d.n as transaction_count, d.amount as transaction_amount, d.frauds as fraud_count,
      round(d.frauds::numeric / d.n, 4) as fraud_rate, round(d.amount / d.n, 2) as avg_transaction_amount,
      round((select avg(fraud_score) from x where x.merchant_id = d.merchant_id and x.day > d.day - 7 and x.day <= d.day)
        - (select avg(fraud_score) from x where x.merchant_id = d.merchant_id and x.day > d.day - 14 and x.day <= d.day - 7), 4) as risk_score_trend
    from d order by 1, 2`,
  rules: await t.sql`
    select (x.transaction_timestamp at time zone 'UTC')::date::text as date, h.rule_version_id, h.rule_id, count(*)::int as hit_count,
      (count(*) filter (where is_fraud))::int as fraud_count, (count(*) filter (where not is_fraud))::int as genuine_count,
      coalesce(sum(amount_base) filter (where is_fraud and x.decision <> 'ALLOW'), 0)::numeric(15,2) as caught_amount,
      coalesce(sum(amount_base) filter (where not is_fraud and x.decision <> 'ALLOW'), 0)::numeric(15,2) as stopped_amount
    from transactions_all x join rule_hits h using (transaction_id, transaction_timestamp) group by 1, 2, 3 order by 1, 2`,
});
const stored = async () => ({
  days: await t.sql`select date::text, total_transactions, total_amount, fraud_transactions, fraud_amount, avg_fraud_score,
      unique_users, unique_merchants, processing_time_avg_ms from daily_metrics order by date`,
  merchants:
    await t.sql`select merchant_id, date::text, transaction_count, transaction_amount, fraud_count, fraud_rate,
      avg_transaction_amount, risk_score_trend from merchant_analytics order by merchant_id, date`,
  rules:
    await t.sql`select date::text, rule_version_id, rule_id, hit_count, fraud_count, genuine_count, caught_amount,
      stopped_amount from rule_analytics order by date, rule_version_id`,
});
const expectEqual = async () => {
  const [kept, computed] = [await stored(), await bruteForce()];
  expect(kept.days).toEqual(computed.days);
  expect(kept.merchants).toEqual(computed.merchants);
  expect(kept.rules).toEqual(computed.rules);
};

beforeAll(async () => {
  await seedRules(database());
  // Two that fire often: one stops what it hits, the other lets it through.
  await t.sql`update rule_versions set conditions = '{"op":"gte","field":"payment.amount","value":20}' where rule_id = 1`;
  await t.sql`update rule_versions set conditions = '{"op":"lt","field":"payment.amount","value":20}',
    actions = '{"points":0.01}' where rule_id = 2`;
  t.connectAs('ingest');
  rules = await loadDecisionRules(databaseSql());
  await t.sql`select ensure_partitions(now() - interval '27 months', now())`;
});

describe('daily_metrics, merchant_analytics and rule_analytics', () => {
  test('hold every day as its payments say, with a trend over two weeks', async () => {
    for (let daysAgo = 20; daysAgo >= 0; daysAgo -= 1) await pay(daysAgo, 12);
    expect((await run()).days).toBe(21);
    await expectEqual();
    const { merchants, rules: ofRules } = await stored();
    expect(ofRules.length).toBeGreaterThan(40);
    expect(merchants.filter((row) => row.risk_score_trend !== null).length).toBeGreaterThan(20);
    expect(merchants.filter((row) => row.risk_score_trend === null).length).toBeGreaterThan(5);
  });

  test('a run after which nothing happened looks at no day and changes no row', async () => {
    const before = await t.sql`select xmin::text, ctid::text from merchant_analytics order by id`;
    expect((await run()).days).toBe(0);
    expect(await t.sql`select xmin::text, ctid::text from merchant_analytics order by id`).toEqual(before);
  });

  test('a late payment, a label, its correction and its withdrawal each change their day', async () => {
    const [late] = await pay(15, 1);
    expect((await run()).days).toBe(1);
    await expectEqual();
    const frauds = async () =>
      (await stored()).days.reduce((sum, day) => sum + Number(day.fraud_transactions), 0);
    for (const [isFraud, expected] of [
      [true, 1],
      [false, 0],
      [true, 1],
      [null, 0],
    ] as const) {
      await label([late!], isFraud);
      expect((await run()).days).toBe(1);
      expect(await frauds()).toBe(expected);
      await expectEqual();
    }
  });

  test('a day that is not touched is not read: no partition of another month is scanned', async () => {
    await pay(0, 3);
    const touch = () =>
      t.sql`insert into touched_days values ((now() at time zone 'UTC' - interval '20 minutes')::date)`;
    const one = connect(t.urls.worker!, { max: 1, name: 'scans-test' });
    // In one transaction, into which no counts of other sessions come; what its own has counted before is taken off.
    const scans = await one.begin(async (tx) => {
      const count = () =>
        tx`select relname, sum(seq_scan + coalesce(idx_scan, 0))::int as scans,
          relname ~ to_char(now() at time zone 'UTC' - interval '20 minutes', '"^transactions_y"YYYY"m"MM') as touched
          from pg_stat_xact_user_tables where relname ~ '^transactions_y' group by 1 order by 1`;
      const before = await count();
      // The plans of a sixth call are generic ones.
      for (let i = 0; i < 8; i += 1) {
        await touch();
        await tx`select run_job('daily-reports')`;
      }
      const after = await count();
      return after.map((leaf, at) => ({ ...leaf, scans: leaf.scans - before[at]!.scans }) as typeof leaf);
    });
    await one.end();
    expect(scans.length).toBeGreaterThan(40);
    expect(scans.filter((leaf) => leaf.touched && leaf.scans > 0)).not.toEqual([]);
    expect(scans.filter((leaf) => !leaf.touched && leaf.scans > 0)).toEqual([]);
    await run();
    await expectEqual();
  });

  test('nothing is lost to writers of the same moment, whenever a run falls between them', async () => {
    let writing = true;
    const writers = Array.from({ length: 4 }, async (_, writer) => {
      for (let i = 0; i < 25; i += 1) {
        const ids = await pay((i * 7 + writer * 3) % 25, 1 + (i % 3));
        await label(ids.slice(0, 1), i % 2 === 0);
        if (i % 5 === 0) await label(ids.slice(0, 1), i % 3 === 0 ? null : i % 2 === 1);
      }
    });
    let runs = 0;
    const jobs = Array.from({ length: 2 }, async () => {
      while (writing) {
        await worker`select run_job('daily-reports')`;
        await worker`select run_job('delete-expired-rows')`;
        runs += 1;
      }
    });
    await Promise.all(writers);
    writing = false;
    await Promise.all(jobs);
    expect(runs).toBeGreaterThan(4);
    await run();
    await expectEqual();
    const bad = await t.sql`select error_message from job_runs where status = 'failed'`;
    expect(bad).toEqual([]);
  });

  test('a transaction that is still open when a run falls into it is counted by the next', async () => {
    const [id] = await pay(3, 1);
    await run();
    const slow = connect(t.urls.worker!, { max: 1, name: 'slow-test' });
    await slow.begin(async (tx) => {
      await tx`select count(*) from label_transactions(${JSON.stringify([
        { transaction_id: id, is_fraud: true },
      ])}::text::jsonb, 'test')`;
      await run();
    });
    await slow.end();
    expect((await run()).days).toBe(1);
    await expectEqual();
  });

  test('an archived month keeps its figures, and has the new ones when it is brought back and labelled', async () => {
    const ids = await pay(26 * 30, 6);
    await run();
    for (let i = 0; i < 30; i += 1) await worker`select archive_old_transactions()`;
    const [where] =
      await t.sql`select archived, date_trunc('month', transaction_timestamp)::date::text as month from transactions_all where transaction_id = ${ids[0]!}`;
    expect(where?.archived).toBe(true);
    await t.sql`insert into touched_days select distinct (transaction_timestamp at time zone 'UTC')::date from transactions_archive`;
    await run();
    await expectEqual();
    await t.sql`select bring_back_transactions(${where!.month}, 'a late chargeback', 'someone')`;
    await label(ids.slice(0, 2), true);
    await run();
    await expectEqual();
  });

  test('the touched days are kept short while nobody computes them', async () => {
    await t.sql`insert into touched_days select '2026-01-05'::date + i % 3 from generate_series(1, 60000) i`;
    await worker`select run_job('delete-expired-rows')`;
    const rows = await t.sql`select day::text from touched_days order by 1`;
    expect(rows.map((row) => row.day)).toEqual(['2026-01-05', '2026-01-06', '2026-01-07']);
    await run();
    await expectEqual();
  });
});
