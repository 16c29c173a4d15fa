import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { query } from '@/domain/operation';
import { listRequestsInput } from './input';
import { type MaintenanceProgress, type MaintenanceStatus, maintenanceProgress } from './kinds';

/** One request with how far it is; times are ISO 8601. */
export type RequestRow = {
  id: number;
  kind: string;
  arguments: Record<string, unknown>;
  status: MaintenanceStatus;
  requestedByName: string;
  requestedAt: string;
  startedAt: string | null;
  endedAt: string | null;
  reason: string | null;
  cancelling: boolean;
  progress: MaintenanceProgress | null;
  result: Record<string, unknown> | null;
  error: string | null;
};

const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();

const requestRow = (row: Record<string, unknown>): RequestRow => ({
  id: Number(row.id),
  kind: String(row.kind),
  arguments: row.arguments as Record<string, unknown>,
  status: row.status as MaintenanceStatus,
  requestedByName: String(row.requested_by_name),
  requestedAt: iso(row.requested_at) as string,
  startedAt: iso(row.started_at),
  endedAt: iso(row.ended_at),
  reason: row.reason as string | null,
  cancelling: row.cancelling === true,
  progress: maintenanceProgress.nullable().catch(null).parse(row.progress),
  result: row.result as Record<string, unknown> | null,
  error: row.error_message as string | null,
});

const rowsOf = (where: SQL, limit: number): SQL => sql`
  select r.id, r.kind, r.arguments, r.status, coalesce(u.name, r.requested_by) as requested_by_name, r.requested_at,
    r.started_at, r.ended_at, r.reason, r.cancel_requested_at is not null as cancelling, r.progress, r.result, r.error_message
  from maintenance_requests r left join console_users u on u.id::text = r.requested_by
  where ${where} order by r.id desc limit ${limit}`;

/** What the worker was asked to do, newest first. */
export const listRequests = query({
  name: 'maintenance.list',
  can: 'database:read',
  input: listRequestsInput,
  live: true,
  run: async ({ db, input }): Promise<Page<RequestRow>> => {
    const before = input.cursor ? decodeCursor(z.tuple([z.number().int()]), input.cursor)[0] : null;
    const rows = await db.execute(
      rowsOf(sql`${before}::bigint is null or r.id < ${before}::bigint`, input.limit + 1),
    );
    const found = [...rows].map(requestRow);
    const page = found.slice(0, input.limit);
    const last = page.at(-1);
    return { rows: page, next: found.length > input.limit && last ? encodeCursor([last.id]) : null };
  },
});
