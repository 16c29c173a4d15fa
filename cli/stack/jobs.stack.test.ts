import { afterAll, expect, inject, test } from 'vitest';
import { connect } from '@/db/client';
import { migrate } from '@/db/migrate';

const stack = inject('stack');
const sql = connect(stack.primary, { max: 2, name: 'test' });
afterAll(() => sql.end());

test('the server has all that it may have, and says so', async () => {
  // Standby and subscriber came after the first migration; every start looks again.
  await migrate(stack.primary, { passwordFile: stack.passwordFile, pooler: true });
  const rows = await sql`select capability, present from server_capabilities order by capability`;
  expect(rows.map(({ capability, present }) => [capability, present])).toEqual(
    [
      'btree_gin',
      'cube',
      'pg_cron',
      'pg_stat_statements',
      'pg_trgm',
      'pooler',
      'roles',
      'standby',
      'subscriber',
      'vector',
    ].map((name) => [name, true]),
  );
});

test('pg_cron refreshes the dashboard: its run, its row in job_runs and the age of the view say so', async () => {
  const [job] = await sql`select jobid, schedule from cron.job where jobname = 'refresh-fraud-dashboard'`;
  expect(job?.schedule).toBe('*/5 * * * *');
  const [{ now }] = (await sql`select clock_timestamp() as now`) as unknown as [{ now: Date }];
  await sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
    currency, amount_base, fraud_score, risk_level, decision, decision_version)
    values (${`dashboard-${process.pid}`}, 'u', 'm', ${now}, now(), 1, 'EUR', 1, 0.1, 'MINIMAL', 'ALLOW', 'v')`;
  const runs = () =>
    sql`select d.status, d.end_time from cron.job_run_details d
      where d.jobid = ${job!.jobid} and d.start_time > ${now} and d.status = 'succeeded'`;
  // Every minute instead of every five: the test waits for the next one.
  await sql`select cron.alter_job(${job!.jobid}, schedule := '* * * * *')`;
  try {
    await expect.poll(runs, { timeout: 90_000, interval: 1_000 }).not.toHaveLength(0);
  } finally {
    await sql`select cron.alter_job(${job!.jobid}, schedule := '*/5 * * * *')`;
  }
  const recorded = await sql`select status, started_by from job_runs
    where job_name = 'refresh-fraud-dashboard' and started_at > ${now} order by id`;
  expect(recorded[0]).toEqual({ status: 'ok', started_by: 'pg_cron' });
  const [view] = await sql`select max(refreshed_at) > ${now} as fresh from mv_fraud_dashboard_realtime`;
  expect(view).toEqual({ fresh: true });
}, 120_000);

test('the worker leaves what pg_cron runs to it', async () => {
  const worker = connect(stack.roles.worker!, { max: 1, name: 'test' });
  try {
    const names = (await worker`select job_name from server_jobs()`).map((row) => row.job_name);
    expect(names).toEqual(expect.arrayContaining(['refresh-fraud-dashboard', 'archive-old-transactions']));
  } finally {
    await worker.end();
  }
});
