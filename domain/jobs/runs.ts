import type { Sql, TransactionSql } from 'postgres';

/** How a run of a job ended, as kept in job_runs. */
export type RunEnd = {
  status: 'ok' | 'failed' | 'skipped';
  rows?: number | null;
  error?: string | null;
  detail?: Record<string, string | number | null> | null;
};

/**
 * Takes a planned moment of a job for this worker. Of any number of workers exactly one gets it, whatever their
 * clocks say: a moment is the schedule's, not the clock's.
 * @returns when the run began by the server's clock, or null when another worker has this moment or a later one
 */
export const takeSlot = async (sql: Sql, job: string, slot: Date, worker: string): Promise<string | null> => {
  const [row] = await sql`
    insert into job_slots as s (job_name, slot, taken_by) values (${job}, ${slot.toISOString()}, ${worker})
    on conflict (job_name) do update set slot = excluded.slot, taken_by = excluded.taken_by, taken_at = now()
      where s.slot < excluded.slot
    returning clock_timestamp()::text as started_at`;
  return (row?.started_at as string | undefined) ?? null;
};

/** True when no other run of this job is under way; the lock ends with the transaction. */
export const lockJob = async (tx: TransactionSql, job: string): Promise<boolean> => {
  const [row] = await tx`select pg_try_advisory_xact_lock(hashtext('vigil.job'), hashtext(${job})) as locked`;
  return row?.locked === true;
};

/** Writes the row of a run; the database's own job functions write theirs themselves. */
export const recordRun = async (sql: Sql, job: string, startedAt: string, end: RunEnd): Promise<void> => {
  await sql`select record_job_run(${job}, ${startedAt}::timestamptz, ${end.status}, ${end.rows ?? null}::bigint,
    ${end.error?.slice(0, 2000) ?? null}, ${end.detail ? JSON.stringify(end.detail) : null}::text::jsonb)`;
};

/** The names of the jobs that the server itself runs (pg_cron); the worker leaves those alone. */
export const serverJobs = async (sql: Sql): Promise<Set<string>> =>
  new Set((await sql`select job_name from server_jobs()`).map((row) => row.job_name as string));
