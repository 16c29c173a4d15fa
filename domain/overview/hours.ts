import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedHours } from '@/domain/planned-range';
import { readSetting } from '@/domain/settings/read';

/** Sums of one hour (UTC); amounts in the base currency, scores 0…1. `fraud` is what has been confirmed so far. */
export type HourSums = {
  transactions: number;
  amount: number;
  meanScore: number | null;
  allowed: number;
  reviewed: number;
  blocked: number;
  fraud: number;
};

export type OverviewHour = HourSums & {
  /** ISO instant at which the hour begins. */
  at: string;
  /** The same hour of the day before; null where nothing is known of it. */
  before: HourSums | null;
};

export type OverviewHours = {
  /** Oldest first, 24 of them; the last one is in progress. */
  hours: OverviewHour[];
  /** Sums of the 24 hours, and of those before up to the same minute. */
  total: HourSums;
  totalBefore: HourSums;
  currency: string;
  /** When the database answered, and when the hours before were summed up last. */
  now: string;
  refreshedAt: string | null;
  /** Seconds of the hour in progress. */
  elapsedSeconds: number;
};

type Row = { hour: number; part: string; refreshed: number | null; now: number } & Record<
  string,
  number | null
>;

const sums = sql`count(*)::float8 as transactions, coalesce(sum(amount_base), 0)::float8 as amount,
  coalesce(sum(fraud_score), 0)::float8 as score, count(*) filter (where decision = 'ALLOW')::float8 as allowed,
  count(*) filter (where decision = 'REVIEW')::float8 as reviewed, count(*) filter (where decision = 'BLOCK')::float8 as blocked,
  count(*) filter (where is_fraud)::float8 as fraud`;
const hourMs = 3_600_000;

/**
 * The last 24 hours and the 24 before: closed hours from mv_fraud_dashboard_realtime; the hour in progress, those that
 * ended since its last refresh (at most three) and the same part of yesterday's hour from the payments themselves.
 */
export const overviewHours = async (db: Db): Promise<OverviewHours> => {
  const [currency, rows] = await Promise.all([readSetting(db, 'currency.base'), readHours(db)]);
  const clock = rows[0]?.now ?? Date.now();
  const current = Math.floor(clock / hourMs) * hourMs;
  const whole = new Map<number, HourSums>();
  let partBefore = none;
  for (const row of rows) {
    if (row.part === 'before') partBefore = hourSums(row);
    else if (row.part !== 'clock') whole.set(row.hour, hourSums(row));
  }
  const starts = Array.from({ length: 24 }, (_, i) => current - (23 - i) * hourMs);
  const hours = starts.map((start) => ({
    at: new Date(start).toISOString(),
    ...(whole.get(start) ?? none),
    before: whole.get(start - 24 * hourMs) ?? null,
  }));
  const dayBefore = starts.slice(0, -1).map((start) => whole.get(start - 24 * hourMs) ?? none);
  const refreshed = rows.find((row) => row.refreshed !== null)?.refreshed ?? null;
  return {
    hours,
    total: add(hours),
    totalBefore: add([...dayBefore, partBefore]),
    currency,
    now: new Date(clock).toISOString(),
    refreshedAt: refreshed === null ? null : new Date(refreshed).toISOString(),
    elapsedSeconds: Math.floor((clock - current) / 1000),
  };
};

const readHours = async (db: Db): Promise<Row[]> => [
  ...(await db.execute<Row>(sql`
      with known as materialized (
        select least(coalesce(date_trunc('hour', max(refreshed_at), 'UTC'), '-infinity'), date_trunc('hour', now(), 'UTC')) as until,
          max(refreshed_at) as refreshed from mv_fraud_dashboard_realtime),
      -- Payments are read from here on; bounds are expressions of now() alone, so that old partitions are pruned.
      live as (
        select date_trunc('hour', transaction_timestamp, 'UTC') as hour, ${sums} from transactions
        where transaction_timestamp >= date_trunc('hour', now(), 'UTC') - interval '3 hours'
          and transaction_timestamp >= (select until from known) and transaction_timestamp <= now()
          and ${plannedHours(sql`transaction_timestamp`, 4)}
        group by 1),
      before as (
        select ${sums} from transactions
        where transaction_timestamp >= date_trunc('hour', now(), 'UTC') - interval '24 hours'
          and transaction_timestamp <= now() - interval '24 hours' and ${plannedHours(sql`transaction_timestamp`, 25)})
      select 'clock' as part, 0::float8 as hour, (select extract(epoch from refreshed) * 1000 from known)::float8 as refreshed,
        (extract(epoch from now()) * 1000)::float8 as now, 0::float8 as transactions, 0::float8 as amount, 0::float8 as score,
        0::float8 as allowed, 0::float8 as reviewed, 0::float8 as blocked, 0::float8 as fraud
      union all
      select 'closed', (extract(epoch from hour) * 1000)::float8, null, null, total_transactions::float8, total_amount::float8,
        (avg_fraud_score * total_transactions)::float8, allowed_count::float8, review_count::float8, blocked_count::float8,
        fraud_count::float8
      from mv_fraud_dashboard_realtime
      where hour >= date_trunc('hour', now(), 'UTC') - interval '47 hours' and hour < (select until from known)
      union all
      select 'live', (extract(epoch from hour) * 1000)::float8, null, null, transactions, amount, score, allowed, reviewed, blocked, fraud from live
      union all
      select 'before', 0, null, null, transactions, amount, score, allowed, reviewed, blocked, fraud from before`)),
];

const none: HourSums = {
  transactions: 0,
  amount: 0,
  meanScore: null,
  allowed: 0,
  reviewed: 0,
  blocked: 0,
  fraud: 0,
};

const hourSums = (row: Row): HourSums => {
  const number = (name: string) => Number(row[name] ?? 0);
  const transactions = number('transactions');
  return {
    transactions,
    amount: number('amount'),
    meanScore: transactions > 0 ? number('score') / transactions : null,
    allowed: number('allowed'),
    reviewed: number('reviewed'),
    blocked: number('blocked'),
    fraud: number('fraud'),
  };
};

/** Adds hours up; the mean score is weighted by payments. */
export const add = (hours: readonly HourSums[]): HourSums => {
  const total = { ...none };
  let score = 0;
  for (const hour of hours) {
    total.transactions += hour.transactions;
    total.amount += hour.amount;
    total.allowed += hour.allowed;
    total.reviewed += hour.reviewed;
    total.blocked += hour.blocked;
    total.fraud += hour.fraud;
    score += (hour.meanScore ?? 0) * hour.transactions;
  }
  return { ...total, meanScore: total.transactions > 0 ? score / total.transactions : null };
};
