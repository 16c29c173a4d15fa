import { describe, expect, test } from 'vitest';
import { testDatabase } from '@/db/testing';

const t = await testDatabase({ role: 'worker' });

const addPayment = (id: string, at: string, score: number, risk: string, amount = 10) =>
  t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
      amount_base, fraud_score, risk_level, decision, decision_version)
    values (${id}, 'u', 'm', ${at}::timestamptz, now(), ${amount}, 'EUR', ${amount}, ${score}, ${risk},
      ${score >= 0.85 ? 'BLOCK' : 'ALLOW'}, 'test')`;

describe('ensure_partitions', () => {
  test('makes the runway and any past month asked for, named as in the plan', async () => {
    await t.sql`select ensure_partitions('2024-01-15', '2024-02-03')`;
    const names = (
      await t.sql`select relname from pg_class where relname like 'transactions\\_y2024%' and relkind in ('r','p') order by 1`
    ).map((row) => row.relname);
    expect(names).toContain('transactions_y2024m01_high_risk');
    expect(names).toContain('transactions_y2024m02_low_risk');
    const [again] = await t.sql`select ensure_partitions('2024-01-15', '2024-02-03') as made`;
    expect(again?.made).toBe(0);
    const day = new Date().toISOString().slice(0, 10);
    const hour = `system_metrics_y${day.slice(0, 4)}m${day.slice(5, 7)}d${day.slice(8)}h00`;
    expect(await t.sql`select 1 from pg_class where relname = ${hour}`).toHaveLength(1);
    const [leaf] =
      await t.sql`select reloptions from pg_class where relname = 'transactions_y2024m01_high_risk'`;
    expect(leaf?.reloptions).toContain('toast_tuple_target=128');
  });

  test('refuses a range out of all bounds', async () => {
    await expect(t.sql`select ensure_partitions('0001-01-01')`).rejects.toMatchObject({ code: '22023' });
  });

  test('payments go to the leaf of their month and risk', async () => {
    await addPayment('p-high', '2024-01-31T23:59:59Z', 0.9, 'CRITICAL');
    await addPayment('p-low', '2024-02-01T00:00:00Z', 0.1, 'MINIMAL');
    const rows =
      await t.sql`select transaction_id, tableoid::regclass::text as leaf from transactions order by 1`;
    expect(rows.map((row) => row.leaf)).toEqual([
      'transactions_y2024m01_high_risk',
      'transactions_y2024m02_low_risk',
    ]);
  });

  test.each([
    ['NaN', 'NaN'],
    ['negative', -1],
  ])('the table refuses an amount that is %s', async (_, amount) => {
    await expect(
      addPayment('bad', '2024-01-05T00:00:00Z', 0, 'MINIMAL', amount as number),
    ).rejects.toMatchObject({ code: '23514' });
  });
});

describe('archive', () => {
  test('moves one month a call, keeps holds, brings back, and transactions_all sees every row always', async () => {
    const all = async () => Number((await t.sql`select count(*) from transactions_all`)[0]?.count);
    const live = async () => Number((await t.sql`select count(*) from transactions`)[0]?.count);
    expect([await all(), await live()]).toEqual([2, 2]);
    await t.sql`insert into partition_holds (month, reason, held_by) values ('2024-01-01', 'investigation', 'test')`;
    await t.sql`select archive_old_transactions()`;
    expect([await all(), await live()]).toEqual([2, 1]);
    const [held] = await t.sql`select archived from transactions_all where transaction_id = 'p-high'`;
    expect(held?.archived).toBe(false);
    await t.sql`delete from partition_holds`;
    await t.sql`select archive_old_transactions()`;
    expect([await all(), await live()]).toEqual([2, 0]);
    await t.sql`select bring_back_transactions('2024-02-01', 'late label', 'test')`;
    expect([await all(), await live()]).toEqual([2, 1]);
    await t.sql`select archive_old_transactions()`;
    expect(await live()).toBe(1);
    const runs =
      await t.sql`select status, detail from job_runs where job_name = 'archive-old-transactions' order by id`;
    expect(runs.map((run) => [run.status, run.detail?.partition])).toEqual([
      ['ok', 'transactions_y2024m02'],
      ['ok', 'transactions_y2024m01'],
      ['ok', 'transactions_y2024m03'],
    ]);
  });

  test('gives way to a reader instead of making payments wait', async () => {
    await t.sql`delete from partition_holds`;
    const reader = await t.sql.reserve();
    await reader`begin`;
    await reader`select count(*) from transactions`;
    await t.sql`select archive_old_transactions()`;
    const [run] =
      await t.sql`select status, extract(epoch from ended_at - started_at)::float as seconds from job_runs
      where job_name = 'archive-old-transactions' order by id desc limit 1`;
    await reader`rollback`;
    reader.release();
    expect(run?.status).toBe('skipped');
    expect(run?.seconds).toBeLessThan(1);
  });
});

describe('dashboard', () => {
  test('refreshes beside its readers and keeps the run, also a failed one', async () => {
    await addPayment('now-1', new Date().toISOString(), 0.9, 'CRITICAL', 25);
    await t.sql`select refresh_fraud_dashboard()`;
    const [hour] = await t.sql`select * from mv_fraud_dashboard_realtime`;
    expect(hour).toMatchObject({
      total_transactions: '1',
      blocked_count: '1',
      total_amount: '25.00',
      unique_users: '1',
    });
    await t.sql`drop index mv_fraud_dashboard_realtime_hour_key`;
    await t.sql`select refresh_fraud_dashboard()`;
    const [failed] = await t.sql`select status, error_message from job_runs
      where job_name = 'refresh-fraud-dashboard' order by id desc limit 1`;
    expect(failed?.status).toBe('failed');
    expect(failed?.error_message).toContain('concurrently');
  });
});

describe('nearest_transactions', () => {
  test('orders by cosine similarity through the index and keeps to the 30 days before', async () => {
    const unit = (angle: number) => [Math.cos(angle), Math.sin(angle), ...Array(14).fill(0)];
    const at = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    const add = (id: string, angle: number, days: number) =>
      t.sql`insert into ml_features (transaction_id, transaction_timestamp, transaction_embedding)
        values (${id}, ${at(days)}, ${unit(angle)}::real[])`;
    const now = at(0);
    await t.sql`insert into ml_features (transaction_id, transaction_timestamp, transaction_embedding)
      values ('self', ${now}, ${unit(0)}::real[])`;
    await add('near', 0.1, 1);
    await add('far', 1.5, 2);
    await add('old', 0.05, 40);
    const rows = await t.sql`select * from nearest_transactions('self', ${now}, 5)`;
    expect(rows.map((row) => row.transaction_id)).toEqual(['near', 'far']);
    expect(rows[0]?.similarity).toBeCloseTo(Math.cos(0.1), 5);
  });
});

test('v_slow_queries and v_database_health answer to the roles of the product', async () => {
  const health = await t.sql`select metric from v_database_health`;
  expect(health.map((row) => row.metric)).toEqual(expect.arrayContaining(['connections', 'cache_hit_ratio']));
  const columns = (await t.sql`select * from v_slow_queries limit 0`).columns.map((column) => column.name);
  expect(columns.slice(0, 5)).toEqual(['query', 'calls', 'total_time', 'mean_time', 'rows']);
});
