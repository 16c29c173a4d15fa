import type { Sql } from 'postgres';
import type { Role } from '@/domain/access';
import { newRequestId, type PersonActor } from '@/domain/actor';

/** A signed-in person with a row in console_users. */
export const person = async (sql: Sql, name: string, role: Role = 'analyst'): Promise<PersonActor> => {
  const email = `${name.toLowerCase().replaceAll(' ', '.')}@vigil.test`;
  const [row] = await sql<{ id: string }[]>`insert into console_users (email, name, role)
    values (${email}, ${name}, ${role}) returning id`;
  return {
    kind: 'user',
    userId: row?.id ?? '',
    email,
    name,
    role,
    sessionId: 'test-session',
    ip: '127.0.0.1',
    userAgent: 'test',
    requestId: newRequestId(),
  };
};

export type Raised = {
  id: string;
  at: string;
  user: string;
  merchant: string;
  card: string | null;
  device: string | null;
  amount: number;
  score: number;
  risk: string;
  decision: string;
  severity: string;
  /** Seconds from now to its place in the queue. */
  queue: number;
  isFraud: boolean | null;
};

const initial: Raised = {
  id: '',
  at: new Date().toISOString(),
  user: 'cust-1',
  merchant: 'shop-1',
  card: 'tok_card_4471',
  device: 'dev-1',
  amount: 50,
  score: 0.7,
  risk: 'HIGH',
  decision: 'REVIEW',
  severity: 'warning',
  queue: 600,
  isFraud: null,
};

/** Writes a decided payment, as record_decision would, without features. */
export const recordPayment = async (sql: Sql, given: Partial<Raised> & { id: string }): Promise<Raised> => {
  const p = { ...initial, ...given };
  await sql`insert into users (user_id, display_name) values (${p.user}, ${`Customer ${p.user}`}) on conflict do nothing`;
  await sql`insert into merchants (merchant_id, display_name) values (${p.merchant}, ${`Merchant ${p.merchant}`}) on conflict do nothing`;
  await sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, country, device_id, ip_address, channel, card_token, fraud_score, risk_level, decision,
      decision_version, latency_ms, is_fraud, label_source, labelled_at)
    values (${p.id}, ${p.user}, ${p.merchant}, ${p.at}, ${p.at}, ${p.amount}, 'EUR', ${p.amount}, 'DE', ${p.device},
      '10.1.2.3', 'web', ${p.card}, ${p.score}, ${p.risk}, ${p.decision}, 'test', 12,
      ${p.isFraud}, ${p.isFraud === null ? null : 'api'}, ${p.isFraud === null ? null : p.at})`;
  return p;
};

/** Writes a payment and its alert; gives the alert's id. */
export const raiseAlert = async (sql: Sql, given: Partial<Raised> & { id: string }): Promise<number> => {
  const p = await recordPayment(sql, given);
  const reasons = [{ rule: 7, code: 'cardVelocity', values: { count: 7, merchants: 3 } }];
  const [row] = await sql<
    { id: string }[]
  >`insert into fraud_alerts (transaction_id, transaction_timestamp, user_id,
      merchant_id, card_token, amount, currency, amount_base, fraud_score, risk_level, decision, severity, reasons, rules,
      queue_at, sla_due_at)
    values (${p.id}, ${p.at}, ${p.user}, ${p.merchant}, ${p.card}, ${p.amount}, 'EUR', ${p.amount}, ${p.score}, ${p.risk},
      ${p.decision}, ${p.severity}, ${sql.json(reasons)}, ${[7]}, now() + make_interval(secs => ${p.queue}),
      now() + make_interval(secs => ${p.queue + 300})) returning id`;
  return Number(row?.id);
};
