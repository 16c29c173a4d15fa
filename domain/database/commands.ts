import { sql } from 'drizzle-orm';
import { databaseSql } from '@/db/client';
import { command, noInput } from '@/domain/operation';
import { countStatus, knownChecks, passRows } from './check-health';
import { type CheckPass, runChecks } from './checks/run-checks';

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
