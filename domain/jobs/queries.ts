import { sql } from 'drizzle-orm';
import { noInput, query } from '@/domain/operation';
import { catalogue, type RunState } from './catalogue';

export type JobRow = {
  name: string;
  /** Cron pattern, UTC; of pg_cron where the server runs the job. */
  schedule: string;
  runBy: 'worker' | 'pg_cron';
  status: RunState | null;
  startedAt: string | null;
  durationMs: number | null;
  rows: number | null;
  runs24h: number;
  failed24h: number;
  /** The newest error of the last 24 hours, whatever came after it. */
  lastError: string | null;
  lastErrorAt: string | null;
};

/** Every job with its last run, how often it ran and failed in 24 hours, and its newest error. */
export const listJobs = query({
  name: 'job.list',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<JobRow[]> => {
    const known = JSON.stringify(
      Object.entries(catalogue).map(([name, { cron }]) => ({ name, schedule: cron })),
    );
    const rows = await db.execute(sql`
      with server as (select job_name, schedule from server_jobs()),
      known as (
        select k.name, coalesce(s.schedule, k.schedule) as schedule, s.job_name is not null as by_server
        from json_to_recordset(${known}::json) as k(name text, schedule text) left join server s on s.job_name = k.name
        union all
        select job_name, schedule, true from server
        where job_name not in (select name from json_to_recordset(${known}::json) as k(name text))
      )
      select k.name, k.schedule, k.by_server, r.status, r.started_at::text, r.rows,
        r.duration_ms, d.runs::int, d.failed::int, e.error, e.started_at::text as error_at
      from known k
      left join lateral (select status, started_at, affected_rows::float8 as rows,
          extract(epoch from ended_at - started_at)::float8 * 1000 as duration_ms
        from job_runs where job_name = k.name order by started_at desc limit 1) r on true
      left join lateral (select count(*) as runs, count(*) filter (where status = 'failed') as failed
        from job_runs where job_name = k.name and started_at > now() - interval '24 hours') d on true
      left join lateral (select error_message as error, started_at from job_runs
        where job_name = k.name and status = 'failed' and started_at > now() - interval '24 hours'
        order by started_at desc limit 1) e on true
      order by k.name`);
    return rows.map((row) => ({
      name: String(row.name),
      schedule: String(row.schedule),
      runBy: row.by_server ? 'pg_cron' : 'worker',
      status: row.status as JobRow['status'],
      startedAt: iso(row.started_at),
      durationMs: row.duration_ms as number | null,
      rows: row.rows as number | null,
      runs24h: Number(row.runs),
      failed24h: Number(row.failed),
      lastError: row.error as string | null,
      lastErrorAt: iso(row.error_at),
    }));
  },
});

const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();
