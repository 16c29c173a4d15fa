import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import type { RunState } from './catalogue';
import type { listJobRunsInput } from './input';

export type JobRun = {
  id: string;
  status: RunState;
  startedAt: string;
  endedAt: string | null;
  durationMs: number | null;
  rows: number | null;
  error: string | null;
  /** `worker`, `pg_cron`, a database login, or the name of a person. */
  startedBy: string;
  byPerson: boolean;
  cancelledBy: string | null;
  detail: Record<string, unknown> | null;
};
export type JobRunPage = Page<JobRun>;

const position = z.tuple([z.string().datetime({ offset: true }), z.string().regex(/^-?\d{1,18}$/)]);

/** One page of a job's runs, newest first. */
export const readJobRuns = async (db: Db, input: z.output<typeof listJobRunsInput>): Promise<JobRunPage> => {
  const [at, id] = input.cursor ? decodeCursor(position, input.cursor) : [];
  const before = at ? sql`and (started_at, id) < (${at}::timestamptz, ${id}::bigint)` : sql``;
  const state = input.status ? sql`and status = ${input.status}` : sql``;
  const more = input.limit + 1;
  const rows = await db.execute(sql`
    select r.id::text, r.status, to_char(r.started_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as started_at, r.ended_at::text,
      extract(epoch from r.ended_at - r.started_at)::float8 * 1000 as duration, r.affected_rows::float8 as rows, r.error_message as error,
      coalesce(u.name, r.started_by) as started_by, u.id is not null as by_person, coalesce(c.name, r.cancelled_by) as cancelled_by, r.detail
    from (
      (select id, status, started_at, ended_at, affected_rows, error_message, started_by, cancelled_by, detail from job_runs
        where job_name = ${input.job} ${state} ${before} order by started_at desc, id desc limit ${more})
      union all
      (select id, status, started_at, ended_at, null, error_message, 'pg_cron', null, null from server_runs('-infinity')
        where job_name = ${input.job} ${state} ${before} order by started_at desc, id desc limit ${more})) r
      left join console_users u on u.id::text = r.started_by left join console_users c on c.id::text = r.cancelled_by
    order by r.started_at desc, r.id desc limit ${more}`);
  const page = rows.slice(0, input.limit).map(toRun);
  const last = rows.length > input.limit ? page.at(-1) : undefined;
  const lastRow = rows[input.limit - 1];
  return { rows: page, next: last && lastRow ? encodeCursor([String(lastRow.started_at), last.id]) : null };
};

const toRun = (row: Record<string, unknown>): JobRun => ({
  id: String(row.id),
  status: row.status as RunState,
  startedAt: new Date(String(row.started_at)).toISOString(),
  endedAt: row.ended_at ? new Date(String(row.ended_at)).toISOString() : null,
  durationMs: row.status === 'missed' ? null : (row.duration as number | null),
  rows: row.rows as number | null,
  error: row.error as string | null,
  startedBy: String(row.started_by),
  byPerson: row.by_person === true,
  cancelledBy: row.cancelled_by as string | null,
  detail: (row.detail as Record<string, unknown> | null) ?? null,
});
