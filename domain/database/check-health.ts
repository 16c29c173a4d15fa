import type { TransactionSql } from 'postgres';
import { groups } from './checks/catalogue';
import { definitions } from './checks/definitions';
import { type CheckPass, runChecks } from './checks/run-checks';

/** What changes slowly is read again after this long. */
const slowSeconds = 300;

export const knownChecks: readonly string[] = definitions.map(({ name }) => name);

/** The rows of a pass as keep_health_checks() takes them. */
export const passRows = (pass: CheckPass) =>
  pass.results.map(({ name, status, value, ...result }) => {
    const read = pass.groups.find(({ checks }) => (checks as readonly string[]).includes(name));
    return { name, status, value, result, group_name: read?.name ?? '', group_ms: read?.ms ?? 0 };
  });

export const countStatus = (pass: CheckPass, status: string): number =>
  pass.results.filter((one) => one.status === status).length;

/** Groups that are due: those of the minute, and slow ones that were not read for five. */
const dueGroups = async (tx: TransactionSql, now: Date): Promise<string[]> => {
  const rows = await tx`select /* vigil:sample */ group_name as name from health_checks group by 1
    having min(checked_at) > ${new Date(now.getTime() - (slowSeconds - 30) * 1000).toISOString()}`;
  const fresh = new Set(rows.map((row) => String(row.name)));
  return groups.filter((one) => !one.slow || !fresh.has(one.name)).map((one) => one.name);
};

/** Runs the checks that are due, keeps what they found and what they cost. */
export const checkHealth = async (
  tx: TransactionSql,
  now: Date,
): Promise<{ checks: number; changed: number; critical: number; warning: number; ms: number }> => {
  const pass = await runChecks(tx, { only: await dueGroups(tx, now) });
  const at = now.toISOString();
  const changed = await tx`
    select /* vigil:sample */ name from keep_health_checks(${JSON.stringify(passRows(pass))}::text::jsonb, ${[...knownChecks]}, ${at})`;
  await tx`insert /* vigil:sample */ into system_metrics (metric_name, metric_value, labels, timestamp)
    values ('db.checks_ms', ${pass.ms}, '{"unit":"ms"}', ${at})`;
  return {
    checks: pass.results.length,
    changed: changed.length,
    critical: countStatus(pass, 'critical'),
    warning: countStatus(pass, 'warning'),
    ms: Math.round(pass.ms),
  };
};
