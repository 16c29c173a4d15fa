import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import type { Period, Periods } from './period';
import { type Proportion, proportion } from './proportion';
import { quantile, type Took } from './took';

/** What somebody decided in a period: alerts by the UTC day of the verdict, taken back ones not among them. */
export type Throughput = {
  decided: number;
  /** Seconds from the alert to its verdict: the median and what nine of ten took less than, to a twentieth. */
  medianSeconds: number | null;
  ninetySeconds: number | null;
  /** Verdicts that said fraud, and verdicts within the time the alert had. */
  confirmed: Proportion | null;
  inTime: Proportion | null;
};
export type ReportAnalyst = { userId: string; name: string } & Throughput & { decidedAgainst: number };
export type ReportAnalysts = Periods & { rows: ReportAnalyst[]; all: Throughput; allAgainst: Throughput };

type Row = {
  id: string;
  name: string | null;
  decided: number;
  confirmed: number;
  in_time: number;
  took: Took;
};

/** One row a person, from the sums that the job `daily-reports` keeps of each of their days. */
const readPeriod = (db: Db, { from, to }: Period) =>
  db.execute<Row>(sql`
    with days as (select * from analyst_analytics where date >= ${from}::date and date <= ${to}::date)
    select d.id, u.name, d.decided, d.confirmed, d.in_time, t.took
    from (select user_id as id, sum(decided_count)::float8 as decided, sum(fraud_count)::float8 as confirmed,
        sum(in_time_count)::float8 as in_time from days group by 1) d
    join (select b.user_id, jsonb_agg(jsonb_build_array(b.bucket, b.alerts) order by b.bucket) as took
      from (select d.user_id, b.bucket, sum(b.alerts) as alerts
        from days d cross join lateral unnest(d.took, d.alerts) as b(bucket, alerts) group by 1, 2) b
      group by 1) t on t.user_id = d.id
    left join console_users u on u.id::text = d.id`);

type Sums = Omit<Row, 'id' | 'name'>;

const sumOf = (rows: readonly Sums[], of: (row: Sums) => number): number =>
  rows.reduce((sum, row) => sum + of(row), 0);

const everybody = (rows: readonly Sums[]): Sums => ({
  decided: sumOf(rows, (row) => row.decided),
  confirmed: sumOf(rows, (row) => row.confirmed),
  in_time: sumOf(rows, (row) => row.in_time),
  took: rows.flatMap((row) => row.took),
});

/** Buckets know no fractions of a second. */
const whole = (seconds: number | null): number | null => (seconds === null ? null : Math.round(seconds));

const throughputOf = (row: Sums): Throughput => ({
  decided: row.decided,
  medianSeconds: whole(quantile(row.took, 0.5)),
  ninetySeconds: whole(quantile(row.took, 0.9)),
  confirmed: proportion(row.confirmed, row.decided),
  inTime: proportion(row.in_time, row.decided),
});

/** Who decided how many alerts, how fast, and how many of them were fraud; the busiest first. */
export const reportAnalysts = async (db: Db, periods: Periods): Promise<ReportAnalysts> => {
  const [present, before] = await Promise.all([
    readPeriod(db, periods.period),
    readPeriod(db, periods.against),
  ]);
  const decidedBefore = new Map(before.map((row) => [row.id, row.decided]));
  const rows = present.map((row) => ({
    userId: row.id,
    name: row.name ?? row.id,
    ...throughputOf(row),
    decidedAgainst: decidedBefore.get(row.id) ?? 0,
  }));
  rows.sort((a, b) => b.decided - a.decided || (a.name < b.name ? -1 : 1));
  return {
    ...periods,
    rows,
    all: throughputOf(everybody(present)),
    allAgainst: throughputOf(everybody(before)),
  };
};
