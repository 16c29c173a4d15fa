import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { catalogue } from '@/domain/jobs/catalogue';
import { nextMoment } from '@/domain/jobs/moments';
import { readSetting } from '@/domain/settings/read';
import { addDays, type Day, dayOf, daysOf, type Period, type Periods } from './period';

/** A day's figures or those of several; amounts in the base currency, score 0…1. `fraud` is what is confirmed by now. */
export type Figures = {
  transactions: number;
  amount: number;
  fraud: number;
  fraudAmount: number;
  /** Of all payments; null where none was. */
  meanScore: number | null;
  latencyMs: number | null;
};

/** `open`: today, to which more will come. `changed`: a payment or label has come since it was computed. */
export type DayState = 'complete' | 'open' | 'changed';
export type ReportDay = {
  date: Day;
  state: DayState;
  figures: Figures | null;
  /** The day as far into the other period. */
  against: { date: Day; figures: Figures | null } | null;
};

export type ReportDays = Periods & {
  currency: string;
  days: ReportDay[];
  total: Figures | null;
  totalAgainst: Figures | null;
  /** Means of a day, today left out: what the two periods are compared by. Null where no day has payments. */
  daily: Figures | null;
  dailyAgainst: Figures | null;
  /** The oldest day there is; null before the first run. */
  first: Day | null;
  computedAt: string | null;
  nextRunAt: string | null;
};

/** Rows of touched_days looked at: payments add them faster than anybody reads. */
const mostTouched = 100_000;

const readDays = async (db: Db, { from, to }: Period): Promise<Map<Day, Figures>> => {
  const rows = await db.execute<Figures & { date: Day }>(sql`
    select date::text, total_transactions::float8 as transactions, total_amount::float8 as amount,
      fraud_transactions::float8 as fraud, fraud_amount::float8 as "fraudAmount", avg_fraud_score::float8 as "meanScore",
      processing_time_avg_ms::float8 as "latencyMs"
    from daily_metrics where date >= ${from}::date and date <= ${to}::date`);
  return new Map(rows.map(({ date, ...figures }) => [date, figures]));
};

/** Sums of days, their means weighed by payments. */
export const sumOf = (days: readonly Figures[]): Figures | null => {
  if (days.length === 0) return null;
  const sum = (key: 'transactions' | 'amount' | 'fraud' | 'fraudAmount') =>
    days.reduce((all, day) => all + day[key], 0);
  const mean = (key: 'meanScore' | 'latencyMs') => {
    const known = days.filter((day) => day[key] !== null && day.transactions > 0);
    const weight = known.reduce((all, day) => all + day.transactions, 0);
    return weight === 0
      ? null
      : known.reduce((all, day) => all + (day[key] ?? 0) * day.transactions, 0) / weight;
  };
  return {
    transactions: sum('transactions'),
    amount: sum('amount'),
    fraud: sum('fraud'),
    fraudAmount: sum('fraudAmount'),
    meanScore: mean('meanScore'),
    latencyMs: mean('latencyMs'),
  };
};

/** The mean day. */
export const dailyOf = (days: readonly Figures[]): Figures | null => {
  const sum = sumOf(days);
  return (
    sum && {
      ...sum,
      transactions: sum.transactions / days.length,
      amount: sum.amount / days.length,
      fraud: sum.fraud / days.length,
      fraudAmount: sum.fraudAmount / days.length,
    }
  );
};

const readState = async (db: Db, { from, to }: Period) => {
  const [row] = await db.execute<{ first: Day | null; computed: string | null; changed: Day[] | null }>(sql`
    select (select min(date)::text from daily_metrics) as first,
      (select ended_at::text from job_runs where job_name = 'daily-reports' and status = 'ok'
        order by started_at desc limit 1) as computed,
      (select array_agg(distinct t.day::text) from (select day from touched_days limit ${mostTouched}) t
        where t.day >= ${from}::date and t.day <= ${to}::date) as changed`);
  return {
    first: row?.first ?? null,
    computedAt: row?.computed ? new Date(row.computed).toISOString() : null,
    changed: new Set(row?.changed ?? []),
  };
};

/** Each day of a period beside the same of the other one, both summed up, and how fresh they are. */
export const reportDays = async (db: Db, periods: Periods, now: Date): Promise<ReportDays> => {
  const { period, against } = periods;
  const [currency, present, before, state] = await Promise.all([
    readSetting(db, 'currency.base'),
    readDays(db, period),
    readDays(db, against),
    readState(db, period),
  ]);
  const today = dayOf(now);
  const stateOf = (date: Day): DayState =>
    date >= today ? 'open' : state.changed.has(date) ? 'changed' : 'complete';
  const closed = (days: Map<Day, Figures>) =>
    [...days].filter(([date]) => date < today).map(([, figures]) => figures);
  return {
    ...periods,
    currency,
    days: daysOf(period).map((date, i) => {
      const other = addDays(against.from, i);
      return {
        date,
        state: stateOf(date),
        figures: present.get(date) ?? null,
        against: other <= against.to ? { date: other, figures: before.get(other) ?? null } : null,
      };
    }),
    total: sumOf([...present.values()]),
    totalAgainst: sumOf([...before.values()]),
    daily: dailyOf(closed(present)),
    dailyAgainst: dailyOf(closed(before)),
    first: state.first,
    computedAt: state.computedAt,
    nextRunAt: nextMoment(catalogue['daily-reports'].cron, now)?.toISOString() ?? null,
  };
};
