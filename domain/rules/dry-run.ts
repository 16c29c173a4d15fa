import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Condition } from './conditions';
import { compileCondition } from './evaluate';
import { ruleFields, storedRuleRow } from './fields';
import { iso } from './versions';

/** How many payments a dry run looks at. */
export const dryRunPayments = 1000;

export type DryRun = {
  /** Payments looked at, at most 1 000. */
  payments: number;
  fired: number;
  /** Of those that fired: how many were not allowed anyway. */
  stopped: number;
  /** The oldest payment looked at, ISO 8601; null without payments. */
  since: string | null;
  /** The newest ten that fired. */
  sample: {
    transactionId: string;
    at: string;
    amount: string;
    currency: string;
    userId: string;
    decision: string;
  }[];
};

const featureColumns = sql.raw(
  ruleFields
    .filter((field) => field.name.includes('.'))
    .map((field) => `f.${field.column}`)
    .join(', '),
);

/**
 * Runs a condition over the stored features of the newest 1 000 payments, through the same closures that decide.
 * The features are those of the decision, so the answer is what the rule would have done then.
 */
export async function runOnRecent(db: Db, condition: Condition): Promise<DryRun> {
  // From the oldest of them on: months of features before it need not be opened.
  const rows = await db.execute<Record<string, unknown>>(sql`
    with t as materialized (
      select * from transactions order by transaction_timestamp desc, transaction_id desc limit ${dryRunPayments})
    select t.transaction_id, t.transaction_timestamp, t.user_id, t.merchant_id, t.amount, t.currency, t.country,
      t.channel, t.merchant_category, t.device_id, host(t.ip_address) as ip_address, t.card_token, t.latitude,
      t.longitude, t.decision, ${featureColumns}
    from t join ml_features f using (transaction_id, transaction_timestamp)
    where f.transaction_timestamp >= (select min(transaction_timestamp) from t)
    order by t.transaction_timestamp desc, t.transaction_id desc`);
  const test = compileCondition(condition);
  const fired = rows.filter((row) => test(storedRuleRow(row, row)));
  const oldest = rows.at(-1);
  return {
    payments: rows.length,
    fired: fired.length,
    stopped: fired.filter((row) => row.decision !== 'ALLOW').length,
    since: oldest ? iso(String(oldest.transaction_timestamp)) : null,
    sample: fired.slice(0, 10).map((row) => ({
      transactionId: String(row.transaction_id),
      at: iso(String(row.transaction_timestamp)),
      amount: String(row.amount),
      currency: String(row.currency),
      userId: String(row.user_id),
      decision: String(row.decision),
    })),
  };
}
