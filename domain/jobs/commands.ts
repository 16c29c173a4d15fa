import { sql } from 'drizzle-orm';
import { actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import { cancelRunInput, pauseJobInput, runJobInput } from './input';

/**
 * Asks for one run of a job now, also of one that is paused or that pg_cron schedules: a worker begins it within two
 * seconds. One that no worker takes within ten minutes is called missed.
 * @returns the row of job_runs that waits
 * @throws AppError('conflict', job.waiting) when one waits already
 */
export const runJob = command({
  name: 'job:run',
  can: 'job:run',
  input: runJobInput,
  topics: ['jobs'],
  run: async ({ tx, actor, input }) => {
    const [row] = await tx.execute(sql`select request_job_run(${input.job}, ${actorId(actor)})::text as run`);
    if (!row?.run) throw new AppError('conflict', { detail: 'job.waiting' });
    return {
      value: { run: String(row.run) },
      audit: { resourceType: 'job', resourceId: input.job, after: { run: String(row.run) } },
    };
  },
});

/**
 * Keeps a job's schedule from starting it, in the worker and in pg_cron; a run that is under way goes on.
 * @throws AppError('conflict', job.paused) when it is paused already
 */
export const pauseJob = command({
  name: 'job:pause',
  can: 'job:pause',
  input: pauseJobInput,
  topics: ['jobs', 'health'],
  run: async ({ tx, actor, input }) => {
    const rows = await tx.execute(sql`insert into job_pauses (job_name, paused_by, reason)
      values (${input.job}, ${actorId(actor)}, ${input.reason}) on conflict do nothing returning job_name`);
    if (rows.length === 0) throw new AppError('conflict', { detail: 'job.paused' });
    await tx.execute(sql`select set_server_job(${input.job}, false)`);
    return {
      value: { job: input.job },
      audit: {
        resourceType: 'job',
        resourceId: input.job,
        before: { paused: false },
        after: { paused: true },
        reason: input.reason,
      },
    };
  },
});

/**
 * Lets the schedule start a job again; the moments that passed meanwhile are not made up for.
 * @throws AppError('conflict', job.not_paused)
 */
export const resumeJob = command({
  name: 'job:resume',
  can: 'job:resume',
  input: pauseJobInput,
  topics: ['jobs', 'health'],
  run: async ({ tx, input }) => {
    const rows = await tx.execute(
      sql`delete from job_pauses where job_name = ${input.job} returning job_name`,
    );
    const [server] = await tx.execute(
      sql`select not active as paused from server_jobs() where job_name = ${input.job}`,
    );
    if (rows.length === 0 && server?.paused !== true)
      throw new AppError('conflict', { detail: 'job.not_paused' });
    await tx.execute(sql`select set_server_job(${input.job}, true)`);
    return {
      value: { job: input.job },
      audit: {
        resourceType: 'job',
        resourceId: input.job,
        before: { paused: true },
        after: { paused: false },
        reason: input.reason,
      },
    };
  },
});

/**
 * Ends a run that is under way: a worker cancels its statement within two seconds, and what it did is undone.
 * @throws AppError('conflict', job.not_running) when it has ended
 */
export const cancelRun = command({
  name: 'job:cancel',
  can: 'job:cancel',
  input: cancelRunInput,
  topics: ['jobs'],
  run: async ({ tx, actor, input }) => {
    const [row] = await tx.execute(sql`select request_job_cancel(${input.run}, ${actorId(actor)}) as job`);
    if (!row?.job) throw new AppError('conflict', { detail: 'job.not_running' });
    return {
      value: { job: String(row.job) },
      audit: { resourceType: 'job', resourceId: String(row.job), after: { cancelled: input.run } },
    };
  },
});
