import type { Sql } from 'postgres';
import { type RuleRow, storedRuleRow } from '@/domain/rules/fields';
import { features } from '@/domain/transactions/features';

export type LabelledPayment = { id: string; at: string; user: string; fraud: boolean; row: RuleRow };

export type LabelledRange = {
  from: string;
  to: string;
  /** Labels that became known later do not count; null takes all. */
  knownBy: string | null;
  /** Without a label so many days later a payment is genuine; null leaves it out. */
  matureDays: number | null;
};

const batch = 2_000;

/**
 * Labelled payments with the features that were recorded when they were decided, in time order, in batches of at most
 * 2,000. Archived ones are read too. A fraud that was reported too late for `knownBy` counts as its silence would have.
 */
export async function* labelledPayments(
  sql: Sql,
  { from, to, knownBy, matureDays }: LabelledRange,
): AsyncGenerator<LabelledPayment[]> {
  const columns = features.map(({ column }) => `f.${column}`).join(', ');
  let place: { at: string; id: string } = { at: from, id: '' };
  for (;;) {
    const rows = await sql.unsafe<Record<string, unknown>[]>(
      `select x.transaction_id, x.transaction_timestamp::text as exact_at, x.user_id,
         case when x.labelled_at <= k.known_by then x.is_fraud
              when x.transaction_timestamp + make_interval(days => $6::int) <= k.known_by then false end as fraud, ${columns}
       from (select coalesce($5::text::timestamptz, now()) as known_by) k
       cross join lateral (select * from transactions_all x
         where x.transaction_timestamp >= $1::text::timestamptz and x.transaction_timestamp < $2::text::timestamptz
           and (x.transaction_timestamp, x.transaction_id) > ($3::text::timestamptz, $4::text)
         order by x.transaction_timestamp, x.transaction_id limit ${batch}) x
       left join ml_features f on f.transaction_id = x.transaction_id and f.transaction_timestamp = x.transaction_timestamp
       order by x.transaction_timestamp, x.transaction_id`,
      [place.at, to, place.at, place.id, knownBy, matureDays],
    );
    const last = rows.at(-1);
    if (!last) return;
    yield rows.flatMap((row) => {
      if (row.fraud === null || row.payment_amount === null) return [];
      return {
        id: String(row.transaction_id),
        at: String(row.exact_at),
        user: String(row.user_id),
        fraud: row.fraud === true,
        row: storedRuleRow({}, row),
      };
    });
    if (rows.length < batch) return;
    place = { at: String(last.exact_at), id: String(last.transaction_id) };
  }
}
