import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor } from '@/domain/cursor';
import type { querySorts, Range } from './input';
import { type TimeSteps, timeSteps } from './time-range';

const pageSize = 50;
/** Of a page of the database, as nearly every server is built. */
export const blockBytes = 8192;
const cursorSchema = z.tuple([z.number(), z.string().regex(/^-?\d{1,19}$/)]);

export type QueryRow = {
  queryId: string;
  /** As the server keeps it: constants are $1, $2, … */
  text: string;
  roles: string[];
  calls: number;
  totalMs: number;
  meanMs: number;
  rows: number;
  /** 0…1 of the blocks it read that were in memory; null when it read none. */
  hit: number | null;
  /** Waiting for disk, ms; 0 where the server does not measure it. */
  ioMs: number;
  tempBytes: number;
  /** 0…1 of the time that all queries of this database took in the range. */
  share: number;
  slow: boolean;
  /** Time in each of 24 steps of the range, ms. */
  spark: number[];
};

export type QueryList = {
  rows: QueryRow[];
  next: string | null;
  /** How many queries there are in all and how many of them are slow, within the search. */
  counts: { all: number; slow: number };
  totalMs: number;
  slowMs: number;
  /** Every role that ran something in the range. */
  roles: string[];
};

/** Text in which % and _ mean themselves. */
const containing = (text: string) => `%${text.replace(/[\\%_]/g, (sign) => `\\${sign}`)}%`;

const sortValues: Record<(typeof querySorts)[number], SQL> = {
  time: sql`total_ms`,
  calls: sql`calls`,
  mean: sql`mean_ms`,
  rows: sql`rows`,
  // A query that read nothing stands last.
  hit: sql`coalesce(hit, -1)`,
};

/** Sums per query over the range; the same query of several roles is one row. */
const totals = (from: Date, role?: string) => sql`
  select s.query_id, sum(s.calls)::float8 as calls, sum(s.total_time_ms) as total_ms, sum(s.rows)::float8 as rows,
    sum(s.total_time_ms) / greatest(sum(s.calls), 1) as mean_ms, sum(s.io_time_ms) as io_ms,
    sum(s.temp_blocks_written)::float8 * ${blockBytes} as temp_bytes,
    sum(s.shared_blocks_hit)::float8 / nullif(sum(s.shared_blocks_hit) + sum(s.shared_blocks_read), 0) as hit,
    array_agg(distinct s.role_name) as roles
  from query_stats s where s.captured_at >= ${from.toISOString()} and ${role ? sql`s.role_name = ${role}` : sql`true`}
  group by s.query_id`;

type ListInput = {
  range: Range;
  view: 'all' | 'slow';
  q?: string;
  role?: string;
  sort: (typeof querySorts)[number];
  order: 'desc' | 'asc';
  cursor?: string;
};

/** A page of the queries of a range, in the asked order; `slowMs` is the mean time from which one is slow. */
export const readQueryList = async (
  db: Db,
  input: ListInput,
  slowMs: number,
  now: Date,
): Promise<QueryList> => {
  const { from } = timeSteps(input.range, 'bars', now);
  const after = input.cursor ? decodeCursor(cursorSchema, input.cursor) : null;
  const by = sortValues[input.sort];
  const [direction, beyond] = input.order === 'asc' ? [sql`asc`, sql`>`] : [sql`desc`, sql`<`];
  const rows = await db.execute(sql`
    with totals as materialized (${totals(from, input.role)}),
    everything as materialized (
      select coalesce(sum(total_time_ms), 0) as ms, array_agg(distinct role_name) as roles from query_stats
      where captured_at >= ${from.toISOString()}),
    found as (
      select t.*, x.query_text as text from totals t
      join lateral (select query_text from query_texts x where x.query_id = t.query_id order by seen_at desc limit 1) x on true
      where ${input.q ? sql`x.query_text ilike ${containing(input.q)}` : sql`true`}
    )
    select f.query_id::text, f.text, f.roles, f.calls, f.total_ms, f.rows, f.mean_ms, f.hit, f.io_ms, f.temp_bytes,
      (${by})::float8 as position, c.everything, c.all_roles, c.all_found, c.slow_found
    from (select (select ms from everything) as everything, (select roles from everything) as all_roles, count(*)::int as all_found,
      count(*) filter (where mean_ms >= ${slowMs})::int as slow_found from found) c
    left join (select * from found
      where ${input.view === 'slow' ? sql`mean_ms >= ${slowMs}` : sql`true`}
        and ${after ? sql`(${by}, query_id) ${beyond} (${after[0]}::float8, ${after[1]}::bigint)` : sql`true`}
      order by ${by} ${direction}, query_id ${direction} limit ${pageSize + 1}) f on true
    order by ${by} ${direction} nulls last, f.query_id ${direction}`);
  const head = rows[0]!;
  const found = rows.filter((row) => row.query_id !== null);
  const shown = found.slice(0, pageSize);
  const everything = Number(head.everything);
  const sparks = await readSparks(
    db,
    shown.map((row) => String(row.query_id)),
    timeSteps(input.range, 'bars', now),
  );
  const last = shown.at(-1);
  return {
    rows: shown.map((row) => ({
      queryId: String(row.query_id),
      text: String(row.text),
      roles: row.roles as string[],
      calls: Number(row.calls),
      totalMs: Number(row.total_ms),
      meanMs: Number(row.mean_ms),
      rows: Number(row.rows),
      hit: row.hit === null ? null : Number(row.hit),
      ioMs: Number(row.io_ms),
      tempBytes: Number(row.temp_bytes),
      share: everything > 0 ? Number(row.total_ms) / everything : 0,
      slow: Number(row.mean_ms) >= slowMs,
      spark: sparks.get(String(row.query_id)) ?? [],
    })),
    next:
      found.length > pageSize && last ? encodeCursor([Number(last.position), String(last.query_id)]) : null,
    counts: { all: Number(head.all_found), slow: Number(head.slow_found) },
    totalMs: everything,
    slowMs,
    roles: (head.all_roles as string[] | null) ?? [],
  };
};

const stepOf = (steps: TimeSteps) =>
  sql`(floor(extract(epoch from captured_at) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8`;

const ids = (queryIds: readonly string[]) =>
  sql.join(
    queryIds.map((id) => sql`${id}::bigint`),
    sql`, `,
  );

const readSparks = async (db: Db, queryIds: string[], steps: TimeSteps): Promise<Map<string, number[]>> => {
  if (queryIds.length === 0) return new Map();
  const rows = await db.execute(sql`
    select query_id::text, ${stepOf(steps)} as step, sum(total_time_ms) as ms from query_stats
    where captured_at >= ${steps.from.toISOString()} and query_id in (${ids(queryIds)}) group by 1, 2`);
  const sparks = new Map(queryIds.map((id) => [id, steps.starts.map(() => 0)]));
  for (const row of rows) {
    const index = (Number(row.step) * 1000 - steps.from.getTime()) / 1000 / steps.stepSeconds;
    const values = sparks.get(String(row.query_id));
    if (values && index in values) values[index] = Number(row.ms);
  }
  return sparks;
};

export type QueryTime = {
  at: string;
  stepSeconds: number;
  /** The queries with a colour of their own, most time first; their key in `points` is the id. */
  queries: { queryId: string; text: string }[];
  /** Seconds each query took in each step; `others` is the rest; null where nothing was sampled. */
  points: ({ at: string } & Record<string, number | string | null>)[];
};

/** Time spent by query and step: the four that took most (the selected one among them) and the others. */
export const readQueryTime = async (
  db: Db,
  input: { range: Range; selected?: string },
  now: Date,
): Promise<QueryTime> => {
  const steps = timeSteps(input.range, 'bars', now);
  const from = steps.from.toISOString();
  const most = await db.execute(sql`
    with sums as (select query_id, sum(total_time_ms) as ms from query_stats where captured_at >= ${from} group by 1)
    select s.query_id::text, x.query_text as text from sums s
    join lateral (select query_text from query_texts x where x.query_id = s.query_id order by seen_at desc limit 1) x on true
    order by s.query_id = ${input.selected ?? null}::bigint desc nulls last, s.ms desc limit 4`);
  const queries = most.map((row) => ({ queryId: String(row.query_id), text: String(row.text) }));
  const rows = await db.execute(sql`
    select ${stepOf(steps)} as step,
      case when query_id in (${queries.length > 0 ? ids(queries.map((one) => one.queryId)) : sql`null::bigint`})
        then query_id::text else 'others' end as key, sum(total_time_ms) / 1000 as seconds
    from query_stats where captured_at >= ${from} group by 1, 2`);
  const byStep = new Map<number, Record<string, number>>();
  for (const row of rows) {
    const step = Number(row.step) * 1000;
    byStep.set(step, { ...byStep.get(step), [String(row.key)]: Number(row.seconds) });
  }
  const keys = [...queries.map((one) => one.queryId), 'others'];
  const points = steps.starts.map((start) => {
    const values = byStep.get(start.getTime());
    return {
      at: start.toISOString(),
      ...Object.fromEntries(keys.map((key) => [key, values ? (values[key] ?? 0) : null])),
    };
  });
  return { at: now.toISOString(), stepSeconds: steps.stepSeconds, queries, points };
};
