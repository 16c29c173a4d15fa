import type { Sql } from 'postgres';
import {
  type MaintenanceKind,
  type MaintenanceProgress,
  maintenanceActions,
  maintenanceKinds,
  subjectOf,
} from './kinds';

/** More workers than these have ended while they ran it: something about it ends them. */
const mostAttempts = 3;

export type TakenRequest = {
  id: number;
  kind: string;
  arguments: Record<string, unknown>;
  requestedBy: string;
  attempt: number;
  cancelled: boolean;
  /** What an earlier attempt has kept. */
  result: Record<string, unknown> | null;
};

/** True when somebody should look: the worker that takes requests asks this first, and without any lock. */
export const hasOpenRequests = async (sql: Sql): Promise<boolean> => {
  const [row] =
    await sql`select exists (select from maintenance_requests where status in ('waiting', 'running')) as open`;
  return row?.open === true;
};

/**
 * Takes the next request for this worker. Only the holder of the maintenance lock asks, so one that is running already
 * was left behind by a worker that has ended, and is taken again. It answers null when there is none.
 */
export const takeRequest = async (sql: Sql, worker: string): Promise<TakenRequest | null> => {
  const [row] = await sql`
    update maintenance_requests set status = 'running', started_at = coalesce(started_at, clock_timestamp()),
      taken_by = ${worker}, attempts = attempts + 1, progress = null
    where id = (select id from maintenance_requests where status in ('waiting', 'running') order by id limit 1 for update)
    returning id::int, kind, arguments, requested_by, attempts, result, cancel_requested_at is not null as cancelled`;
  if (!row) return null;
  return {
    id: Number(row.id),
    kind: String(row.kind),
    arguments: row.arguments as Record<string, unknown>,
    requestedBy: String(row.requested_by),
    attempt: Number(row.attempts),
    cancelled: row.cancelled === true,
    result: row.result as Record<string, unknown> | null,
  };
};

export const tooOften = (request: TakenRequest): boolean => request.attempt > mostAttempts;

/** The request's arguments, if it is of a known kind and they are what that kind holds. */
export const parseRequest = (request: TakenRequest): { kind: MaintenanceKind; given: never } | null => {
  if (!Object.hasOwn(maintenanceKinds, request.kind)) return null;
  const kind = request.kind as MaintenanceKind;
  const parsed = maintenanceKinds[kind].safeParse(request.arguments);
  return parsed.success ? { kind, given: parsed.data as never } : null;
};

/** Keeps how far it is; a worker that lost the request to another writes nothing. */
export const saveProgress = async (
  sql: Sql,
  request: TakenRequest,
  progress: MaintenanceProgress,
): Promise<void> => {
  await sql`update maintenance_requests set progress = ${JSON.stringify(progress)}::text::jsonb
    where id = ${request.id} and status = 'running' and attempts = ${request.attempt}`;
};

/** Keeps what could not be found out again after the statement that follows. */
export const keepResult = async (
  sql: Sql,
  request: TakenRequest,
  result: Record<string, unknown>,
): Promise<void> => {
  await sql`update maintenance_requests set result = ${JSON.stringify(result)}::text::jsonb
    where id = ${request.id} and status = 'running' and attempts = ${request.attempt}`;
};

/** True once a person has asked to cancel it. */
export const cancelAsked = async (sql: Sql, request: TakenRequest): Promise<boolean> => {
  const [row] =
    await sql`select cancel_requested_at is not null as asked from maintenance_requests where id = ${request.id}`;
  return row?.asked === true;
};

/** Puts it back for the next worker: this one ends, and the request was not at fault. */
export const returnRequest = async (sql: Sql, request: TakenRequest): Promise<void> => {
  await sql`update maintenance_requests set status = 'waiting', taken_by = null, attempts = attempts - 1, progress = null
    where id = ${request.id} and status = 'running' and attempts = ${request.attempt}`;
};

export type RequestEnd = {
  status: 'ok' | 'failed' | 'cancelled';
  result?: Record<string, unknown> | null;
  error?: string | null;
};

/**
 * Writes how a request ended, with its audit row. Only the attempt that holds it may: one that another worker has taken
 * over changes nothing.
 * @returns whether it was still this worker's
 */
export const finishRequest = async (sql: Sql, request: TakenRequest, end: RequestEnd): Promise<boolean> => {
  const result = end.result ?? null;
  const after = {
    request: request.id,
    status: end.status,
    ...result,
    ...(end.error ? { error: end.error } : {}),
  };
  const action = maintenanceActions[request.kind as MaintenanceKind] ?? 'maintenance:cancel';
  const [row] = await sql`
    with ended as (
      update maintenance_requests set status = ${end.status}, ended_at = clock_timestamp(), progress = null,
        result = ${result && JSON.stringify(result)}::text::jsonb, error_message = ${end.error?.slice(0, 2000) ?? null}
      where id = ${request.id} and status = 'running' and attempts = ${request.attempt} returning id)
    select append_audit('system', null, 'worker', ${action}, 'maintenance_request', ${subjectOf(request.kind, request.arguments)},
      null, ${JSON.stringify(after)}::text::jsonb, ${end.status === 'ok' ? 'success' : 'failure'}, null, null, null, null, null)
    from ended`;
  return row !== undefined;
};
