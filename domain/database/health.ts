import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { CheckDefinition } from './checks/definition';
import { definitions } from './checks/definitions';
import type { CheckResult, CheckStatus } from './checks/judge';

export type Metric = { metric: string; value: number | null; unit: string; limit: number | null };

/** A check as it was found last, and since when it says so. Times are ISO 8601. */
export type HealthCheck = CheckResult & {
  since: string;
  previousStatus: CheckStatus | null;
  lastGoodAt: string | null;
  lastGoodValue: number | null;
  checkedAt: string;
};

export type DatabaseHealth = {
  at: string;
  server: { version: string; database: string; startedAt: string };
  metrics: Metric[];
  /** In the order of the definitions; empty until the checks have run once. */
  checks: HealthCheck[];
  /** The last pass: when, and what its statements cost the database. */
  pass: { at: string; ms: number; groups: { name: string; ms: number }[] } | null;
};

const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);
const iso = (value: unknown): string => new Date(String(value)).toISOString();
const isoOrNull = (value: unknown): string | null =>
  value === null || value === undefined ? null : iso(value);

/** v_database_health as it is now. */
export const readMetrics = async (db: Db): Promise<Metric[]> => {
  const rows = await db.execute(
    sql`select metric, value::float8, unit, limit_value::float8 as limit from v_database_health`,
  );
  return rows.map((row) => ({
    metric: String(row.metric),
    value: number(row.value),
    unit: String(row.unit),
    limit: number(row.limit),
  }));
};

type Row = Record<string, unknown>;
type Kept = Omit<CheckResult, 'name' | 'status' | 'value'>;

const checkOf = (row: Row): HealthCheck => ({
  name: String(row.name),
  status: row.status as CheckStatus,
  value: number(row.value),
  ...(row.result as Kept),
  since: iso(row.since),
  previousStatus: row.previous_status as CheckStatus | null,
  lastGoodAt: isoOrNull(row.last_good_at),
  lastGoodValue: number(row.last_good_value),
  checkedAt: iso(row.checked_at),
});

const passOf = (rows: readonly Row[]): DatabaseHealth['pass'] => {
  if (rows.length === 0) return null;
  const groups = new Map(rows.map((row) => [String(row.group_name), Number(row.group_ms)]));
  return {
    at: rows.map((row) => iso(row.checked_at)).reduce((a, b) => (a > b ? a : b)),
    ms: [...groups.values()].reduce((sum, ms) => sum + ms, 0),
    groups: [...groups].map(([name, ms]) => ({ name, ms })).sort((a, b) => b.ms - a.ms),
  };
};

/** The figures of now and every check as it was found last. */
export const readDatabaseHealth = async (db: Db): Promise<DatabaseHealth> => {
  const [server] = await db.execute(sql`select current_setting('server_version') as version,
    current_database() as name, pg_postmaster_start_time()::text as started_at`);
  const metrics = await readMetrics(db);
  const rows = await db.execute(sql`select name, status, value, result, since::text, previous_status,
    last_good_at::text, last_good_value, checked_at::text, group_name, group_ms from health_checks limit 200`);
  const byName = new Map(rows.map((row) => [String(row.name), row]));
  return {
    at: new Date().toISOString(),
    server: {
      version: String(server?.version),
      database: String(server?.name),
      startedAt: iso(server?.started_at),
    },
    metrics,
    checks: definitions.flatMap((definition: CheckDefinition) => {
      const row = byName.get(definition.name);
      return row ? [checkOf(row)] : [];
    }),
    pass: passOf(rows),
  };
};
