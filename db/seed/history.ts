import { database, databaseSql } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { appendAudit } from '@/domain/audit';
import { Window } from '@/domain/imports/window';
import { type DecideDeps, decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { type Payment, paymentInput } from '@/domain/transactions/input';
import { demoTraffic } from './simulator/demo';
import { type Simulated, type SimulatorOptions, simulate } from './simulator/timeline';

const block = 500;
/** So many payments wait for those before them that they depend on. */
const waiting = 4000;
/** Alerts of the last so many minutes are left to the people of the demo; the older ones have been worked. */
const leftOpenMinutes = 75;

/**
 * Gives the demo the time before its first start: payments decided by the same code as those of now, their alerts
 * dated when they would have come up, the older ones worked, and labels where something is known by now.
 * Does nothing where payments are.
 * @param options.begun the demo's first start, in milliseconds since 1970
 * @param options.traffic the demo's, unless it is a test that wants less
 * @param options.onBegin told how many payments there will be
 * @returns how many payments were recorded
 */
export const seedHistory = async (options: {
  hours: number;
  begun: number;
  traffic?: SimulatorOptions;
  onBegin?: (payments: number) => void;
}): Promise<number> => {
  const sql = databaseSql();
  const [there] = await sql`select 1 from transactions limit 1`;
  if (there) return 0;
  const from = options.begun - options.hours * 3_600_000;
  const past = [...simulate(options.traffic ?? demoTraffic(options.begun), from, Date.now())];
  options.onBegin?.(past.length);
  await sql`select ensure_partitions(${new Date(from).toISOString()}::timestamptz)`;
  const rules = await loadDecisionRules(sql);
  const deps: DecideDeps = { sql, rules: () => rules, queue: new EntityQueue() };
  const reports = reportsOf(past);
  const window = new Window<{ payment: Payment; receivedAt: string }>();
  for (let next = 0; next < past.length || window.size > 0; ) {
    for (; window.size < waiting && next < past.length; next += 1) {
      const { payment } = past[next] as Simulated;
      window.add({ payment: paymentInput.parse(payment), receivedAt: payment.transaction_timestamp });
    }
    const wave = window.take(block);
    // Who is charged back is known to the payments after it, not to those before.
    const by = wave[0]?.receivedAt ?? '';
    await label(take(reports, (report) => report.labelled_at <= by));
    const outcomes = await decide(wave, deps);
    window.release(wave);
    const refused = outcomes.find((outcome) => outcome.kind !== 'answer');
    if (refused) throw new Error(`a payment of the demo's past was not decided: ${refused.kind}`);
  }
  const now = new Date().toISOString();
  await label(take(reports, (report) => report.labelled_at <= now));
  // Nobody waited for these answers: the time that a block took says nothing about a payment.
  await sql`update transactions set latency_ms = null`;
  await workAlerts(past);
  // Where pg_cron has the job, the worker does not run it when it starts.
  await sql`select refresh_fraud_dashboard()`;
  // Weeks in seconds: autovacuum would be behind for its first minutes, and the console would say so.
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

type Labelled = {
  transaction_id: string;
  transaction_timestamp: string;
  is_fraud: boolean;
  labelled_at: string;
};

/** The first of the list for which `due` holds, taken off it. */
const take = <T>(list: T[], due: (one: T) => boolean): T[] => {
  const end = list.findIndex((one) => !due(one));
  return list.splice(0, end < 0 ? list.length : end);
};

/** What banks and customers report, in the order in which it becomes known. */
const reportsOf = (past: readonly Simulated[]): Labelled[] =>
  past
    .flatMap(({ payment, known }) =>
      known
        ? [
            {
              transaction_id: payment.transaction_id,
              transaction_timestamp: payment.transaction_timestamp,
              is_fraud: true,
              labelled_at: new Date(known.at).toISOString(),
            },
          ]
        : [],
    )
    .sort((a, b) => (a.labelled_at < b.labelled_at ? -1 : 1));

const label = async (labels: readonly Labelled[]): Promise<void> => {
  const sql = databaseSql();
  for (let first = 0; first < labels.length; first += 200)
    await sql`select count(*) from label_transactions(${JSON.stringify(labels.slice(first, first + 200))}::text::jsonb, 'import')`;
};

/** Dates the alerts by their payments and closes those that people have had time for. */
const workAlerts = async (past: readonly Simulated[]): Promise<void> => {
  const sql = databaseSql();
  const analysts =
    await sql`select id::text from console_users where role in ('analyst', 'senior_analyst') order by created_at`;
  const people = analysts.map(({ id }) => String(id));
  // An analyst sees most of what was fraud, but not that a customer will deny what they bought.
  const attacks = past
    .filter(({ fraud }) => fraud !== null && fraud !== 'friendly_fraud')
    .map(({ payment }) => payment.transaction_id);
  await sql`update fraud_alerts set created_at = transaction_timestamp,
    queue_at = transaction_timestamp + (queue_at - created_at),
    sla_due_at = transaction_timestamp + (sla_due_at - created_at)`;
  // Two to eleven minutes each, the same on every machine.
  const worked = await sql<Labelled[]>`update fraud_alerts a set status = 'decided', decided_by = w.id,
      assignee_id = w.id, disposition = case when a.transaction_id = any(${attacks}) then 'fraud'
        when a.decision = 'BLOCK' then 'false_positive' else 'good_alert' end,
      decided_at = created_at + make_interval(secs => 120 + abs(hashtext(transaction_id)) % 540)
    from (select alert.id as alert_id, (${people}::text[])[1 + abs(hashtext(alert.transaction_id)) % greatest(1, cardinality(${people}::text[]))] as id
      from fraud_alerts alert) w
    where w.alert_id = a.id and created_at < now() - make_interval(mins => ${leftOpenMinutes})
    returning transaction_id, transaction_timestamp, disposition = 'fraud' as is_fraud, decided_at as labelled_at`;
  const reported = new Set(
    past.filter(({ known }) => known && known.at <= Date.now()).map(({ payment }) => payment.transaction_id),
  );
  // A chargeback says more than a verdict.
  await label(worked.filter(({ transaction_id }) => !reported.has(transaction_id)));
};
