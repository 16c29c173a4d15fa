import type { TransactionSql } from 'postgres';
import { connect, databaseSql } from '@/db/client';
import { sqlState } from '@/domain/errors';
import { log } from '@/domain/log';
import { type PlanNode, planTree, type TableSize, tablesOf } from './plan-tree';

/** Why there is no plan: worded in `database.plan.refused.<code>`. */
export type PlanRefusal =
  | 'no_login'
  | 'login_may_too_much'
  | 'cut'
  | 'not_plannable'
  | 'no_permission'
  | 'gone'
  | 'unknown_type'
  | 'timed_out'
  | 'locked'
  | 'failed';

export type Planned = {
  planned: true;
  /** `generic`: for any values. `emulated`: PostgreSQL 15 cannot say so itself; partitions are all listed. */
  kind: 'generic' | 'emulated';
  tree: PlanNode;
  /** As the server writes them, to be copied. */
  text: string;
  json: string;
};
export type PlanOutcome = Planned | { planned: false; reason: PlanRefusal; what: string | null };

/** The sampler keeps this much of a text; a longer one was cut and is another statement. */
const longestText = 20_000;
const timeoutMs = 2_000;
const lockTimeoutMs = 100;

const refused = (reason: PlanRefusal, what: string | null = null): PlanOutcome => ({
  planned: false,
  reason,
  what,
});

/** The server writes `interval '1 day'` as `interval $1` and `extract(epoch from …)` so too, which it could not read again. */
const readable = (statement: string): string =>
  statement
    .replace(/\b(interval|date|timestamp|timestamptz|time)\s+(\$\d+)/gi, '$2::$1')
    .replace(/\bextract\s*\(\s*(\$\d+)\s+from\s+/gi, 'pg_catalog."extract"($1, ');

const reasons: Record<string, PlanRefusal> = {
  '42501': 'no_permission',
  '42601': 'not_plannable',
  '42P01': 'gone',
  '42703': 'gone',
  '42883': 'gone',
  '3F000': 'gone',
  '42P18': 'unknown_type',
  '42P02': 'unknown_type',
  '57014': 'timed_out',
  '55P03': 'locked',
};

/**
 * How the server would run a statement with any values: its plan, for which nothing is executed.
 *
 * The text is one that the server itself has recorded. It is planned by a login that owns nothing, may change nothing and
 * sees no secrets, on a connection of its own that is closed afterwards, in a read-only transaction that is always rolled
 * back: planning calls functions that claim to be immutable or stable, and what they do is not to be trusted. PREPARE,
 * sent as one message that the server takes no second statement in, lets through only what has a plan.
 */
export const explainStatement = async (statement: string): Promise<PlanOutcome> => {
  const url = process.env.VIGIL_PLANNER_DATABASE_URL;
  if (!url) return refused('no_login');
  if (statement.length >= longestText) return refused('cut');
  const sql = connect(url, { max: 1, prepare: false, arrays: false, name: 'planner' });
  try {
    await sql.begin('read only', async (tx) => {
      throw new RolledBack(await plan(tx, readable(statement)));
    });
    return refused('failed');
  } catch (error) {
    if (error instanceof RolledBack) return error.outcome;
    const code = sqlState(error) ?? '';
    // Nothing of the server's own words but the name of what may not be touched: they may hold values.
    const what = /permission denied for (?:table|function|view|materialized view|schema|sequence) (\S+)/.exec(
      error instanceof Error ? error.message : '',
    );
    if (!reasons[code]) log.warn({ code }, 'a statement could not be planned');
    return refused(reasons[code] ?? 'failed', what?.[1] ?? null);
  } finally {
    await sql.end({ timeout: 1 });
  }
};

/** Carries a plan out of its transaction, which ends in a rollback whatever happened. */
class RolledBack extends Error {
  constructor(readonly outcome: PlanOutcome) {
    super('rolled back');
  }
}

const plan = async (tx: TransactionSql, statement: string): Promise<PlanOutcome> => {
  const [server] = await tx`select current_setting('server_version_num')::int as version,
    (select rolsuper from pg_roles where rolname = current_user)
      or pg_has_role(current_user, (select relowner from pg_class where oid = 'transactions'::regclass), 'usage') as much,
    set_config('statement_timeout', ${`${timeoutMs}ms`}, true), set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true),
    set_config('jit', 'off', true)`;
  if (server?.much) return refused('login_may_too_much');
  const oneStatement = { simple: false } as { prepare?: boolean };
  await tx.unsafe(`prepare vigil_plan as ${statement}`, [], oneStatement);
  const generic = server?.version >= 160_000;
  const explain = generic ? await byServer(tx, statement) : await emulated(tx);
  const root = explain.json[0]?.Plan as Record<string, unknown>;
  const sizes = await readSizes(tablesOf(root));
  return {
    planned: true,
    kind: generic ? 'generic' : 'emulated',
    tree: planTree(root, sizes),
    text: explain.text,
    json: JSON.stringify(explain.json, null, 2),
  };
};

type Explained = { json: Record<string, unknown>[]; text: string };

const lines = (rows: Iterable<Record<string, unknown>>): string =>
  [...rows].map((row) => String(row['QUERY PLAN'])).join('\n');

const parsed = (row: Record<string, unknown> | undefined): Explained['json'] => {
  const value = row?.['QUERY PLAN'];
  return (typeof value === 'string' ? JSON.parse(value) : value) as Explained['json'];
};

/** From PostgreSQL 16 on. PREPARE has shown that the text is one statement with a plan. */
const byServer = async (tx: TransactionSql, statement: string): Promise<Explained> => {
  const [json] = await tx.unsafe(`explain (generic_plan, format json) ${statement}`);
  return { json: parsed(json), text: lines(await tx.unsafe(`explain (generic_plan) ${statement}`)) };
};

/**
 * Nulls in place of the values, for a plan that does not look at them. Pruning is switched off, since it would, and leave
 * no partition at all.
 */
const emulated = async (tx: TransactionSql): Promise<Explained> => {
  const [prepared] = await tx`select cardinality(parameter_types) as parameters,
    set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_partition_pruning', 'off', true)
    from pg_prepared_statements where name = 'vigil_plan'`;
  const nulls = Array.from({ length: Number(prepared?.parameters) }, () => 'null').join(', ');
  const execute = `execute vigil_plan${nulls && `(${nulls})`}`;
  const [json] = await tx.unsafe(`explain (format json) ${execute}`);
  return { json: parsed(json), text: lines(await tx.unsafe(`explain ${execute}`)) };
};

/** Sizes of tables by the server's own estimate. */
const readSizes = async (tables: string[]): Promise<Map<string, TableSize>> => {
  if (tables.length === 0) return new Map();
  const rows = await databaseSql()`select relname as name, greatest(reltuples, 0)::float8 as rows,
      relpages::float8 * current_setting('block_size')::float8 as bytes
    from pg_class where relnamespace = 'public'::regnamespace and relname in ${databaseSql()(tables)}`;
  return new Map(rows.map((row) => [String(row.name), { rows: Number(row.rows), bytes: Number(row.bytes) }]));
};
