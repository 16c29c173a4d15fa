import { type SQL, sql } from 'drizzle-orm';
import { iso, lastFour, number } from '@/domain/transactions/rows';
import type { AlertStatus, Disposition } from './input';

/** A reason as stored with the decision: the rule that gave it, its sentence's code and the values. */
export type StoredReason = {
  rule?: number | null;
  code: string;
  values: Record<string, number | string | boolean | null>;
};

/** One alert as the queue shows it. Times are ISO 8601, money is in its currency, the card is its last four only. */
export type AlertRow = {
  id: number;
  transactionId: string;
  transactionTimestamp: string;
  userId: string;
  userName: string | null;
  merchantId: string;
  merchantName: string | null;
  cardLastFour: string | null;
  amount: string;
  currency: string;
  amountBase: number;
  score: number;
  riskLevel: string;
  decision: string;
  severity: string;
  status: AlertStatus;
  disposition: Disposition | null;
  reasons: StoredReason[];
  rules: number[];
  patterns: string[];
  slaDueAt: string;
  createdAt: string;
  /** Who has it now: null when free, also after a lease has run out. */
  holderId: string | null;
  holderName: string | null;
  /** When the lease ends; null while held means assigned without an end. */
  leaseUntil: string | null;
  note: string | null;
  decidedById: string | null;
  decidedByName: string | null;
  decidedAt: string | null;
};

/** True while somebody has the alert: a lease that runs, or an assignment without an end. */
export const held: SQL = sql`(a.assignee_id is not null and (a.lease_until is null or a.lease_until > clock_timestamp()))`;

/** Columns of AlertRow, from `alertFrom`. */
export const alertColumns: SQL = sql`a.id, a.transaction_id, a.transaction_timestamp, a.user_id, a.merchant_id, a.card_token,
  a.amount, a.currency, a.amount_base, a.fraud_score, a.risk_level, a.decision, a.severity, a.status, a.disposition,
  a.reasons, a.rules, a.patterns, a.sla_due_at, a.created_at, a.note, a.decided_by, a.decided_at,
  case when ${held} then a.assignee_id end as holder_id, case when ${held} then a.lease_until end as lease_until,
  u.display_name as user_name, m.display_name as merchant_name, h.name as holder_name, d.name as decided_by_name`;

/** Joins for the names in a row; every one by primary key. */
export const alertNames: SQL = sql`left join users u on u.user_id = a.user_id
  left join merchants m on m.merchant_id = a.merchant_id
  left join console_users h on h.id::text = a.assignee_id
  left join console_users d on d.id::text = a.decided_by`;

const text = (value: unknown): string | null =>
  value === null || value === undefined ? null : String(value);

/** A row of `alertColumns` as the program has it. */
export const alertRow = (row: Record<string, unknown>): AlertRow => ({
  id: Number(row.id),
  transactionId: String(row.transaction_id),
  transactionTimestamp: iso(row.transaction_timestamp) ?? '',
  userId: String(row.user_id),
  userName: text(row.user_name),
  merchantId: String(row.merchant_id),
  merchantName: text(row.merchant_name),
  cardLastFour: lastFour(row.card_token),
  amount: String(row.amount),
  currency: String(row.currency),
  amountBase: number(row.amount_base) ?? 0,
  score: number(row.fraud_score) ?? 0,
  riskLevel: String(row.risk_level),
  decision: String(row.decision),
  severity: String(row.severity),
  status: row.status as AlertStatus,
  disposition: (row.disposition ?? null) as Disposition | null,
  reasons: Array.isArray(row.reasons) ? (row.reasons as StoredReason[]) : [],
  rules: (row.rules as number[] | null) ?? [],
  patterns: (row.patterns as string[] | null) ?? [],
  slaDueAt: iso(row.sla_due_at) ?? '',
  createdAt: iso(row.created_at) ?? '',
  holderId: text(row.holder_id),
  holderName: text(row.holder_name),
  leaseUntil: iso(row.lease_until),
  note: text(row.note),
  decidedById: text(row.decided_by),
  decidedByName: text(row.decided_by_name),
  decidedAt: iso(row.decided_at),
});
