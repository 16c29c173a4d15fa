import { connect } from '@/db/client';
import { FeatureCacheKeeper } from '@/domain/transactions/feature-cache';
import type { DecisionContext } from '@/domain/transactions/feature-values';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import type { Payment } from '@/domain/transactions/input';
import { costOf, type Judged, judgePlans, median, plansOf, type Subject } from './measure';
import { nth } from './samples';
import { busyMerchant, type VolumeWorld } from './world';

/** What the server does besides pages: a name, ms, and the verdict on its plans. */
export type Measured = { name: string; ms: number; judged: Judged };

const fine: Judged = { opened: [], faults: [] };

/** `mv_fraud_dashboard_realtime` made again beside its readers. */
export const measureRefresh = async (subject: Subject, rounds: number): Promise<Measured> => {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const { ms } = await costOf(subject, () => subject.watch`select refresh_fraud_dashboard()`);
    all.push(ms);
  }
  return { name: 'Refresh of mv_fraud_dashboard_realtime', ms: median(all), judged: fine };
};

/** A whole day computed again, as after a label: its payments, merchants, rules, and the trends that follow. */
export const measureReports = async (subject: Subject, rounds: number): Promise<Measured> => {
  const all: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    await subject.watch`insert into touched_days values (((now() at time zone 'UTC') - interval '1 day')::date)`;
    const { ms } = await costOf(subject, () => subject.watch`select * from refresh_daily_reports()`);
    all.push(ms);
  }
  return { name: 'daily-reports: one touched day', ms: median(all), judged: fine };
};

/** The six payments most like one, alone. */
export const measureSimilar = async (subject: Subject, rounds: number): Promise<Measured> => {
  const read = (sql = subject.web, round = 0) => {
    const { id, at } = nth(subject.samples.payments, round);
    return sql`select * from nearest_transactions(${id}, ${at}::text::timestamptz, 6)`;
  };
  const all: number[] = [];
  for (let round = -2; round < rounds; round += 1) {
    const { ms } = await costOf(subject, () => read(subject.web, Math.max(round, 0)));
    if (round >= 0) all.push(ms);
  }
  const plans = await plansOf(subject, (sql) => read(sql));
  return {
    name: 'nearest_transactions() over 30 days',
    ms: median(all),
    judged: await judgePlans(plans, subject, 2 * 31 * 24),
  };
};

/** The read of decide(): an ordinary payment, and one at the merchant with one payment in a hundred, kept in feature_cache. */
export const measureDecide = async (
  subject: Subject,
  world: VolumeWorld,
  rounds: number,
): Promise<Measured[]> => {
  const random = seededRandom(9);
  const people = {
    prefix: '',
    users: world.users,
    merchants: world.merchants,
    devices: world.users,
    addresses: 250,
    network: 0,
  };
  const paymentOf = (more: Partial<Payment>): Payment => ({
    ...generatePayment(people, 'read', new Date(), random),
    merchant_id: `m${Math.floor((0.5 + random() / 2) * world.merchants)}`,
    ...more,
  });
  const read = (payment: Payment, sql = subject.web) =>
    sql<
      DecisionContext[]
    >`select * from decision_context(${JSON.stringify([{ ...payment, position: 0 }])}::text::jsonb)`;
  const keeper = new FeatureCacheKeeper(subject.watch);
  const busy = { merchant_id: busyMerchant };
  const [context] = await read(paymentOf(busy));
  keeper.note(paymentOf(busy), context as DecisionContext);
  await keeper.flush();
  const measure = async (name: string, more: Partial<Payment>): Promise<Measured> => {
    const all: number[] = [];
    for (let round = -5; round < rounds * 3; round += 1) {
      const { ms } = await costOf(subject, () => read(paymentOf(more)));
      if (round >= 0) all.push(ms);
    }
    const plans = await plansOf(subject, (sql) => read(paymentOf(more), sql));
    return { name, ms: median(all), judged: await judgePlans(plans, subject, 24 * (30 + 60 + 31)) };
  };
  return [
    await measure('decide(): the read of an ordinary payment', {}),
    await measure('decide(): the read at the busy merchant', busy),
  ];
};

export type Archived = { month: string; rows: number; byPartition: number; byRows: number; backMs: number };

/**
 * The oldest month to the archive and back, and what the plan asked for: the same rows by DELETE … INSERT into a table
 * of the same indexes, in a transaction that is rolled back (so without its commit).
 */
export const measureArchive = async (subject: Subject): Promise<Archived> => {
  const sql = connect(subject.url, { max: 1, name: 'bench-archive' });
  try {
    const [oldest] = await sql`select relid::regclass::text as name from pg_partition_tree('transactions')
      where level = 1 order by 1 limit 1`;
    const [counted] = await sql.unsafe(
      `select count(*)::int as rows, min(transaction_timestamp)::text as at from ${oldest!.name}`,
    );
    const byRows = await archiveByRows(sql, oldest!.name);
    await sql`insert into system_config (config_key, config_value) values ('retention.transactions_months', ${24 - 1}::text::jsonb)
      on conflict (config_key) do update set config_value = excluded.config_value`;
    const there: number[] = [];
    const back: number[] = [];
    for (let round = 0; round < archiveRounds; round += 1) {
      const archiving = performance.now();
      await sql`select archive_old_transactions()`;
      there.push(performance.now() - archiving);
      const [run] =
        await sql`select status, affected_rows::int as months, error_message from job_runs where job_name = 'archive-old-transactions' order by id desc limit 1`;
      if (run?.status !== 'ok' || run.months !== 1) throw new Error(`not archived: ${JSON.stringify(run)}`);
      const returning = performance.now();
      await sql`select bring_back_transactions(${String(counted!.at).slice(0, 10)}::text::date, 'bench', 'bench')`;
      back.push(performance.now() - returning);
      await sql`delete from partition_holds where held_by = 'bench'`;
    }
    return {
      month: String(oldest!.name),
      rows: counted!.rows,
      byPartition: median(there),
      byRows,
      backMs: median(back),
    };
  } finally {
    await sql.end();
  }
};

/** The first one of a session reads the catalog; a median tells what a month costs. */
const archiveRounds = 5;

const archiveByRows = async (sql: ReturnType<typeof connect>, month: string): Promise<number> => {
  let took = 0;
  const done = new Error('rolled back');
  await sql
    .begin(async (tx) => {
      await tx`create table plan_archive (like transactions including all)`;
      const [row] = await tx.unsafe(
        `select min(transaction_timestamp)::text as first, max(transaction_timestamp)::text as last from ${month}`,
      );
      const started = performance.now();
      await tx`with archived as (delete from transactions
          where transaction_timestamp >= ${row!.first}::text::timestamptz and transaction_timestamp <= ${row!.last}::text::timestamptz returning *)
        insert into plan_archive select * from archived`;
      took = performance.now() - started;
      throw done;
    })
    .catch((error: unknown) => {
      if (error !== done) throw error;
    });
  return took;
};
