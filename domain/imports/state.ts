import type { Sql } from 'postgres';
import type { Payment } from '@/domain/transactions/input';
import type { RowCounts } from './ledger';

/** The columns of `ml_features`, in their order. */
export const readFeatureColumns = async (sql: Sql): Promise<string[]> => {
  const rows = await sql<{ name: string }[]>`select attname as name from pg_attribute
    where attrelid = 'ml_features'::regclass and attnum > 0 and not attisdropped order by attnum`;
  return rows.map(({ name }) => name);
};

/** Writes down how far an import has come. */
export const saveProgress = async (
  sql: Sql,
  id: number,
  { nextRow, recorded, known, rejected, labels }: RowCounts & { nextRow: number },
): Promise<void> => {
  await sql`update imports set next_row = ${nextRow}, recorded = ${recorded}, known = ${known},
    rejected = ${rejected}, labels = ${labels}, updated_at = clock_timestamp() where id = ${id}`;
};

/** A label of a payment that was there before. */
export type LateLabel = { payment: Payment; isFraud: boolean; knownAt: string };

/**
 * Sets labels as of the moment at which they became known. A payment that has a label keeps it.
 * @returns the ids of those that are set now
 */
export const setLabels = async (sql: Sql, labels: readonly LateLabel[]): Promise<ReadonlySet<string>> => {
  if (labels.length === 0) return new Set();
  const given = labels.map(({ payment, isFraud, knownAt }) => ({
    transaction_id: payment.transaction_id,
    transaction_timestamp: payment.transaction_timestamp,
    is_fraud: isFraud,
    labelled_at: knownAt,
    if_unknown: true,
  }));
  const rows = await sql<{ id: string }[]>`
    select transaction_id as id from label_transactions(${JSON.stringify(given)}::text::jsonb, 'import')`;
  return new Set(rows.map(({ id }) => id));
};

/** Which of these ids were recorded since then; none where it is null. */
export const recordedSince = async (
  sql: Sql,
  since: string | null,
  ids: readonly string[],
): Promise<ReadonlySet<string>> => {
  if (since === null || ids.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select s.transaction_id as id from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) i
    join transaction_stream s on s.transaction_id = i where s.processed_at >= ${since}::text::timestamptz`;
  return new Set(rows.map(({ id }) => id));
};

/** Which of these payments are recorded just as they are given, by an answer that is kept no longer? */
export const alreadyThere = async (sql: Sql, payments: readonly Payment[]): Promise<ReadonlySet<string>> => {
  if (payments.length === 0) return new Set();
  const rows = await sql<{ id: string }[]>`
    select p.transaction_id as id
    from jsonb_to_recordset(${JSON.stringify(payments)}::text::jsonb) as p(transaction_id varchar, user_id varchar,
      merchant_id varchar, transaction_timestamp timestamptz, amount numeric, currency bpchar, latitude double precision,
      longitude double precision, country bpchar, device_id varchar, ip_address inet, channel varchar, card_token varchar,
      merchant_category varchar, metadata jsonb)
    join transactions x on x.transaction_id = p.transaction_id and x.transaction_timestamp = p.transaction_timestamp
    where not exists (select from transaction_stream s where s.transaction_id = p.transaction_id)
      and (x.user_id, x.merchant_id, x.amount, x.currency) = (p.user_id, p.merchant_id, p.amount, p.currency)
      and row (x.latitude, x.longitude, x.country, x.device_id, x.ip_address, x.channel, x.card_token, x.merchant_category,
        nullif(x.metadata, 'null')) is not distinct from row (p.latitude, p.longitude, p.country, p.device_id, p.ip_address,
        p.channel, p.card_token, p.merchant_category, nullif(p.metadata, 'null'))`;
  return new Set(rows.map(({ id }) => id));
};
