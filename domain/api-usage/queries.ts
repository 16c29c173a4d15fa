import { type SQL, sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Db } from '@/db/client';
import { query } from '@/domain/operation';
import { apiUsageInput, type StatusClass } from './input';
import { type LatencyCounts, latencyQuantile } from './latency';
import { type UsageSteps, usageSteps } from './slots';

/** Calls of one route, key or of all. Latencies are upper bounds, ms; null without calls. Bytes of bodies. */
export type UsageFigures = {
  calls: number;
  /** Answered with 4xx, and with 5xx. */
  refused: number;
  failed: number;
  p50: number | null;
  p95: number | null;
  p99: number | null;
  requestBytes: number;
  responseBytes: number;
};

export type ApiUsage = {
  at: string;
  total: UsageFigures;
  /** Of as long a range before. */
  before: Pick<UsageFigures, 'calls' | 'refused' | 'failed'>;
  routes: (UsageFigures & { endpoint: string; method: string })[];
  /** The keys with most calls, at most `mostKeys`; id 0 is without a key. */
  keys: (UsageFigures & { keyId: number; name: string | null })[];
  statuses: { status: number; calls: number }[];
};

export type UsagePoint = { at: string; ok: number; refused: number; failed: number; p99: number | null };
export type ApiUsageSeries = { at: string; stepSeconds: number; points: UsagePoint[] };

type Input = z.output<typeof apiUsageInput>;
type Sums = {
  latency: number;
  calls: number;
  refused: number;
  failed: number;
  sent: number;
  answered: number;
};

export const mostKeys = 50;
const mostRoutes = 100;

const classStart: Record<StatusClass, number> = { '2xx': 200, '3xx': 300, '4xx': 400, '5xx': 500 };

/** The counts that answer this input, between two moments: a range of the primary key. */
const counted = (input: Input, steps: UsageSteps, from: Date, to: Date | null): SQL => {
  const conditions = [
    sql`slot_seconds = ${steps.slotSeconds} and slot >= ${from.toISOString()}`,
    ...(to ? [sql`slot < ${to.toISOString()}`] : []),
    ...(input.endpoint ? [sql`endpoint = ${input.endpoint}`] : []),
    ...(input.key === undefined ? [] : [sql`api_key_id = ${input.key}`]),
    ...(input.status
      ? [sql`status_code between ${classStart[input.status]} and ${classStart[input.status] + 99}`]
      : []),
  ];
  return sql`select * from api_usage_slots where ${sql.join(conditions, sql` and `)}`;
};

const sums = sql`sum(calls)::float8 as calls,
  coalesce(sum(calls) filter (where status_code between 400 and 499), 0)::float8 as refused,
  coalesce(sum(calls) filter (where status_code >= 500), 0)::float8 as failed,
  sum(request_bytes)::float8 as sent, sum(response_bytes)::float8 as answered`;

/** What rows of the same thing, one a latency, come to. */
const figuresOf = (rows: readonly Sums[]): UsageFigures => {
  const latencies: LatencyCounts = new Map(rows.map((row) => [row.latency, row.calls]));
  const sum = (key: keyof Sums) => rows.reduce((all, row) => all + row[key], 0);
  return {
    calls: sum('calls'),
    refused: sum('refused'),
    failed: sum('failed'),
    p50: latencyQuantile(latencies, 0.5),
    p95: latencyQuantile(latencies, 0.95),
    p99: latencyQuantile(latencies, 0.99),
    requestBytes: sum('sent'),
    responseBytes: sum('answered'),
  };
};

type Row = Record<string, unknown>;
const sumsOf = (row: Row): Sums => ({
  latency: Number(row.latency),
  calls: Number(row.calls),
  refused: Number(row.refused),
  failed: Number(row.failed),
  sent: Number(row.sent),
  answered: Number(row.answered),
});

/** Rows by what they are about, in the order they came. */
const gathered = (rows: readonly Row[], keyOf: (row: Row) => string): Row[][] => {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return [...groups.values()];
};

const byCalls = (a: UsageFigures, b: UsageFigures): number => b.calls - a.calls;

/** All groupings of the range in one pass: by route, by key (the busiest), by status and of all. */
const readGroups = async (db: Db, input: Input, steps: UsageSteps): Promise<Row[]> =>
  db.execute(sql`
    with c as materialized (
      select endpoint, method, status_code, api_key_id, latency_ms, sum(calls) as calls, sum(request_bytes) as request_bytes,
        sum(response_bytes) as response_bytes
      from (${counted(input, steps, steps.from, null)}) as slots group by 1, 2, 3, 4, 5),
    busiest as (select api_key_id from c group by 1 order by sum(calls) desc, 1 limit ${mostKeys}),
    routes as (select endpoint, method from c group by 1, 2 order by sum(calls) desc, 1, 2 limit ${mostRoutes})
    select 'route' as about, c.endpoint, c.method, null::int as id, latency_ms as latency, ${sums}
    from c join routes using (endpoint, method) group by c.endpoint, c.method, latency_ms
    union all select 'key', null, null, api_key_id, latency_ms, ${sums} from c join busiest using (api_key_id) group by 4, 5
    union all select 'status', null, null, status_code, 0, ${sums} from c group by 4
    union all select 'all', null, null, null, latency_ms, ${sums} from c group by 5`);

/** Calls of the decision API over a range: by route, by key, by status, and against as long a range before. */
export const apiUsage = query({
  name: 'api-usage.summary',
  can: 'api-usage:read',
  input: apiUsageInput,
  live: true,
  run: async ({ db, input }): Promise<ApiUsage> => {
    const now = new Date();
    const steps = usageSteps(input.range, now);
    const groups = await readGroups(db, input, steps);
    const [before] = await db.execute<Row>(
      sql`select ${sums} from (${counted(input, steps, steps.before, steps.from)}) as slots`,
    );
    const about = (name: string) => groups.filter((row) => row.about === name);
    const names = await readKeyNames(db, about('key'));
    const keys = gathered(about('key'), (row) => String(row.id)).map((rows) => {
      const keyId = Number(rows[0]?.id);
      return { keyId, name: names.get(keyId) ?? null, ...figuresOf(rows.map(sumsOf)) };
    });
    const routes = gathered(about('route'), (row) => `${row.method} ${row.endpoint}`).map((rows) => ({
      endpoint: String(rows[0]?.endpoint),
      method: String(rows[0]?.method),
      ...figuresOf(rows.map(sumsOf)),
    }));
    return {
      at: now.toISOString(),
      total: figuresOf(about('all').map(sumsOf)),
      before: {
        calls: Number(before?.calls ?? 0),
        refused: Number(before?.refused ?? 0),
        failed: Number(before?.failed ?? 0),
      },
      routes: routes.sort(byCalls),
      keys: keys.sort(byCalls),
      statuses: about('status')
        .map((row) => ({ status: Number(row.id), calls: Number(row.calls) }))
        .sort((a, b) => a.status - b.status),
    };
  },
});

const readKeyNames = async (db: Db, rows: readonly Row[]): Promise<Map<number, string>> => {
  const ids = JSON.stringify([...new Set(rows.map((row) => Number(row.id)))]);
  const found = await db.execute<Row>(sql`select id, name from api_keys
    where id in (select value::int from jsonb_array_elements_text(${ids}::text::jsonb))`);
  return new Map(found.map((row) => [Number(row.id), String(row.name)]));
};

/** The same calls over time, at most 30 steps: answered, refused and failed, and the 99 % latency of each step. */
export const apiUsageSeries = query({
  name: 'api-usage.series',
  can: 'api-usage:read',
  input: apiUsageInput,
  live: true,
  run: async ({ db, input }): Promise<ApiUsageSeries> => {
    const now = new Date();
    const steps = usageSteps(input.range, now);
    const rows = await db.execute<Row>(sql`
      select (floor(extract(epoch from slot) / ${steps.stepSeconds}) * ${steps.stepSeconds})::float8 as step,
        latency_ms as latency, ${sums}
      from (${counted(input, steps, steps.from, null)}) as slots group by 1, 2`);
    const byStep = new Map(
      gathered(rows, (row) => String(row.step)).map((found) => [Number(found[0]?.step) * 1000, found]),
    );
    const points = steps.starts.map((start): UsagePoint => {
      const { calls, refused, failed, p99 } = figuresOf((byStep.get(start.getTime()) ?? []).map(sumsOf));
      return { at: start.toISOString(), ok: calls - refused - failed, refused, failed, p99 };
    });
    return { at: now.toISOString(), stepSeconds: steps.stepSeconds, points };
  },
});
