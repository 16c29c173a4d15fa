import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { catalogue, type RunState } from './catalogue';
import { nextMoment } from './moments';

export type JobRow = {
  name: string;
  /** Cron pattern, UTC; of pg_cron where the server runs the job. */
  schedule: string;
  /** The next planned moment; null while it is paused. */
  nextAt: string | null;
  runBy: 'worker' | 'pg_cron';
  /** False for a job of the server that Vigil knows nothing of: it is shown and left alone. */
  ours: boolean;
  paused: { by: string | null; at: string | null; reason: string | null } | null;
  /** The last run, or the one under way or waited for. */
  run: string | null;
  status: RunState | null;
  startedAt: string | null;
  durationMs: number | null;
  rows: number | null;
  startedBy: string | null;
  runs24h: number;
  failed24h: number;
  /** The newest error of the last 24 hours, whatever came after it. */
  lastError: string | null;
  lastErrorAt: string | null;
  /** Seven days: `failed` holds lost ones too, `missed` counts planned moments. */
  week: {
    ok: number;
    failed: number;
    skipped: number;
    missed: number;
    p50Ms: number | null;
    p95Ms: number | null;
    /** Mean duration in steps of six hours, oldest first. */
    spark: (number | null)[];
  };
};

const sparkSteps = 28;
const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();

/** Runs of seven days, with those that only pg_cron has on record (see server_runs). */
const recentRuns = sql`
  select id, job_name, status, started_at, ended_at, affected_rows, error_message, started_by,
    (detail ->> 'moments')::integer as moments from job_runs where started_at > now() - interval '7 days'
  union all
  select id, job_name, status, started_at, ended_at, null, error_message, 'pg_cron', null
  from server_runs(now() - interval '7 days')`;

export const readJobs = async (db: Db, now: Date): Promise<JobRow[]> => {
  const known = JSON.stringify(Object.entries(catalogue).map(([name, { cron }]) => ({ name, cron })));
  const rows = await db.execute(sql`
    with server as materialized (select job_name, schedule, active from server_jobs()),
    ours as (select k.name, k.cron from json_to_recordset(${known}::json) as k(name text, cron text)),
    jobs as (
      select coalesce(o.name, s.job_name) as name, coalesce(s.schedule, o.cron) as schedule, o.name is not null as ours,
        s.job_name is not null as by_server, coalesce(s.active, true) as active
      from ours o full join server s on s.job_name = o.name
    ),
    recent as materialized (${recentRuns}),
    week as (
      select job_name, count(*) filter (where status = 'ok') as ok, count(*) filter (where status in ('failed', 'lost')) as failed,
        count(*) filter (where status = 'skipped') as skipped,
        coalesce(sum(coalesce(moments, 1)) filter (where status = 'missed'), 0) as missed,
        percentile_cont(array[0.5, 0.95]) within group (order by extract(epoch from ended_at - started_at)::float8 * 1000)
          filter (where status = 'ok') as percentiles,
        count(*) filter (where started_at > now() - interval '24 hours' and status <> 'missed') as runs_24h,
        count(*) filter (where started_at > now() - interval '24 hours' and status in ('failed', 'lost')) as failed_24h
      from recent group by job_name
    ),
    sparks as (
      select job_name, json_object_agg(step, mean) as spark from (
        select job_name, floor(extract(epoch from now() - started_at) / 21600)::int as step,
          avg(extract(epoch from ended_at - started_at) * 1000)::float8 as mean
        from recent where status = 'ok' group by 1, 2) s group by job_name
    ),
    last as (
      select distinct on (job_name) * from recent where status <> 'missed' order by job_name, started_at desc, id desc
    ),
    errors as (
      select distinct on (job_name) job_name, error_message, started_at from recent
      where status in ('failed', 'lost') and started_at > now() - interval '24 hours' order by job_name, started_at desc
    )
    select j.*, l.id::text as run, l.status, l.started_at::text, extract(epoch from l.ended_at - l.started_at)::float8 * 1000 as duration,
      l.affected_rows::float8 as rows, l.started_by, w.ok::int, w.failed::int, w.skipped::int, w.missed::int, w.percentiles,
      w.runs_24h::int, w.failed_24h::int, k.spark, e.error_message as error, e.started_at::text as error_at,
      p.job_name is not null or not j.active as paused, coalesce(u.name, p.paused_by) as paused_by, p.paused_at::text, p.reason
    from jobs j left join week w on w.job_name = j.name left join sparks k on k.job_name = j.name
      left join last l on l.job_name = j.name left join errors e on e.job_name = j.name
      left join job_pauses p on p.job_name = j.name left join console_users u on u.id::text = p.paused_by
    order by j.name limit 200`);
  return rows.map((row) => toRow(row, now));
};

const toRow = (row: Record<string, unknown>, now: Date): JobRow => {
  const spark = (row.spark as Record<string, number> | null) ?? {};
  const percentiles = row.percentiles as (number | null)[] | null;
  const paused = row.paused === true;
  return {
    name: String(row.name),
    schedule: String(row.schedule),
    nextAt: paused ? null : (nextMoment(String(row.schedule), now)?.toISOString() ?? null),
    runBy: row.by_server ? 'pg_cron' : 'worker',
    ours: row.ours === true,
    paused: paused
      ? { by: row.paused_by as string | null, at: iso(row.paused_at), reason: row.reason as string | null }
      : null,
    run: row.run as string | null,
    status: row.status as RunState | null,
    startedAt: iso(row.started_at),
    durationMs: row.duration as number | null,
    rows: row.rows as number | null,
    startedBy: row.started_by as string | null,
    runs24h: Number(row.runs_24h ?? 0),
    failed24h: Number(row.failed_24h ?? 0),
    lastError: row.error as string | null,
    lastErrorAt: iso(row.error_at),
    week: {
      ok: Number(row.ok ?? 0),
      failed: Number(row.failed ?? 0),
      skipped: Number(row.skipped ?? 0),
      missed: Number(row.missed ?? 0),
      p50Ms: percentiles?.[0] ?? null,
      p95Ms: percentiles?.[1] ?? null,
      spark: Array.from({ length: sparkSteps }, (_, i) => spark[sparkSteps - 1 - i] ?? null),
    },
  };
};
