import { sql } from 'drizzle-orm';
import { checks } from '@/domain/database/checks';
import { timeSteps } from '@/domain/database/time-range';
import { noInput, query } from '@/domain/operation';
import type { RunState } from './catalogue';
import { jobDurationsInput, listJobRunsInput } from './input';
import { type JobRow, readJobs } from './list';
import { type JobRunPage, readJobRuns } from './run-list';

export type { JobRow } from './list';
export type { JobRun, JobRunPage } from './run-list';

/** Every job: when and by whom it runs, how it went last and over seven days, and whether it is paused. */
export const listJobs = query({
  name: 'job.list',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<JobRow[]> => readJobs(db, new Date()),
});

/** Runs of one job, newest first: those of job_runs and those that only pg_cron has on record. */
export const listJobRuns = query({
  name: 'job.runs',
  can: 'database:read',
  input: listJobRunsInput,
  live: true,
  run: async ({ db, input }): Promise<JobRunPage> => readJobRuns(db, input),
});

export type JobDurations = {
  at: string;
  stepSeconds: number;
  /** Of the runs that went well: their mean and the longest, null where there was none. */
  points: { at: string; meanMs: number | null; longestMs: number | null; failed: number }[];
};

/** How long a job took over seven days, at most 84 points. */
export const jobDurations = query({
  name: 'job.durations',
  can: 'database:read',
  input: jobDurationsInput,
  live: true,
  run: async ({ db, input }): Promise<JobDurations> => {
    const now = new Date();
    const steps = timeSteps('7d', 'line', now);
    const rows = await db.execute(sql`
      select (extract(epoch from date_bin(make_interval(secs => ${steps.stepSeconds}), started_at, ${steps.from.toISOString()}::timestamptz))::float8 * 1000) as at,
        avg(extract(epoch from ended_at - started_at) * 1000) filter (where status = 'ok')::float8 as mean,
        max(extract(epoch from ended_at - started_at) * 1000) filter (where status = 'ok')::float8 as longest,
        (count(*) filter (where status in ('failed', 'lost')))::int as failed
      from job_runs where job_name = ${input.job} and started_at >= ${steps.from.toISOString()}::timestamptz group by 1`);
    const byStart = new Map(rows.map((row) => [Number(row.at), row]));
    return {
      at: now.toISOString(),
      stepSeconds: steps.stepSeconds,
      points: steps.starts.map((start) => {
        const row = byStart.get(start.getTime());
        return {
          at: start.toISOString(),
          meanMs: (row?.mean as number | null) ?? null,
          longestMs: (row?.longest as number | null) ?? null,
          failed: Number(row?.failed ?? 0),
        };
      }),
    };
  },
});

export type ViewFreshness = {
  at: string;
  /** When the rows of the view were computed; null while it has none. */
  refreshedAt: string | null;
  hours: number;
  /** From which age on it is a warning, and critical; seconds. */
  limits: { warning: number; critical: number };
  last: { status: RunState; startedAt: string; durationMs: number | null } | null;
};

const limits = checks.find((check) => check.name === 'dashboardAge')!;

/** How old mv_fraud_dashboard_realtime is, and how its last refresh went. */
export const dashboardFreshness = query({
  name: 'job.dashboard-freshness',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<ViewFreshness> => {
    const [row] = await db.execute(sql`
      select v.refreshed_at::text, v.hours::int, r.status, r.started_at::text,
        extract(epoch from r.ended_at - r.started_at)::float8 * 1000 as duration
      from (select max(refreshed_at) as refreshed_at, count(*) as hours from mv_fraud_dashboard_realtime) v
      left join lateral (select status, started_at, ended_at from job_runs
        where job_name = 'refresh-fraud-dashboard' and status in ('ok', 'failed', 'lost') order by started_at desc limit 1) r on true`);
    const iso = (value: unknown) => (value ? new Date(String(value)).toISOString() : null);
    return {
      at: new Date().toISOString(),
      refreshedAt: iso(row?.refreshed_at),
      hours: Number(row?.hours ?? 0),
      limits: { warning: limits.warning, critical: limits.critical },
      last: row?.status
        ? {
            status: row.status as RunState,
            startedAt: iso(row.started_at)!,
            durationMs: row.duration as number | null,
          }
        : null,
    };
  },
});
