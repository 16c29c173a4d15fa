import type { Sql } from 'postgres';
import {
  bruteForceFeatures,
  featureDifferences,
  type RecordedPayment,
} from '@/domain/transactions/feature-oracle';
import { features } from '@/domain/transactions/features';
import type { Payment } from '@/domain/transactions/input';

type Row = {
  id: string;
  at: Date;
  user: string;
  merchant: string;
  amount: string;
  decision: string;
  fraud: boolean | null;
  known: Date | null;
};

const recorded = (row: Row): RecordedPayment => ({
  payment: {
    transaction_id: row.id,
    user_id: row.user,
    merchant_id: row.merchant,
    transaction_timestamp: row.at.toISOString(),
    amount: row.amount,
    currency: 'EUR',
    latitude: null,
    longitude: null,
  } as Payment,
  ms: row.at.getTime(),
  cents: BigInt(row.amount.replace('.', '')),
  decision: row.decision,
  isFraud: row.fraud,
  labelledAt: row.known?.getTime() ?? null,
});

const columns = (sql: Sql) => sql`x.transaction_id as id, x.transaction_timestamp as at, x.user_id as user,
  x.merchant_id as merchant, x.amount::text, x.decision, x.is_fraud as fraud, x.labelled_at as known`;

/**
 * Features of a sample spread over the whole file that are not what brute force makes of every earlier payment of the same
 * customer or terminal; ids ascend in the order of the file. Labels of the last 30 days are of payments up to 37 days old.
 */
export async function wrongOfSample(
  sql: Sql,
  size: number,
): Promise<{ compared: number; differing: number; wrong: string[] }> {
  const sample = await sql<(Row & { features: Record<string, unknown> })[]>`
    select ${columns(sql)}, to_jsonb(f) as features from transactions x
    join ml_features f using (transaction_id, transaction_timestamp)
    where x.transaction_id in (select ((n + 0.5) * (select rows from imports order by id limit 1) / ${size})::bigint::text
      from generate_series(0, ${size - 1}) n)`;
  const wrong: string[] = [];
  const values = new Map(features.map(({ field }) => [field, new Set<unknown>()]));
  for (const row of sample) {
    const past = await sql<Row[]>`select ${columns(sql)} from transactions x
      where (x.user_id = ${row.user} or x.merchant_id = ${row.merchant})
        and x.transaction_timestamp > ${row.at}::timestamptz - interval '40 days' and x.transaction_timestamp <= ${row.at}
        and x.transaction_id::bigint < ${row.id}::bigint order by x.transaction_id::bigint`;
    const expected = bruteForceFeatures(recorded(row), past.map(recorded));
    for (const { field } of features) values.get(field)?.add(expected[field]);
    for (const found of featureDifferences(expected, row.features)) wrong.push(`${row.id} ${found}`);
  }
  return {
    compared: sample.length,
    differing: [...values.values()].filter((one) => one.size > 1).length,
    wrong,
  };
}
