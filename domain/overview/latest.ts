import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedHours } from '@/domain/planned-range';

export type LatestDecision = {
  transactionId: string;
  at: string;
  amount: string;
  currency: string;
  merchantId: string;
  merchantName: string | null;
  score: number;
  riskLevel: string;
  decision: string;
};
export type LatestDecisions = {
  rows: LatestDecision[];
  /** Payments a second over the last minute. */
  perSecond: number;
};

/** The newest payments of the last day, newest first. */
export const latestDecisions = async (db: Db, limit: number): Promise<LatestDecisions> => {
  const [rows, [rate]] = await Promise.all([
    db.execute<Record<string, string | number | null>>(sql`
      select t.transaction_id, (extract(epoch from t.transaction_timestamp) * 1000)::float8 as at, t.amount::text as amount, t.currency,
        t.merchant_id, m.display_name, t.fraud_score::float8 as score, t.risk_level, t.decision
      from (select * from transactions
        where transaction_timestamp > now() - interval '1 day' and transaction_timestamp <= now() + interval '10 minutes'
          and ${plannedHours(sql`transaction_timestamp`, 24)}
        order by transaction_timestamp desc, transaction_id desc limit ${limit}) t
      left join merchants m on m.merchant_id = t.merchant_id
      order by t.transaction_timestamp desc, t.transaction_id desc`),
    db.execute<{ n: number }>(sql`select count(*)::float8 as n from transactions
      where transaction_timestamp > now() - interval '1 minute' and transaction_timestamp <= now() + interval '10 minutes'
        and ${plannedHours(sql`transaction_timestamp`, 1)}`),
  ]);
  return {
    perSecond: Number(rate?.n ?? 0) / 60,
    rows: rows.map((row) => ({
      transactionId: String(row.transaction_id),
      at: new Date(Number(row.at)).toISOString(),
      amount: String(row.amount),
      currency: String(row.currency),
      merchantId: String(row.merchant_id),
      merchantName: row.display_name === null ? null : String(row.display_name),
      score: Number(row.score),
      riskLevel: String(row.risk_level),
      decision: String(row.decision),
    })),
  };
};
