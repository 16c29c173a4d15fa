import type { TransactionSql } from 'postgres';

/** [from, to), as ISO instants. */
export type Span = { from: string; to: string };

/**
 * About `most` payments of a span, chosen by a hash of their ids, as the materialized `chosen` of a WITH: the span is
 * counted and passed through in an index, and only the chosen ones are looked up by key.
 */
export async function paymentSample(
  sql: TransactionSql,
  span: Span,
  most: number,
): Promise<{ chosen: string; payments: number; share: number }> {
  const [row] = await sql`select count(*)::float8 as payments from transactions_all
    where transaction_timestamp >= ${span.from}::text::timestamptz and transaction_timestamp < ${span.to}::text::timestamptz`;
  const payments = Number(row!.payments);
  const every = Math.max(1, Math.ceil(payments / most));
  const byHash = every === 1 ? '' : `and (hashtext(x.transaction_id)::bigint + 2147483648) % ${every} = 0`;
  return {
    payments,
    share: 1 / every,
    chosen: `chosen as materialized (select x.transaction_id, x.transaction_timestamp from transactions_all x
      where x.transaction_timestamp >= $1::text::timestamptz and x.transaction_timestamp < $2::text::timestamptz ${byHash})`,
  };
}
