import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import { AppError } from '@/domain/errors';
import { noInput, query } from '@/domain/operation';
import { type StreamErrorCode, streamErrorCode } from './error-codes';
import { getStreamInput, listStreamInput } from './input';
import type { ListedStatus } from './statuses';

export type StreamStatus = 'PENDING' | 'PROCESSING' | 'DONE' | ListedStatus;

/** The queue at a glance. Times are ISO 8601. */
export type StreamSummary = {
  /** Rows that wait for their first try, are being decided, or wait to be tried again. */
  pending: number;
  processing: number;
  failed: number;
  dead: number;
  discarded: number;
  /** Dead letters by error, most first. */
  deadByError: { errorCode: StreamErrorCode; count: number; oldestAt: string }[];
  /** The payment that has waited longest and has neither been decided nor given up. */
  oldestReceivedAt: string | null;
  /** How long it has waited, by the database's clock. */
  lagSeconds: number;
  /** Rows whose worker has not renewed its lease. */
  leaseLost: number;
  /** Workers that hold rows now, with how many. */
  workers: { name: string; rows: number; leaseUntil: string }[];
  /** When the next row that waits to be tried again is due. */
  nextTryAt: string | null;
  /** When this was read, by the database's clock: the `until` for commands on what is seen here. */
  readAt: string;
};

/** A row of the stream in a list. Times are ISO 8601. */
export type StreamRow = {
  id: number;
  transactionId: string;
  status: StreamStatus;
  receivedAt: string;
  /** When it was decided, given up or discarded. */
  endedAt: string | null;
  nextTryAt: string | null;
  /** Failed or lost tries. */
  tries: number;
  /** Why it was not decided; null when it never failed. */
  errorCode: StreamErrorCode | null;
  errorMessage: string | null;
  discardReason: string | null;
  /** From the payload, for telling rows apart. */
  userId: string | null;
  amount: string | null;
  currency: string | null;
};

/** One row with what was sent. */
export type StreamDetail = StreamRow & {
  /** The payment as it is kept: what was not sent is absent. */
  payload: Record<string, unknown>;
  payloadHash: string;
  /** The answer that was given, as text. */
  answer: string | null;
  leasedBy: string | null;
  leaseUntil: string | null;
  leaseEpoch: number;
};

const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();
const textOf = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

const streamRow = (row: Record<string, unknown>): StreamRow => ({
  id: Number(row.id),
  transactionId: String(row.transaction_id),
  status: row.processing_status as StreamStatus,
  receivedAt: iso(row.received_at) as string,
  endedAt: iso(row.processed_at),
  nextTryAt: iso(row.next_try_at),
  tries: Number(row.retry_count),
  errorCode: row.error_code === null ? null : streamErrorCode(row.error_code),
  errorMessage: textOf(row.error_message),
  discardReason: textOf(row.discard_reason),
  userId: textOf(row.user_id),
  amount: textOf(row.amount),
  currency: textOf(row.currency),
});

const columns = sql`s.id, s.transaction_id, s.processing_status, s.received_at, s.processed_at, s.next_try_at, s.retry_count,
  coalesce(s.error_code, case when s.processing_status in ('DEAD', 'FAILED') then 'unexpected' end) as error_code,
  s.error_message, s.discard_reason, s.raw_data ->> 'user_id' as user_id, s.raw_data ->> 'amount' as amount,
  s.raw_data ->> 'currency' as currency`;

/** How many rows the queue holds in which state, and how long the oldest has waited. Reads only rows that are not done. */
export const streamSummary = query({
  name: 'stream.summary',
  can: 'stream:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<StreamSummary> => {
    const [row] = await db.execute<Record<string, unknown>>(sql`
      with open as (
        select processing_status as status, leased_by, lease_until, received_at, next_try_at from transaction_stream
        where processing_status in ('PENDING', 'PROCESSING', 'FAILED'))
      select
        (select jsonb_object_agg(status, n) from (select status, count(*) as n from open group by status) c) as counts,
        (select min(received_at) from open) as oldest,
        (select count(*)::int from open where status = 'PROCESSING' and lease_until <= now()) as lost,
        (select min(next_try_at) from open where status = 'FAILED') as next_try,
        (select coalesce(jsonb_agg(w order by w.name), '[]') from (
          select leased_by as name, count(*) as rows, max(lease_until) as "leaseUntil" from open
          where status = 'PROCESSING' and leased_by is not null group by leased_by) w) as workers,
        (select coalesce(jsonb_agg(d order by d.count desc, d.code), '[]') from (
          select error_code as code, count(*) as count, min(received_at) as oldest from transaction_stream
          where processing_status = 'DEAD' group by error_code) d) as dead,
        (select count(*)::int from transaction_stream where processing_status = 'DISCARDED') as discarded,
        now()::text as now`);
    return summaryOf(row as Record<string, unknown>);
  },
});

const summaryOf = (row: Record<string, unknown>): StreamSummary => {
  const counts = (row.counts ?? {}) as Record<string, number>;
  const dead = (row.dead as { code: string | null; count: number; oldest: string }[]).map((one) => ({
    errorCode: streamErrorCode(one.code),
    count: one.count,
    oldestAt: iso(one.oldest) as string,
  }));
  const readAt = iso(row.now) as string;
  const oldest = iso(row.oldest);
  const lag = oldest === null ? 0 : (Date.parse(readAt) - Date.parse(oldest)) / 1000;
  return {
    pending: counts.PENDING ?? 0,
    processing: counts.PROCESSING ?? 0,
    failed: counts.FAILED ?? 0,
    dead: dead.reduce((sum, one) => sum + one.count, 0),
    discarded: Number(row.discarded),
    deadByError: dead,
    oldestReceivedAt: oldest,
    lagSeconds: Math.max(0, lag),
    leaseLost: Number(row.lost),
    workers: (row.workers as StreamSummary['workers']).map((worker) => ({
      ...worker,
      leaseUntil: iso(worker.leaseUntil) as string,
    })),
    nextTryAt: iso(row.next_try),
    readAt,
  };
};

/** Rows of one status, the newest first; `status` is a literal in the statement so that its partial index serves it. */
const statusIs: Record<ListedStatus, SQL> = {
  DEAD: sql`s.processing_status = 'DEAD'`,
  DISCARDED: sql`s.processing_status = 'DISCARDED'`,
  FAILED: sql`s.processing_status = 'FAILED'`,
};

/** Dead letters (or discarded ones, or those to be tried again), last received first, by error or by the payment's id. */
export const listStream = query({
  name: 'stream.list',
  can: 'stream:read',
  input: listStreamInput,
  live: true,
  run: async ({ db, input }): Promise<Page<StreamRow>> => {
    const conditions = [statusIs[input.status]];
    if (input.errorCode === 'unexpected')
      conditions.push(sql`(s.error_code = 'unexpected' or s.error_code is null)`);
    else if (input.errorCode) conditions.push(sql`s.error_code = ${input.errorCode}`);
    if (input.transactionId) conditions.push(sql`s.transaction_id = ${input.transactionId}`);
    if (input.cursor)
      conditions.push(sql`s.id < ${decodeCursor(z.tuple([z.number().int()]), input.cursor)[0]}::bigint`);
    const rows = await db.execute<Record<string, unknown>>(sql`select ${columns} from transaction_stream s
      where ${sql.join(conditions, sql` and `)} order by s.id desc limit ${input.limit + 1}`);
    const found = rows.map(streamRow);
    const page = found.slice(0, input.limit);
    const last = page.at(-1);
    return { rows: page, next: found.length > input.limit && last ? encodeCursor([last.id]) : null };
  },
});

/** One row of the stream in any state, with what was sent. @throws AppError 'not_found' */
export const getStream = query({
  name: 'stream.get',
  can: 'stream:read',
  input: getStreamInput,
  live: true,
  run: async ({ db, input }): Promise<StreamDetail> => {
    const [row] = await db.execute<
      Record<string, unknown>
    >(sql`select ${columns}, s.raw_data, s.payload_hash, s.answer,
      s.leased_by, s.lease_until, s.lease_epoch from transaction_stream s where s.id = ${input.id}`);
    if (!row) throw new AppError('not_found', { field: 'id' });
    return {
      ...streamRow(row),
      payload: row.raw_data as Record<string, unknown>,
      payloadHash: String(row.payload_hash),
      answer: textOf(row.answer),
      leasedBy: textOf(row.leased_by),
      leaseUntil: iso(row.lease_until),
      leaseEpoch: Number(row.lease_epoch),
    };
  },
});
