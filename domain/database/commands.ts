import { sql } from 'drizzle-orm';
import { databaseSql } from '@/db/client';
import { AppError } from '@/domain/errors';
import { command, noInput } from '@/domain/operation';
import { countStatus, knownChecks, passRows } from './check-health';
import { type CheckPass, runChecks } from './checks/run-checks';
import { explainStatement, type PlanOutcome } from './explain';
import { getQueryInput } from './input';

export type CheckedAgain = { ms: number; critical: number; warning: number };

/** Runs every check now instead of when it is next due, and keeps what they find. */
export const checkDatabase = command({
  name: 'database:check',
  can: 'database:check',
  input: noInput,
  topics: ['health'],
  // Reading takes a moment and locks nothing: it holds no transaction open that changes something.
  prepare: () => databaseSql().begin('read only', (tx) => runChecks(tx)) as Promise<CheckPass>,
  run: async ({ tx, prepared: pass }) => {
    const changed =
      await tx.execute(sql`select name from keep_health_checks(${JSON.stringify(passRows(pass))}::jsonb,
      ${sql.param([...knownChecks])}, now())`);
    const counts = { critical: countStatus(pass, 'critical'), warning: countStatus(pass, 'warning') };
    const value: CheckedAgain = { ms: Math.round(pass.ms), ...counts };
    return {
      value,
      audit: {
        resourceType: 'database',
        resourceId: 'health',
        after: { ...counts, checks: pass.results.length, changed: changed.length },
      },
    };
  },
});

/**
 * How the server would run a query that it has recorded; see explain.ts. Nothing of it is executed, and who asked stands
 * in the audit trail.
 * @throws AppError('not_found')
 */
export const explainQuery = command({
  name: 'query:explain',
  can: 'query:explain',
  input: getQueryInput,
  prepare: async ({ db, input }): Promise<PlanOutcome> => {
    const [row] = await db.execute(sql`select query_text as text from query_texts
      where query_id = ${input.queryId}::bigint order by seen_at desc limit 1`);
    if (!row) throw new AppError('not_found');
    return explainStatement(String(row.text));
  },
  run: async ({ input, prepared: outcome }) => ({
    value: outcome,
    audit: {
      resourceType: 'query',
      resourceId: input.queryId,
      after: outcome.planned ? { planned: true } : { planned: false, reason: outcome.reason },
    },
  }),
});
