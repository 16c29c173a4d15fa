import { spawn } from 'node:child_process';
import { beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { Job } from './schedule';
import { Scheduler, type SchedulerOptions } from './scheduler';

const t = await testDatabase();
const sql = connect(t.urls.worker!, { max: 8, name: 'worker-test' });
const maintainer = connect(t.urls.maintainer!, { max: 1, name: 'maintainer-test' });

let now = new Date();
const set = (time: string) => (now = new Date(`2026-03-01T${time}Z`));
const jobOf = (overrides: Partial<Job> = {}): Job => ({
  name: 'sample-health',
  cron: '*/5 * * * *',
  atStart: false,
  topics: ['jobs'],
  run: async () => ({ rows: 1 }),
  ...overrides,
});
const schedulerOf = (job: Job, options: Partial<SchedulerOptions> = {}) =>
  new Scheduler({ sql, jobs: [job], worker: 'w1', now: () => now, ...options });
const once = async (scheduler: Scheduler) => {
  await scheduler.tick();
  await scheduler.idle();
};
const runs = () => t.sql`select status, started_by, error_message as error, detail from job_runs order by id`;
const ask = (by = 'someone') => t.sql`select request_job_run('sample-health', ${by})`;

beforeEach(async () => {
  await t.sql`truncate job_slots, job_runs, job_pauses`;
  set('12:03:00');
});

describe('a run is on record while it goes on', () => {
  test('as running, with its start, and its end is written with what it did', async () => {
    let finish = () => {};
    const scheduler = schedulerOf(
      jobOf({ run: () => new Promise((resolve) => (finish = () => resolve({ rows: 3 }))) }),
    );
    set('12:05:00');
    await scheduler.tick();
    await expect.poll(runs).toMatchObject([{ status: 'running', started_by: 'worker' }]);
    await new Promise((resolve) => setTimeout(resolve, 60));
    finish();
    await scheduler.idle();
    const [run] = await t.sql`select status, affected_rows::int as rows,
      extract(epoch from ended_at - started_at)::float8 as took from job_runs`;
    expect(run).toMatchObject({ status: 'ok', rows: 3 });
    expect(run!.took).toBeGreaterThan(0.05);
  });

  test('a function of the database ends the row that its scheduler began, and writes no second one', async () => {
    const scheduler = schedulerOf(
      jobOf({
        name: 'daily-reports',
        run: async (tx) => {
          await tx`select run_job('daily-reports')`;
          return null;
        },
      }),
    );
    set('12:05:00');
    await once(scheduler);
    expect(await runs()).toMatchObject([
      { status: 'ok', started_by: 'worker', detail: { days: 0, 'days left': 0 } },
    ]);
  });

  test('one whose process was killed is called lost; one that is only slow is not', async () => {
    const child = spawn(
      process.execPath,
      [
        '--import',
        'tsx',
        '--input-type=module',
        '-e',
        `import { connect } from './db/client.ts';
         import { lockJob, takeSlot } from './domain/jobs/runs.ts';
         const sql = connect(process.env.URL, { max: 2, name: 'killed' });
         await takeSlot(sql, 'sample-health', new Date(), 'killed');
         await sql.begin(async (tx) => { await lockJob(tx, 'sample-health'); await tx\`select pg_sleep(600)\`; });`,
      ],
      { env: { ...process.env, URL: t.urls.worker }, stdio: 'ignore' },
    );
    const locked = async () =>
      (
        await t.sql`select 1 from pg_locks where locktype = 'advisory' and objsubid = 2
        and database = (select oid from pg_database where datname = current_database())`
      ).length;
    await expect.poll(locked, { timeout: 20_000 }).toBe(1);
    await t.sql`update job_runs set started_at = started_at - interval '1 minute'`;
    await once(schedulerOf(jobOf()));
    expect(await runs()).toMatchObject([{ status: 'running' }]);
    child.kill('SIGKILL');
    // The server notices that the client is gone when it next speaks to it; here that is forced.
    await t.sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'vigil-killed'`;
    await expect.poll(locked).toBe(0);
    await once(schedulerOf(jobOf()));
    expect(await runs()).toMatchObject([{ status: 'lost', error: 'its worker ended before the run did' }]);
  });
});

describe('moments without a run', () => {
  test('are counted when a worker comes back, in one row', async () => {
    await once(schedulerOf(jobOf({ atStart: true })));
    set('14:01:00');
    await once(schedulerOf(jobOf({ atStart: true })));
    expect(await runs()).toMatchObject([
      { status: 'ok' },
      { status: 'ok' },
      { status: 'missed', detail: { moments: 24 } },
    ]);
  });

  test('none is missed by a worker that starts again in time', async () => {
    await once(schedulerOf(jobOf({ atStart: true })));
    set('12:04:30');
    await once(schedulerOf(jobOf({ atStart: true })));
    set('12:05:00');
    await once(schedulerOf(jobOf({ atStart: true })));
    expect((await runs()).map((run) => run.status)).toEqual(['ok', 'ok', 'ok']);
  });

  test('a paused job does not run and misses nothing, and runs again when it is resumed', async () => {
    const scheduler = schedulerOf(jobOf());
    await t.sql`insert into job_pauses (job_name, paused_by, reason) values ('sample-health', 'someone', 'a reason')`;
    for (const time of ['12:05:00', '12:10:00', '12:35:00']) {
      set(time);
      await once(scheduler);
    }
    expect(await runs()).toEqual([]);
    await t.sql`delete from job_pauses`;
    set('12:40:00');
    await once(scheduler);
    expect((await runs()).map((run) => run.status)).toEqual(['ok']);
  });

  test('of a job that pg_cron has are found by its own record', async () => {
    await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
      language sql stable as $$ select 'sample-health', '*/5 * * * *', true $$;
      create or replace function server_run_count(p_job text, p_from timestamptz, p_to timestamptz) returns integer
      language sql stable as $$ select case when p_from < '2026-03-01T13:00Z' then 6 else 0 end $$`);
    const scheduler = schedulerOf(jobOf({ atStart: true }));
    await once(scheduler);
    set('12:32:10');
    await once(scheduler);
    expect(await runs()).toEqual([]);
    set('13:02:10');
    await once(scheduler);
    expect(await runs()).toEqual([]);
    set('13:32:10');
    await once(scheduler);
    await once(scheduler);
    expect(await runs()).toMatchObject([{ status: 'missed', detail: { moments: 6 } }]);
    await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
      language sql stable as $$ select null::text, null::text, null::boolean where false $$`);
  });
});

describe('a run that a person asks for', () => {
  test('begins at the next tick and says by whom', async () => {
    await ask();
    expect(await runs()).toMatchObject([{ status: 'waiting' }]);
    await once(schedulerOf(jobOf()));
    expect(await runs()).toMatchObject([{ status: 'ok', started_by: 'someone' }]);
  });

  test('is run once by two workers, also while the schedule is paused', async () => {
    await t.sql`insert into job_pauses (job_name, paused_by, reason) values ('sample-health', 'someone', 'a reason')`;
    await ask();
    await Promise.all([once(schedulerOf(jobOf())), once(schedulerOf(jobOf(), { worker: 'w2' }))]);
    expect(await runs()).toMatchObject([{ status: 'ok' }]);
  });

  test('of a job may wait once only', async () => {
    await ask();
    const [second] = await ask();
    expect(second?.request_job_run).toBeNull();
  });

  test('does not overlap with one under way', async () => {
    let finish = () => {};
    const slow = schedulerOf(
      jobOf({ run: () => new Promise((resolve) => (finish = () => resolve({ rows: 1 }))) }),
    );
    set('12:05:00');
    await slow.tick();
    await expect.poll(runs).toMatchObject([{ status: 'running' }]);
    await ask();
    await slow.tick();
    expect(await runs()).toMatchObject([{ status: 'running' }, { status: 'skipped', started_by: 'someone' }]);
    finish();
    await slow.idle();
  });

  test('that nobody took in time is not run later', async () => {
    await ask();
    await t.sql`update job_runs set started_at = started_at - interval '11 minutes'`;
    await once(schedulerOf(jobOf()));
    expect(await runs()).toMatchObject([{ status: 'missed', error: 'no worker took it within ten minutes' }]);
  });
});

test('a run that a person cancels ends at once, with what it did undone', async () => {
  const scheduler = schedulerOf(
    jobOf({
      run: async (tx) => {
        await tx`insert into system_metrics (metric_name, metric_value) values ('test.cancelled', 1)`;
        await tx`select pg_sleep(60)`;
        return { rows: 1 };
      },
    }),
    { maintainer },
  );
  set('12:05:00');
  await scheduler.tick();
  await expect.poll(runs).toMatchObject([{ status: 'running' }]);
  await t.sql`select request_job_cancel(id, 'someone') from job_runs`;
  const asked = Date.now();
  await scheduler.tick();
  await scheduler.idle();
  expect(Date.now() - asked).toBeLessThan(5_000);
  expect(await runs()).toMatchObject([
    { status: 'failed', error: expect.stringContaining('canceling statement due to user request') },
  ]);
  expect(await t.sql`select 1 from system_metrics where metric_name = 'test.cancelled'`).toHaveLength(0);
});
