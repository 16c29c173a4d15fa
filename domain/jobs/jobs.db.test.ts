import { beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { Actor } from '@/domain/actor';
import { jobs } from '@/worker/schedule';
import { Scheduler } from '@/worker/scheduler';
import { catalogue } from './catalogue';
import { cancelRun, pauseJob, resumeJob, runJob } from './commands';
import { dashboardFreshness, jobDurations, listJobRuns, listJobs } from './queries';

const t = await testDatabase({ role: 'web' });
const [person] = await t.sql<{ id: string }[]>`insert into console_users (email, name, role, created_by)
  values ('op@example.org', 'Oskar Operator', 'db_operator', 'test') returning id`;
const operator: Actor = {
  kind: 'user',
  userId: person!.id,
  email: 'op@example.org',
  name: 'Oskar Operator',
  role: 'db_operator',
  sessionId: 's'.repeat(64),
  ip: '10.0.0.1',
  userAgent: 'test',
  requestId: 'req_test',
};
const worker = connect(t.urls.worker!, { max: 4, name: 'worker-test' });
const scheduler = () =>
  new Scheduler({ sql: worker, jobs: jobs.map((job) => ({ ...job, atStart: false })), worker: 'w1' });
const audit = async () =>
  (
    await t.sql`select action, resource_type, resource_id, old_values, new_values, reason, user_id from audit_trail order by id desc limit 1`
  )[0];
const rowOf = async (name: string) => (await listJobs(operator, {})).find((row) => row.name === name)!;
/** Runs of a job so many minutes ago, each taking so many milliseconds. */
const ran = (job: string, runs: [minutes: number, status: string, ms: number, extra?: object][]) =>
  Promise.all(
    runs.map(
      ([minutes, status, ms, extra]) => t.sql`
      insert into job_runs (job_name, started_at, ended_at, status, error_message, started_by, detail)
      select ${job}, s, s + make_interval(secs => ${ms / 1000}::float8), ${status}, ${status === 'failed' ? 'no luck' : null}, 'worker',
        ${extra ? JSON.stringify(extra) : null}::text::jsonb
      from (select now() - make_interval(mins => ${minutes}) as s) x`,
    ),
  );
const failure = async (result: Promise<unknown>) => {
  const { ok, error } = (await result) as { ok: boolean; error?: { code: string; detail?: string } };
  return ok ? 'done' : `${error?.code} ${error?.detail}`;
};

beforeEach(async () => {
  await t.sql`truncate job_runs, job_slots, job_pauses`;
});

describe('the list of jobs', () => {
  test('has every job of the catalogue, with its next moment', async () => {
    const rows = await listJobs(operator, {});
    expect(rows.map((row) => row.name)).toEqual(Object.keys(catalogue).sort());
    for (const row of rows) {
      expect(row).toMatchObject({ runBy: 'worker', ours: true, paused: null, status: null, run: null });
      expect(new Date(row.nextAt!).getTime() - Date.now()).toBeLessThan(3_600_000);
    }
  });

  test('counts seven days: successes, failures with lost ones, skipped, missed moments, half and 95 %', async () => {
    await ran('daily-reports', [
      [10, 'ok', 100],
      [25, 'ok', 200],
      [40, 'ok', 300],
      [400, 'failed', 9_000],
      [500, 'lost', 60_000],
      [55, 'skipped', 0],
      [70, 'missed', 60_000, { moments: 4 }],
      [8 * 1440, 'failed', 1],
    ]);
    const row = await rowOf('daily-reports');
    expect(row).toMatchObject({
      status: 'ok',
      durationMs: 100,
      runs24h: 6,
      failed24h: 2,
      lastError: 'no luck',
      week: { ok: 3, failed: 2, skipped: 1, missed: 4, p50Ms: 200, p95Ms: 290 },
    });
    expect(row.week.spark).toHaveLength(28);
    expect(row.week.spark.at(-1)).toBeCloseTo(200, 3);
    expect(row.week.spark[0]).toBeNull();
  });

  test('reads runs that only pg_cron has on record, and its paused jobs, and jobs of others', async () => {
    await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
      language sql stable as $$ values ('daily-reports', '*/15 * * * *', true), ('roll-up-metrics', '7 * * * *', false), ('theirs', '30 seconds', true) $$;
      create or replace function server_runs(p_since timestamptz) returns table (id bigint, job_name text, started_at timestamptz,
        ended_at timestamptz, status text, error_message text)
      language sql stable as $$ values (-7::bigint, 'daily-reports', now() - interval '1 minute', now(), 'failed', 'permission denied') $$`);
    try {
      await ran('daily-reports', [[20, 'ok', 100]]);
      expect(await rowOf('daily-reports')).toMatchObject({
        runBy: 'pg_cron',
        status: 'failed',
        run: '-7',
        lastError: 'permission denied',
      });
      expect(await rowOf('roll-up-metrics')).toMatchObject({
        paused: { by: null, reason: null },
        nextAt: null,
      });
      expect(await rowOf('theirs')).toMatchObject({ ours: false, schedule: '30 seconds', nextAt: null });
      const { rows } = await listJobRuns(operator, { job: 'daily-reports' });
      expect(rows).toMatchObject([
        { id: '-7', status: 'failed', startedBy: 'pg_cron', error: 'permission denied' },
        { status: 'ok' },
      ]);
      expect((await resumeJob(operator, { job: 'roll-up-metrics', reason: 'a reason' })).ok).toBe(true);
    } finally {
      await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
        language sql stable as $$ select null::text, null::text, null::boolean where false $$;
        create or replace function server_runs(p_since timestamptz) returns table (id bigint, job_name text, started_at timestamptz,
          ended_at timestamptz, status text, error_message text)
        language sql stable as $$ select null::bigint, null::text, null::timestamptz, null::timestamptz, null::text, null::text where false $$`);
    }
  });

  test('runs are paged and filtered', async () => {
    await ran(
      'daily-reports',
      Array.from({ length: 25 }, (_, i) => [i + 1, i % 5 === 0 ? 'failed' : 'ok', 10]),
    );
    const first = await listJobRuns(operator, { job: 'daily-reports' });
    const second = await listJobRuns(operator, { job: 'daily-reports', cursor: first.next! });
    expect([first.rows.length, second.rows.length, second.next]).toEqual([20, 5, null]);
    expect(new Set([...first.rows, ...second.rows].map((row) => row.id)).size).toBe(25);
    const failed = await listJobRuns(operator, { job: 'daily-reports', status: 'failed', limit: 5 });
    expect(failed.rows.map((row) => row.status)).toEqual(Array(5).fill('failed'));
    expect(failed.next).toBeNull();
    await expect(listJobRuns(operator, { job: 'daily-reports', cursor: 'x' })).rejects.toMatchObject({
      failure: { code: 'invalid', field: 'cursor' },
    });
  });

  test('durations over seven days are means of what went well', async () => {
    await ran('daily-reports', [
      [3 * 1440, 'ok', 100],
      [3 * 1440, 'ok', 300],
      [3 * 1440, 'failed', 5_000],
    ]);
    const { points } = await jobDurations(operator, { job: 'daily-reports' });
    expect(points).toHaveLength(84);
    expect(points.filter((point) => point.meanMs !== null)).toMatchObject([
      { meanMs: expect.closeTo(200, 3), longestMs: expect.closeTo(300, 3), failed: 1 },
    ]);
  });

  test('the age of the dashboard’s view is that of its rows', async () => {
    await t.sql`select refresh_fraud_dashboard()`;
    expect(await dashboardFreshness(operator, {})).toMatchObject({
      refreshedAt: null,
      hours: 0,
      last: { status: 'ok' },
    });
  });
});

describe('a person', () => {
  test('runs a job now: it waits, a worker takes it, and the run says by whom', async () => {
    const asked = await runJob(operator, { job: 'roll-up-metrics' });
    if (!asked.ok) throw new Error(JSON.stringify(asked.error));
    expect(await audit()).toMatchObject({
      action: 'job:run',
      resource_type: 'job',
      resource_id: 'roll-up-metrics',
      user_id: person!.id,
    });
    expect(await rowOf('roll-up-metrics')).toMatchObject({ status: 'waiting', run: asked.value.run });
    expect(await failure(runJob(operator, { job: 'roll-up-metrics' }))).toBe('conflict job.waiting');
    const one = scheduler();
    await one.tick();
    await one.idle();
    const { rows } = await listJobRuns(operator, { job: 'roll-up-metrics' });
    expect(rows).toMatchObject([
      { id: asked.value.run, status: 'ok', startedBy: 'Oskar Operator', byPerson: true },
    ]);
  });

  test('pauses and resumes a job, with a reason', async () => {
    expect((await pauseJob(operator, { job: 'daily-reports', reason: 'a long import' })).ok).toBe(true);
    expect(await audit()).toMatchObject({
      action: 'job:pause',
      resource_id: 'daily-reports',
      old_values: { paused: false },
      new_values: { paused: true },
      reason: 'a long import',
    });
    expect(await rowOf('daily-reports')).toMatchObject({
      nextAt: null,
      paused: { by: 'Oskar Operator', reason: 'a long import' },
    });
    expect(await failure(pauseJob(operator, { job: 'daily-reports', reason: 'again' }))).toBe(
      'conflict job.paused',
    );
    expect((await resumeJob(operator, { job: 'daily-reports', reason: 'imported' })).ok).toBe(true);
    expect(await audit()).toMatchObject({ action: 'job:resume', new_values: { paused: false } });
    expect((await rowOf('daily-reports')).paused).toBeNull();
    expect(await failure(resumeJob(operator, { job: 'daily-reports', reason: 'again' }))).toBe(
      'conflict job.not_paused',
    );
  });

  test('cancels a run that is under way, and no other', async () => {
    const [run] = await t.sql`insert into job_runs (job_name, started_at, status, started_by)
      values ('daily-reports', now(), 'running', 'worker') returning id::int`;
    expect((await cancelRun(operator, { run: run!.id })).ok).toBe(true);
    expect(await audit()).toMatchObject({ action: 'job:cancel', resource_id: 'daily-reports' });
    const { rows } = await listJobRuns(operator, { job: 'daily-reports' });
    expect(rows[0]).toMatchObject({ cancelledBy: 'Oskar Operator' });
    await t.sql`update job_runs set status = 'ok', ended_at = now()`;
    expect(await failure(cancelRun(operator, { run: run!.id }))).toBe('conflict job.not_running');
  });

  test.each([
    [{ job: 'nobody', reason: 'a reason' }, 'job'],
    [{ job: 'daily-reports', reason: 'x' }, 'reason'],
    [{ job: 'daily-reports', reason: ' '.repeat(9) }, 'reason'],
    [{ job: 'daily-reports' }, 'reason'],
    [{ job: ['daily-reports'], reason: 'a reason' }, 'job'],
    [{ job: 'daily-reports\u0000', reason: 'a reason' }, 'job'],
  ])('is told which field is wrong: %j', async (input, field) => {
    const result = await pauseJob(operator, input as never);
    expect(result).toMatchObject({ ok: false, error: { code: 'invalid', field } });
  });
});

test('the list stays quick when job_runs is long: no run older than seven days is read', async () => {
  await t.sql`insert into job_runs (job_name, started_at, ended_at, status, started_by)
    select n, s, s + interval '20 milliseconds', 'ok', 'worker'
    from unnest(${Object.keys(catalogue)}::text[]) n, generate_series(1, 9000) i, lateral (select now() - make_interval(mins => i * 5) as s) x`;
  await t.sql`analyze job_runs`;
  const [plan] =
    await t.sql`explain (format json) select job_name, status, ended_at from job_runs where started_at > now() - interval '7 days'`;
  expect(JSON.stringify(plan)).not.toContain('Seq Scan');
  expect((await listJobs(operator, {})).every((row) => row.week.ok > 2000)).toBe(true);
});
