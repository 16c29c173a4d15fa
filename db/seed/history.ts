import { database, databaseSql } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { appendAudit } from '@/domain/audit';
import { type DecideDeps, decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { paymentInput } from '@/domain/transactions/input';
import { demoHistory, type PastPayment } from './demo-payments';

const seed = 20_240;
const perHour = 120;
/** The same as those of the live demo: habits go on. */
const customers = 1500;
const block = 400;
/** Alerts of the last so many minutes are left to the people of the demo; the older ones have been worked. */
const leftOpenMinutes = 75;

/**
 * Gives the demo the two days before its first start: payments decided by the same code as those of now, their alerts
 * dated when they would have come up, the older ones worked and their payments labelled by what they really were.
 * Does nothing where payments are.
 * @param options.onBegin told how many payments there will be
 * @returns how many payments were recorded
 */
export const seedHistory = async (options: {
  hours: number;
  onBegin?: (payments: number) => void;
}): Promise<number> => {
  const sql = databaseSql();
  const [there] = await sql`select 1 from transactions limit 1`;
  if (there) return 0;
  const past = [
    ...demoHistory(seed, options.hours, { perHour, customers, now: new Date(Date.now() - 60_000) }),
  ];
  options.onBegin?.(past.length);
  const rules = await loadDecisionRules(sql);
  const deps: DecideDeps = { sql, rules: () => rules, queue: new EntityQueue() };
  for (let from = 0; from < past.length; from += block) {
    const inputs = past.slice(from, from + block).map(({ payment }) => ({
      payment: paymentInput.parse(payment),
      receivedAt: payment.transaction_timestamp,
    }));
    await decide(inputs, deps);
  }
  // Nobody waited for these answers: the time that a block took says nothing about a payment.
  await sql`update transactions set latency_ms = null`;
  await workAlerts(past);
  await sql`select refresh_fraud_dashboard()`;
  // Two days in seconds: autovacuum would be behind for its first minutes, and the console would say so.
  await sql.unsafe('vacuum (analyze)');
  await database().transaction((tx) =>
    appendAudit(tx, systemActor('seed'), 'demo:fill', {
      resourceType: 'demo',
      resourceId: null,
      after: { payments: past.length, hours: options.hours },
    }),
  );
  return past.length;
};

/** Dates the alerts by their payments and closes those that people have had time for. */
const workAlerts = async (past: readonly PastPayment[]): Promise<void> => {
  const sql = databaseSql();
  const [analyst] =
    await sql`select id::text from console_users where role = 'analyst' order by created_at limit 1`;
  const workedBy = analyst?.id ?? null;
  const attacks = past.filter(({ attack }) => attack).map(({ payment }) => payment.transaction_id);
  await sql`update fraud_alerts set created_at = transaction_timestamp,
    queue_at = transaction_timestamp + (queue_at - created_at),
    sla_due_at = transaction_timestamp + (sla_due_at - created_at)`;
  // Two to eleven minutes each, the same on every machine.
  const worked = await sql`update fraud_alerts a set status = 'decided', decided_by = ${workedBy},
      assignee_id = ${workedBy}, disposition = case when a.transaction_id = any(${attacks}) then 'fraud'
        when a.decision = 'BLOCK' then 'false_positive' else 'good_alert' end,
      decided_at = created_at + make_interval(secs => 120 + abs(hashtext(transaction_id)) % 540)
    where created_at < now() - make_interval(mins => ${leftOpenMinutes})
    returning transaction_id, transaction_timestamp, disposition = 'fraud' as is_fraud, decided_at as labelled_at`;
  await sql`select count(*) from label_transactions(${JSON.stringify(worked)}::text::jsonb, 'import')`;
};
