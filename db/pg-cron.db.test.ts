import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { catalogue } from '@/domain/jobs/catalogue';
import { ensureDatabase, migrate } from './migrate';

// pg_cron works in one database of a cluster, so a copy of the template cannot have it.
const { admin, passwordFile } = inject('testServer');
const sql = postgres(admin, { max: 1, onnotice: () => {} });
const [server] = await sql`select current_setting('cron.database_name', true) as name`;
const name = server?.name as string | null;

const ours = Object.entries(catalogue).flatMap(([job, { cron, ...rest }]) =>
  'sql' in rest ? [{ job_name: job, schedule: cron as string, command: `${rest.sql} -- vigil` }] : [],
);

describe.runIf(name)('where the server has pg_cron', () => {
  let url: string;
  let db: postgres.Sql;
  const again = async () => {
    await db`delete from applied_objects`;
    await migrate(url, { passwordFile });
  };
  const scheduled = () =>
    db`select jobname as job_name, schedule, command from cron.job where command like '%-- vigil' order by jobname`;
  const activeOf = async (job: string) =>
    (await db`select active from server_jobs() where job_name = ${job}`)[0]?.active;

  beforeAll(async () => {
    url = await ensureDatabase(admin, name!);
    await migrate(url, { passwordFile });
    await migrate(url, { passwordFile });
    db = postgres(url, { max: 1, onnotice: () => {} });
  });
  afterAll(async () => {
    await db?.end();
  });

  test('every job that is one statement is its own, once, by the schedule of the catalogue', async () => {
    expect(await scheduled()).toEqual(ours.sort((a, b) => (a.job_name < b.job_name ? -1 : 1)));
    const [capability] = await db`select present from server_capabilities where capability = 'pg_cron'`;
    expect(capability?.present).toBe(true);
  });

  test('each runs by its command and says so in job_runs', async () => {
    await db`delete from job_runs`;
    for (const job of ours) await db.unsafe(job.command);
    const rows = await db`select job_name, status, error_message from job_runs order by job_name`;
    expect(rows).toEqual(ours.map(({ job_name }) => ({ job_name, status: 'ok', error_message: null })));
  });

  test('a job that is gone from the catalogue is unscheduled, and those of others stay', async () => {
    await db`select cron.schedule('gone', '1 1 * * *', 'SELECT 1; -- vigil')`;
    await db`select cron.schedule('theirs', '1 1 * * *', 'SELECT 1;')`;
    await again();
    expect((await scheduled()).map((row) => row.job_name)).toEqual(ours.map((job) => job.job_name));
    expect(await activeOf('theirs')).toBe(true);
    await db`select cron.unschedule('theirs')`;
  });

  test('a paused job is not pg_cron’s to start, is still its job, and stays paused through a new start', async () => {
    const [paused] = await db`select set_server_job('daily-reports', false) as known`;
    await db`insert into job_pauses (job_name, paused_by, reason) values ('daily-reports', 'someone', 'a reason')`;
    expect(paused?.known).toBe(true);
    expect(await activeOf('daily-reports')).toBe(false);
    await again();
    expect(await activeOf('daily-reports')).toBe(false);
    await db`delete from job_pauses`;
    await again();
    expect(await activeOf('daily-reports')).toBe(true);
    const [unknown] = await db`select set_server_job('sample-health', false) as known`;
    expect(unknown?.known).toBe(false);
  });

  test('runs that never came to their end are read from its own record, which is kept short', async () => {
    const [job] = await db`select jobid from cron.job where jobname = 'daily-reports'`;
    const record = (runid: number, status: string, message: string | null, days: number) =>
      db`insert into cron.job_run_details (jobid, runid, database, username, command, status, return_message, start_time, end_time)
        values (${job!.jobid}, ${runid}, current_database(), current_user, 'SELECT 1;', ${status}, ${message},
          now() - make_interval(days => ${days}::int), ${status === 'running' ? null : db`now() - make_interval(days => ${days}::int)`})`;
    await record(1_000_001, 'failed', 'ERROR:  permission denied', 0);
    await record(1_000_002, 'failed', 'server restarted', 0);
    await record(1_000_003, 'running', null, 0);
    await record(1_000_004, 'succeeded', '1 row', 0);
    await record(1_000_005, 'failed', 'ERROR:  long ago', 40);
    const rows =
      await db`select id::int, status, error_message as error from server_runs(now() - interval '7 days') where id <= -1000001 order by id desc`;
    expect(rows).toEqual([
      { id: -1_000_001, status: 'failed', error: 'ERROR:  permission denied' },
      { id: -1_000_002, status: 'lost', error: 'server restarted' },
      { id: -1_000_003, status: 'running', error: null },
    ]);
    await db`select run_job('delete-expired-rows')`;
    const left = await db`select runid::int from cron.job_run_details where runid > 1000000 order by runid`;
    expect(left.map((row) => row.runid)).toEqual([1_000_001, 1_000_002, 1_000_003, 1_000_004]);
    const [counted] =
      await db`select server_run_count('daily-reports', now() - interval '1 minute', now() + interval '1 minute') as runs`;
    expect(counted?.runs).toBeGreaterThanOrEqual(4);
  });

  test('it starts a job by itself', async () => {
    await db`delete from job_runs`;
    await db`select cron.alter_job(jobid, schedule := '* * * * *') from cron.job where jobname = 'daily-reports'`;
    await expect
      .poll(() => db`select status, started_by from job_runs where job_name = 'daily-reports'`, {
        timeout: 75_000,
        interval: 1_000,
      })
      .toEqual([{ status: 'ok', started_by: 'pg_cron' }]);
  }, 90_000);
});

afterAll(async () => {
  if (name) await sql.unsafe(`drop database if exists "${name}" with (force)`);
  await sql.end();
});
