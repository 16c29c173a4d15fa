import { type SQL, sql } from 'drizzle-orm';

/** A moment as PostgreSQL writes it, or a Date, as ISO 8601 in UTC; null for null. */
export const iso = (value: unknown): string | null => {
  if (value === null || value === undefined) return null;
  const at = value instanceof Date ? value : new Date(String(value));
  return Number.isNaN(at.getTime()) ? null : at.toISOString();
};

/** A numeric that arrives as text, as a number; null for null. */
export const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);

/** All that is ever shown of a card. */
export const lastFour = (token: unknown): string | null =>
  token === null || token === undefined ? null : String(token).slice(-4);

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

/** One payment as lists show it. Times are ISO 8601, money is in its currency, the card is its last four only. */
export type TransactionRow = {
  id: string;
  at: string;
  userId: string;
  userName: string | null;
  merchantId: string;
  merchantName: string | null;
  amount: string;
  currency: string;
  amountBase: number;
  country: string | null;
  deviceId: string | null;
  ipAddress: string | null;
  channel: string | null;
  cardLastFour: string | null;
  score: number;
  riskLevel: string;
  decision: string;
  /** True fraud, false genuine, null not known. */
  isFraud: boolean | null;
  labelSource: string | null;
};

/** Columns of TransactionRow, of a payment `x` with its customer `u` and merchant `m`. */
export const transactionColumns: SQL = sql`x.transaction_id, x.transaction_timestamp, x.user_id, x.merchant_id, x.amount,
  x.currency, x.amount_base, x.country, x.device_id, host(x.ip_address) as ip_address, x.channel, x.card_token,
  x.fraud_score, x.risk_level, x.decision, x.is_fraud, x.label_source,
  u.display_name as user_name, m.display_name as merchant_name`;

/** Names of customer and merchant, by primary key. */
export const transactionNames: SQL = sql`left join users u on u.user_id = x.user_id
  left join merchants m on m.merchant_id = x.merchant_id`;

/** A row of `transactionColumns` as the program has it. */
export const transactionRow = (row: Record<string, unknown>): TransactionRow => ({
  id: String(row.transaction_id),
  at: iso(row.transaction_timestamp) ?? '',
  userId: String(row.user_id),
  userName: text(row.user_name),
  merchantId: String(row.merchant_id),
  merchantName: text(row.merchant_name),
  amount: String(row.amount),
  currency: String(row.currency),
  amountBase: number(row.amount_base) ?? 0,
  country: text(row.country),
  deviceId: text(row.device_id),
  ipAddress: text(row.ip_address),
  channel: text(row.channel),
  cardLastFour: lastFour(row.card_token),
  score: number(row.fraud_score) ?? 0,
  riskLevel: String(row.risk_level),
  decision: String(row.decision),
  isFraud: (row.is_fraud ?? null) as boolean | null,
  labelSource: text(row.label_source),
});
