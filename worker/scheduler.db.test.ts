import { beforeEach, describe, expect, test } from 'vitest';
import { connect } from '@/db/client';
import { testDatabase } from '@/db/testing';
import type { Job } from './schedule';
import { jobs } from './schedule';
import { Scheduler } from './scheduler';

const t = await testDatabase();
const sql = connect(t.urls.worker!, { max: 8, name: 'worker-test' });

const at = (time: string) => new Date(`2026-03-01T${time}Z`);
const clock = (time: string) => {
  let now = at(time);
  return { now: () => now, set: (next: string) => (now = at(next)) };
};
const counting = (name: string, overrides: Partial<Job> = {}) => {
  const runs: Date[] = [];
  const job: Job = {
    name,
    cron: '*/5 * * * *',
    atStart: false,
    topics: ['jobs'],
    run: async (_tx, now) => {
      runs.push(now);
      return { rows: 7 };
    },
    ...overrides,
  };
  return { job, runs };
};
const rowsOf = (name: string) =>
  t.sql`select status, affected_rows::int as rows, error_message as error, started_by, ended_at >= started_at as in_order
    from job_runs where job_name = ${name} order by id`;
const once = async (scheduler: Scheduler) => {
  await scheduler.tick();
  await scheduler.idle();
};

beforeEach(async () => {
  await t.sql`delete from job_slots`;
  await t.sql`delete from job_runs`;
});

describe('when jobs run', () => {
  test('at their moments, not before and not twice', async () => {
    const time = clock('12:03:10');
    const { job, runs } = counting('a');
    const scheduler = new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now });
    await once(scheduler);
    expect(runs).toHaveLength(0);
    time.set('12:04:59.999');
    await once(scheduler);
    expect(runs).toHaveLength(0);
    time.set('12:05:00');
    await once(scheduler);
    time.set('12:05:30');
    await once(scheduler);
    expect(runs).toHaveLength(1);
    expect(await rowsOf('a')).toEqual([
      { status: 'ok', rows: 7, error: null, started_by: 'worker', in_order: true },
    ]);
  });

  test('once at the start, and then by the schedule', async () => {
    const time = clock('12:03:10');
    const { job, runs } = counting('a', { atStart: true });
    const scheduler = new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now });
    await once(scheduler);
    await once(scheduler);
    expect(runs).toHaveLength(1);
    time.set('12:05:01');
    await once(scheduler);
    expect(runs).toHaveLength(2);
  });

  test('a start on a planned moment runs it once', async () => {
    const time = clock('12:05:00');
    const { job, runs } = counting('a', { atStart: true });
    const scheduler = new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now });
    await once(scheduler);
    await once(scheduler);
    expect(runs).toHaveLength(1);
  });

  test('moments missed during a pause do not pile up', async () => {
    const time = clock('12:03:10');
    const { job, runs } = counting('a');
    const scheduler = new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now });
    await once(scheduler);
    time.set('18:31:00');
    await once(scheduler);
    await once(scheduler);
    expect(runs).toHaveLength(1);
    const [slot] = await t.sql`select slot from job_slots where job_name = 'a'`;
    expect(slot?.slot).toEqual(at('18:30:00'));
    time.set('19:30:00');
    await once(scheduler);
    expect(runs).toHaveLength(2);
    const [missed] = await t.sql`select started_at, ended_at, detail from job_runs where status = 'missed'`;
    expect(missed).toEqual({
      started_at: at('18:35:00'),
      ended_at: at('19:25:00'),
      detail: { moments: 11 },
    });
  });

  test('a moment that comes while the job is still running is skipped and said so', async () => {
    const time = clock('12:04:00');
    let finish = () => {};
    const { job } = counting('a', {
      run: () => new Promise((resolve) => (finish = () => resolve({ rows: 1 }))),
    });
    const scheduler = new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now });
    time.set('12:05:00');
    await scheduler.tick();
    time.set('12:10:00');
    await scheduler.tick();
    await expect
      .poll(() => rowsOf('a'))
      .toMatchObject([
        { status: 'running', in_order: null },
        { status: 'skipped', error: 'another run is under way' },
      ]);
    finish();
    await scheduler.idle();
    expect((await rowsOf('a')).map((row) => row.status)).toEqual(['ok', 'skipped']);
  });
});

describe('two workers', () => {
  test('run each moment once between them, though their clocks differ', async () => {
    const first = clock('12:04:58');
    const second = clock('12:04:57');
    const a = counting('a');
    const b = counting('a');
    const one = new Scheduler({ sql, jobs: [a.job], worker: 'w1', now: first.now });
    const two = new Scheduler({ sql, jobs: [b.job], worker: 'w2', now: second.now });
    for (const time of ['12:05:00', '12:05:30', '12:10:00.2', '12:15:01']) {
      first.set(time);
      await Promise.all([once(one), once(two)]);
      second.set(time);
      await Promise.all([once(two), once(one)]);
    }
    expect(a.runs.length + b.runs.length).toBe(3);
    expect(await rowsOf('a')).toHaveLength(3);
  });

  test('that start together run the jobs of the start once', async () => {
    const time = clock('12:03:10');
    const all = Array.from({ length: 6 }, (_, index) => {
      const { job, runs } = counting('a', { atStart: true });
      return { runs, scheduler: new Scheduler({ sql, jobs: [job], worker: `w${index}`, now: time.now }) };
    });
    await Promise.all(all.map(({ scheduler }) => once(scheduler)));
    expect(all.flatMap(({ runs }) => runs)).toHaveLength(1);
  });

  test('do not overlap: the second is skipped while the first runs long', async () => {
    const time = clock('12:05:00');
    let finish = () => {};
    const a = counting('a', {
      atStart: true,
      run: () => new Promise((resolve) => (finish = () => resolve({ rows: 1 }))),
    });
    const b = counting('a');
    const one = new Scheduler({ sql, jobs: [a.job], worker: 'w1', now: time.now });
    const two = new Scheduler({ sql, jobs: [b.job], worker: 'w2', now: time.now });
    await one.tick();
    await expect.poll(async () => (await t.sql`select 1 from job_slots`).length).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 100));
    time.set('12:10:00');
    await once(two);
    expect(b.runs).toHaveLength(0);
    expect(await rowsOf('a')).toMatchObject([{ status: 'running' }, { status: 'skipped' }]);
    finish();
    await one.idle();
  });
});

describe('what goes wrong', () => {
  test('a failed job is in job_runs with its error and what it did is undone', async () => {
    const time = clock('12:05:00');
    const { job } = counting('a', {
      atStart: true,
      run: async (tx) => {
        await tx`insert into system_metrics (metric_name, metric_value) values ('test.undone', 1)`;
        await tx`select 1 / 0`;
        return {};
      },
    });
    await once(new Scheduler({ sql, jobs: [job], worker: 'w1', now: time.now }));
    expect(await rowsOf('a')).toMatchObject([{ status: 'failed', error: 'division by zero' }]);
    expect(await t.sql`select 1 from system_metrics where metric_name = 'test.undone'`).toHaveLength(0);
  });

  test('a database that is away is asked with growing pauses; the missed moment runs once when it is back', async () => {
    const time = clock('12:04:30');
    const { job, runs } = counting('a');
    const nobody = new URL(t.urls.worker!);
    nobody.port = '1';
    let target = connect(nobody.href, { max: 2, name: 'away-test' });
    // The scheduler keeps one client; a proxy lets the server come and go behind it.
    const swap = new Proxy((() => {}) as unknown as typeof sql, {
      apply: (_t, _this, args) => Reflect.apply(target as never, undefined, args),
      get: (_t, name) => Reflect.get(target, name),
    });
    const scheduler = new Scheduler({ sql: swap, jobs: [job], worker: 'w1', now: time.now });
    time.set('12:05:00');
    await once(scheduler);
    time.set('12:05:00.500');
    await once(scheduler);
    await target.end({ timeout: 1 });
    target = sql;
    time.set('12:05:00.900');
    await once(scheduler);
    expect(runs).toHaveLength(0);
    time.set('12:05:02');
    await once(scheduler);
    expect(runs).toHaveLength(1);
  });

  test('a job that the server runs itself is left to it', async () => {
    const time = clock('12:05:00');
    await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
      language sql stable as $$ select 'theirs', '* * * * *', true $$`);
    const theirs = counting('theirs', { atStart: true });
    const ours = counting('ours', { atStart: true });
    await once(new Scheduler({ sql, jobs: [theirs.job, ours.job], worker: 'w1', now: time.now }));
    expect(theirs.runs).toHaveLength(0);
    expect(ours.runs).toHaveLength(1);
    await t.sql.unsafe(`create or replace function server_jobs() returns table (job_name text, schedule text, active boolean)
      language sql stable as $$ select null::text, null::text, null::boolean where false $$`);
  });
});

test('every job of the schedule runs as the worker role and writes one row', async () => {
  const topics: string[] = [];
  const scheduler = new Scheduler({
    sql,
    jobs: jobs.map((job) => ({ ...job, atStart: true })),
    worker: 'w1',
    notify: (changed) => topics.push(...changed),
  });
  await once(scheduler);
  const rows = await t.sql`select job_name, status, error_message from job_runs order by job_name`;
  expect(rows).toEqual(
    jobs
      .map((job) => ({ job_name: job.name, status: 'ok', error_message: null }))
      .sort((a, b) => (a.job_name < b.job_name ? -1 : 1)),
  );
  expect(topics).toContain('health');
  const metrics = await t.sql`select metric_name from system_metrics where metric_name like 'db.%'`;
  expect(metrics.map((row) => row.metric_name)).toContain('db.connections');
});
