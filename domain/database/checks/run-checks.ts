import type { TransactionSql } from 'postgres';
import { sqlState } from '@/domain/errors';
import { log } from '@/domain/log';
import { groups } from './catalogue';
import type { CheckDefinition } from './definition';
import { type CheckName, definitions } from './definitions';
import type { CheckGroup, Server } from './group';
import { type CheckResult, judge, type Reading, type SkipReason } from './judge';

export type CheckPass = {
  results: CheckResult[];
  /** What reading each group cost, milliseconds. */
  groups: { name: string; ms: number; checks: readonly CheckName[] }[];
  ms: number;
};

type Options = {
  /** Other limits than the stated ones: a test cannot wait half an hour. */
  limits?: Partial<Record<CheckName, { warning?: number | null; critical?: number | null }>>;
  /** Only these groups. */
  only?: readonly string[];
};

/** No check waits longer than this for a lock. */
const lockTimeoutMs = 100;

/**
 * Runs every check in the given transaction, which it only reads. Each group stands in a savepoint of its own with its
 * own timeouts: one that fails leaves its checks unjudged, with the reason, and no others.
 */
export const runChecks = async (tx: TransactionSql, options: Options = {}): Promise<CheckPass> => {
  const began = performance.now();
  const [before] = await tx`select /* vigil:sample */ current_setting('statement_timeout') as statement,
    current_setting('lock_timeout') as lock, current_setting('jit') as jit`;
  const server = await readServer(tx);
  const readings = new Map<CheckName, Reading>();
  const cost: CheckPass['groups'] = [];
  for (const one of groups) {
    if (options.only && !options.only.includes(one.name)) continue;
    const from = performance.now();
    const read = await readGroup(tx, one, server);
    for (const name of one.checks) readings.set(name, read(name));
    cost.push({ name: one.name, ms: performance.now() - from, checks: one.checks });
  }
  await tx`select /* vigil:sample */ set_config('statement_timeout', ${before?.statement}, true),
    set_config('lock_timeout', ${before?.lock}, true), set_config('jit', ${before?.jit}, true)`;
  const results = definitions.flatMap((definition: CheckDefinition) => {
    const name = definition.name as CheckName;
    const reading = readings.get(name);
    return reading ? [judge({ ...definition, ...options.limits?.[name] }, reading)] : [];
  });
  return { results, groups: cost, ms: performance.now() - began };
};

const readGroup = async (
  tx: TransactionSql,
  one: CheckGroup,
  server: Server,
): Promise<(name: CheckName) => Reading> => {
  if (one.needsMonitor && !server.monitor) return () => ({ skipped: 'no_permission' });
  try {
    const found = await tx.savepoint(async (inside) => {
      await inside`select /* vigil:sample */ set_config('statement_timeout', ${`${one.timeoutMs}ms`}, true),
        set_config('lock_timeout', ${`${lockTimeoutMs}ms`}, true), set_config('jit', 'off', true)`;
      return one.read(inside, server);
    });
    return (name) => found[name] ?? { skipped: 'failed' };
  } catch (error) {
    const code = sqlState(error);
    // Without a code the connection is gone or the code here is wrong: neither is the check's to say.
    if (!code || !/^[0-9A-Z]{5}$/.test(code) || code.startsWith('08') || code.startsWith('57P')) throw error;
    log.warn({ err: error, group: one.name }, 'checks of the database could not be read');
    return () => ({ skipped: reasons[code] ?? 'failed', facts: { code } });
  }
};

const reasons: Record<string, SkipReason> = {
  '42501': 'no_permission',
  '57014': 'timed_out',
  '55P03': 'locked',
};

const readServer = async (tx: TransactionSql): Promise<Server> => {
  const [row] = await tx`
    select /* vigil:sample */ current_setting('server_version_num')::int as version, current_database() as database,
      pg_has_role(current_user, 'pg_read_all_stats', 'usage') and pg_has_role(current_user, 'pg_read_all_settings', 'usage') as monitor,
      to_regclass('pg_stat_statements') is not null
        and current_setting('pg_stat_statements.max', true) is not null as statements`;
  return row as unknown as Server;
};
