import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { AppError } from '@/domain/errors';
import type { Range } from './input';
import { blockBytes } from './query-stats';
import { timeSteps } from './time-range';

export type QuerySums = {
  calls: number;
  totalMs: number;
  meanMs: number | null;
  rows: number;
  blocksHit: number;
  blocksRead: number;
  /** Written to temporary files. */
  tempBytes: number;
  /** Waiting for disk, ms; 0 where the server does not measure it. */
  ioMs: number;
  /** 0…1 of the time of all queries. */
  share: number;
};

export type QueryDetail = {
  queryId: string;
  text: string;
  firstSeenAt: string | null;
  lastSeenAt: string;
  slowMs: number;
  /** Over the last 24 hours: in all, and by the role that ran it, most time first. */
  day: QuerySums;
  callers: (QuerySums & { role: string; lastAt: string })[];
};

type Row = Record<string, unknown>;
const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
const iso = (value: unknown): string => new Date(String(value)).toISOString();

const sumsOf = (row: Row): QuerySums => ({
  calls: Number(row.calls ?? 0),
  totalMs: Number(row.total_ms ?? 0),
  meanMs: number(row.mean_ms),
  rows: Number(row.rows ?? 0),
  blocksHit: Number(row.hit ?? 0),
  blocksRead: Number(row.read ?? 0),
  tempBytes: Number(row.temp_bytes ?? 0),
  ioMs: Number(row.io_ms ?? 0),
  share: Number(row.share ?? 0),
});

/**
 * One query: its text, its last 24 hours and who ran it.
 * @throws AppError('not_found')
 */
export const readQueryDetail = async (db: Db, queryId: string, slowMs: number): Promise<QueryDetail> => {
  const [head] = await db.execute(sql`
    select (array_agg(query_text order by seen_at desc))[1] as text, max(seen_at)::text as last_seen,
      (select min(captured_at)::text from query_stats where query_id = ${queryId}::bigint) as first_seen
    from query_texts where query_id = ${queryId}::bigint`);
  if (!head?.text) throw new AppError('not_found');
  const rows = await db.execute(sql`
    with everything as materialized (
      select sum(total_time_ms) as ms from query_stats where captured_at > now() - interval '24 hours')
    select s.role_name, sum(s.calls)::float8 as calls, sum(s.total_time_ms) as total_ms, sum(s.rows)::float8 as rows,
      sum(s.total_time_ms) / nullif(sum(s.calls), 0)::float8 as mean_ms, sum(s.shared_blocks_hit)::float8 as hit,
      sum(s.shared_blocks_read)::float8 as read, sum(s.temp_blocks_written)::float8 * ${blockBytes} as temp_bytes,
      sum(s.io_time_ms) as io_ms, sum(s.total_time_ms) / nullif((select ms from everything), 0) as share,
      max(s.captured_at)::text as last_at
    from query_stats s where s.query_id = ${queryId}::bigint and s.captured_at > now() - interval '24 hours'
    group by grouping sets ((), (s.role_name)) order by s.role_name is null desc, 3 desc nulls last limit 51`);
  const [all, ...callers] = rows;
  return {
    queryId,
    text: String(head.text),
    firstSeenAt: head.first_seen ? iso(head.first_seen) : null,
    lastSeenAt: iso(head.last_seen),
    slowMs,
    day: sumsOf(all ?? {}),
    callers: callers.map((row) => ({
      ...sumsOf(row),
      role: String(row.role_name),
      lastAt: iso(row.last_at),
    })),
  };
};

export type QueryPoint = {
  at: string;
  meanMs: number | null;
  calls: number;
  rows: number;
  /** Percent of the time of all queries in this step; null where nothing was sampled. */
  sharePercent: number | null;
};
export type QuerySeries = { at: string; stepSeconds: number; points: QueryPoint[] };

/** One query by step: mean time (null where it did not run), calls, rows and its part of all time. */
export const readQuerySeries = async (
  db: Db,
  queryId: string,
  range: Range,
  now: Date,
): Promise<QuerySeries> => {
  const steps = timeSteps(range, 'line', now);
  const rows = await db.execute(sql`
    select (floor(extract(epoch from captured_at) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8 as step,
      sum(calls) filter (where query_id = ${queryId}::bigint)::float8 as calls,
      sum(rows) filter (where query_id = ${queryId}::bigint)::float8 as rows,
      sum(total_time_ms) filter (where query_id = ${queryId}::bigint) as own_ms, sum(total_time_ms) as all_ms
    from query_stats where captured_at >= ${steps.from.toISOString()} group by 1`);
  const byStep = new Map(rows.map((row) => [Number(row.step) * 1000, row]));
  const points = steps.starts.map((start): QueryPoint => {
    const row = byStep.get(start.getTime());
    const [calls, own, all] = [Number(row?.calls ?? 0), Number(row?.own_ms ?? 0), Number(row?.all_ms ?? 0)];
    return {
      at: start.toISOString(),
      meanMs: calls > 0 ? own / calls : null,
      calls,
      rows: Number(row?.rows ?? 0),
      sharePercent: all > 0 ? (100 * own) / all : null,
    };
  });
  return { at: now.toISOString(), stepSeconds: steps.stepSeconds, points };
};
