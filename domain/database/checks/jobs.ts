import type { TransactionSql } from 'postgres';
import { catalogue } from '@/domain/jobs/catalogue';
import { nextMoment } from '@/domain/jobs/moments';
import { overlap } from '@/domain/jobs/runs';
import { group, quoted } from './group';
import type { Reading } from './judge';

const dashboard = 'mv_fraud_dashboard_realtime';

const dashboardAge = async (tx: TransactionSql): Promise<Reading> => {
  const [row] = await tx`
    select /* vigil:sample */ to_regclass(${dashboard}) is not null as there,
      extract(epoch from clock_timestamp() - (select max(started_at) from job_runs
        where job_name = 'refresh-fraud-dashboard' and status = 'ok'))::float8 as age,
      (select error_message from job_runs where job_name = 'refresh-fraud-dashboard' and status = 'failed'
        order by started_at desc limit 1) as error`;
  if (row?.age == null) return { tooLittle: 'no_samples' };
  return {
    value: row.age,
    examined: row.there ? 1 : 0,
    facts: { object: dashboard, failing: row.error ? 'yes' : 'no', error: row.error ?? '' },
    evidence: [[dashboard, Math.round(row.age), row.error]],
  };
};

/** What REFRESH … CONCURRENTLY asks for: rows, and a unique index over plain columns of all of them. */
const viewIndexes = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ c.relname as view, case when not c.relispopulated then 'not_filled'
      when not exists (select from pg_index i where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indimmediate
        and i.indpred is null and i.indexprs is null) then 'no_unique_index' end as why
    from pg_class c where c.relkind = 'm' and c.relnamespace = 'public'::regnamespace order by 2 nulls last, 1`;
  const bad = rows.filter((row) => row.why !== null);
  return {
    value: bad.length,
    examined: rows.length,
    facts: { object: bad[0]?.view ?? '', why: bad[0]?.why ?? '' },
    evidence: bad.map((row) => [row.view, row.why]),
    sql: bad.map((row) =>
      row.why === 'not_filled'
        ? `REFRESH MATERIALIZED VIEW ${quoted(row.view)};`
        : `CREATE UNIQUE INDEX ON ${quoted(row.view)} (hour);`,
    ),
  };
};

type Job = { job: string; failed: number; failing: boolean; age: number; error: string; examined: number };

/** Jobs whose newest run failed; one that failed and went well since is no trouble any more. */
const failed = async (tx: TransactionSql): Promise<Reading> => {
  const rows = (await tx`
    select /* vigil:sample */ r.job_name as job, count(*) filter (where r.status in ('failed', 'lost'))::int as failed,
      (array_agg(r.status order by r.started_at desc) filter (where r.status in ('ok', 'failed', 'lost')))[1] <> 'ok' as failing,
      extract(epoch from clock_timestamp() - max(r.started_at) filter (where r.status in ('failed', 'lost')))::float8 as age,
      (array_agg(coalesce(r.error_message, r.status) order by r.started_at desc)
        filter (where r.status in ('failed', 'lost')))[1] as error,
      count(*) over ()::int as examined
    from job_runs r where r.started_at > now() - interval '24 hours' group by 1 order by 3 desc nulls last, 2 desc`) as unknown as Job[];
  const failing = rows.filter((row) => row.failing);
  return {
    value: failing.length,
    examined: rows[0]?.examined ?? 0,
    facts: { object: failing[0]?.job ?? '', error: failing[0]?.error ?? '' },
    evidence: rows
      .filter((row) => row.failed > 0)
      .map((row) => [row.job, row.failed, Math.round(row.age), row.error]),
  };
};

/** Runs that found the one before still under way. */
const overlapping = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ job_name as job, count(*)::int as count,
      extract(epoch from clock_timestamp() - max(started_at))::float8 as age,
      (select count(*)::int from job_runs where started_at > now() - interval '24 hours') as examined
    from job_runs where status = 'skipped' and error_message = ${overlap}
      and started_at > now() - interval '24 hours' group by 1 order by 2 desc`;
  const [all] = await tx`
    select /* vigil:sample */ count(*)::int as runs from job_runs where started_at > now() - interval '24 hours'`;
  return {
    value: rows[0]?.count ?? 0,
    examined: Number(all?.runs),
    facts: { object: rows[0]?.job ?? '' },
    evidence: rows.map((row) => [row.job, row.count, Math.round(row.age)]),
  };
};

/** A moment may pass by this much before its run counts as missed. */
const graceSeconds = 90;

type Seen = { job: string; last: number; paused: boolean; schedule: string | null };

/** Jobs that should have begun and did not: of the schedule of whoever runs them, since their last run of any kind. */
const missed = async (tx: TransactionSql): Promise<Reading> => {
  const [clock] = await tx`
    select /* vigil:sample */ extract(epoch from clock_timestamp())::float8 as now,
      extract(epoch from (select min(started_at) from job_runs))::float8 as first`;
  if (clock?.first == null) return { tooLittle: 'no_samples' };
  const rows = (await tx`
    select /* vigil:sample */ j.job, extract(epoch from r.started_at)::float8 as last, s.schedule,
      exists (select from job_pauses p where p.job_name = j.job) or coalesce(not s.active, false) as paused
    from unnest(${Object.keys(catalogue)}::text[]) as j(job)
    left join server_jobs() s on s.job_name = j.job
    left join lateral (select started_at from job_runs where job_name = j.job and status in ('running', 'ok', 'failed', 'skipped', 'lost')
      order by started_at desc limit 1) r on true`) as unknown as Seen[];
  const late = rows.flatMap(({ job, last, paused, schedule }) => {
    const cron = schedule ?? catalogue[job as keyof typeof catalogue].cron;
    const due = paused ? null : nextMoment(cron, new Date((last ?? clock.first) * 1000));
    const seconds = due === null ? 0 : clock.now - due.getTime() / 1000;
    return seconds > graceSeconds ? [{ job, cron, seconds }] : [];
  });
  late.sort((a, b) => b.seconds - a.seconds);
  return {
    value: late.length,
    examined: rows.length,
    facts: { object: late[0]?.job ?? '', late: { value: late[0]?.seconds ?? 0, unit: 'seconds' } },
    evidence: late.map((one) => [one.job, one.cron, Math.round(one.seconds)]),
  };
};

const paused = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ p.job_name as job, coalesce(u.name, p.paused_by) as by, p.reason,
      extract(epoch from clock_timestamp() - p.paused_at)::float8 as age
    from job_pauses p left join console_users u on u.id::text = p.paused_by order by p.paused_at`;
  return {
    value: rows[0]?.age ?? 0,
    examined: Object.keys(catalogue).length,
    facts: {
      object: rows[0]?.job ?? '',
      by: rows[0]?.by ?? '',
      reason: rows[0]?.reason ?? '',
      jobs: rows.length,
    },
    evidence: rows.map((row) => [row.job, row.by, Math.round(row.age), row.reason]),
  };
};

/** What runs by itself: whether it went well, in time, and by itself. */
export const jobChecks = group({
  name: 'jobs',
  timeoutMs: 1_000,
  checks: ['dashboardAge', 'viewIndexes', 'jobsFailed', 'jobsMissed', 'jobsOverlapping', 'jobsPaused'],
  read: async (tx) => ({
    dashboardAge: await dashboardAge(tx),
    viewIndexes: await viewIndexes(tx),
    jobsFailed: await failed(tx),
    jobsMissed: await missed(tx),
    jobsOverlapping: await overlapping(tx),
    jobsPaused: await paused(tx),
  }),
});
