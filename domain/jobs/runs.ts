import type { Sql, TransactionSql } from 'postgres';

/** How a run of a job ended, as kept in job_runs. */
export type RunEnd = {
  status: 'ok' | 'failed' | 'skipped';
  rows?: number | null;
  error?: string | null;
  detail?: Record<string, string | number | null> | null;
};

/** `run`: the row of job_runs that has begun with it, null while the job is paused. `previous`: the moment taken before. */
export type Taken = { run: string | null; paused: boolean; previous: Date | null };

export const overlap = 'another run is under way';

/**
 * Takes a planned moment of a job for this worker. Of any number of workers exactly one gets it, whatever their
 * clocks say: a moment is the schedule's, not the clock's.
 * @param as `running` begins a run, `skipped` says that the job is still busy, `watched` leaves the run to pg_cron
 * @returns null when another worker has this moment or a later one
 */
export const takeSlot = async (
  sql: Sql,
  job: string,
  slot: Date,
  worker: string,
  as: 'running' | 'skipped' | 'watched' = 'running',
): Promise<Taken | null> => {
  const [row] = await sql`
    with taken as (
      insert into job_slots as s (job_name, slot, taken_by) values (${job}, ${slot.toISOString()}, ${worker})
      on conflict (job_name) do update
        set previous = s.slot, slot = excluded.slot, taken_by = excluded.taken_by, taken_at = now()
        where s.slot < excluded.slot
      returning previous::text, exists (select from job_pauses where job_name = ${job}) as paused
    ), run as (
      insert into job_runs (job_name, started_at, status, started_by, ended_at, affected_rows, error_message)
      select ${job}, clock_timestamp(), ${as}, 'worker',
        case when ${as} = 'skipped' then clock_timestamp() end, case when ${as} = 'skipped' then 0 end,
        case when ${as} = 'skipped' then ${overlap} end
      from taken where not paused and ${as} <> 'watched' returning id::text
    )
    select taken.previous, taken.paused, run.id from taken left join run on true`;
  if (!row) return null;
  return {
    run: (row.id as string | null) ?? null,
    paused: row.paused === true,
    previous: row.previous ? new Date(row.previous as string) : null,
  };
};

/** True when no other run of this job is under way; the lock ends with the transaction. */
export const lockJob = async (tx: TransactionSql, job: string): Promise<boolean> => {
  const [row] = await tx`select pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext(${job})) as locked`;
  return row?.locked === true;
};

/** Tells the database's own job functions, for this transaction, which row of job_runs is theirs to end. */
export const nameRun = async (tx: TransactionSql, run: string): Promise<void> => {
  await tx`select set_config('vigil.job_run', ${run}, true)`;
};

/** Ends a run that has begun; a row that has its end already stays as it is. One called lost too early gets its true end. */
export const endRun = async (sql: Sql | TransactionSql, run: string, end: RunEnd): Promise<void> => {
  await sql`update job_runs set status = ${end.status}, ended_at = clock_timestamp(), affected_rows = ${end.rows ?? null},
      error_message = ${end.error?.slice(0, 2000) ?? null},
      detail = ${end.detail ? JSON.stringify(end.detail) : null}::text::jsonb
    where id = ${run} and status in ('running', 'lost')`;
};

/** Keeps on record that planned moments passed without a run: one row for all in a row. */
export const recordMissed = async (
  sql: Sql,
  job: string,
  missed: { count: number; first: Date; last: Date },
): Promise<void> => {
  await sql`insert into job_runs (job_name, started_at, ended_at, status, started_by, detail)
    values (${job}, ${missed.first.toISOString()}, ${missed.last.toISOString()}, 'missed', 'worker',
      jsonb_build_object('moments', ${missed.count}::integer))`;
};

/**
 * Calls runs lost whose process is gone: their transaction, which holds the job's lock from its first statement on,
 * has ended and nobody has said how.
 * @returns how many were found
 */
export const markLost = async (sql: Sql): Promise<number> => {
  const rows = await sql`
    update job_runs r set status = 'lost', ended_at = clock_timestamp(), error_message = 'its worker ended before the run did'
    where r.status = 'running' and r.started_at < clock_timestamp() - interval '20 seconds'
      and not exists (select from pg_locks l where l.locktype = 'advisory' and l.granted and l.objsubid = 2
        and l.database = (select oid from pg_database where datname = current_database())
        and l.classid::bigint = hashtext('vigil.job')::bigint & 4294967295
        and l.objid::bigint = hashtext(r.job_name)::bigint & 4294967295)`;
  return rows.count;
};

export type Asked = { run: string; job: string; what: 'start' | 'cancel' };

/** What people have asked for: runs that wait for a worker, and runs that shall end. */
export const askedRuns = async (sql: Sql): Promise<Asked[]> => {
  const rows = await sql`select id::text, job_name, status from job_runs
    where status in ('waiting', 'running') and (status = 'waiting' or cancelled_by is not null) order by id limit 50`;
  return rows.map((row) => ({
    run: row.id as string,
    job: row.job_name as string,
    what: row.status === 'waiting' ? 'start' : 'cancel',
  }));
};

/** Begins a run that a person has asked for; false when another worker has it. One that waited too long is missed instead. */
export const beginAsked = async (sql: Sql, run: string): Promise<boolean> => {
  const [row] = await sql`
    update job_runs set status = case when started_at < clock_timestamp() - interval '10 minutes' then 'missed' else 'running' end,
      ended_at = case when started_at < clock_timestamp() - interval '10 minutes' then clock_timestamp() end,
      error_message = case when started_at < clock_timestamp() - interval '10 minutes' then 'no worker took it within ten minutes' end,
      started_at = clock_timestamp()
    where id = ${run} and status = 'waiting' returning status`;
  return row?.status === 'running';
};

/** Cancels the statement of whoever runs this job now; by a login that may, see worker/connections.ts. */
export const cancelJob = async (sql: Sql, job: string): Promise<number> => {
  const rows = await sql`select pg_cancel_backend(l.pid) from pg_locks l
    where l.locktype = 'advisory' and l.granted and l.objsubid = 2
      and l.database = (select oid from pg_database where datname = current_database())
      and l.classid::bigint = hashtext('vigil.job')::bigint & 4294967295
      and l.objid::bigint = hashtext(${job})::bigint & 4294967295`;
  return rows.length;
};

/** How a run ended that wrote its end itself. */
export const endedAs = async (sql: Sql, run: string): Promise<RunEnd['status']> => {
  const [row] = await sql`select status from job_runs where id = ${run}`;
  return row?.status as RunEnd['status'];
};

/** The jobs that the server itself runs (pg_cron); the worker leaves those alone. */
export const serverJobs = async (sql: Sql): Promise<Set<string>> =>
  new Set((await sql`select job_name from server_jobs()`).map((row) => row.job_name as string));

/** How many runs of a job pg_cron has begun between two times; null where it keeps no record. */
export const serverRunCount = async (sql: Sql, job: string, from: Date, to: Date): Promise<number | null> => {
  const [row] =
    await sql`select server_run_count(${job}, ${from.toISOString()}, ${to.toISOString()}) as runs`;
  return (row?.runs as number | null) ?? null;
};
