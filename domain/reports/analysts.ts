import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { addDays, type Period, type Periods } from './period';
import { type Proportion, proportion } from './proportion';

/** What somebody decided in a period: alerts by the day of the verdict, taken back ones not among them. */
export type Throughput = {
  decided: number;
  /** Seconds from the alert to its verdict: the median and what nine of ten took less than. */
  medianSeconds: number | null;
  ninetySeconds: number | null;
  /** Verdicts that said fraud, and verdicts within the time the alert had. */
  confirmed: Proportion | null;
  inTime: Proportion | null;
};
export type ReportAnalyst = { userId: string; name: string } & Throughput & { decidedAgainst: number };
export type ReportAnalysts = Periods & { rows: ReportAnalyst[]; all: Throughput; allAgainst: Throughput };

type Row = {
  id: string | null;
  name: string | null;
  all: boolean;
  decided: number;
  confirmed: number;
  in_time: number;
  median: number | null;
  ninety: number | null;
};

/** Through fraud_alerts_decided_idx: the alerts that were decided in the period and no others. */
const readPeriod = (db: Db, { from, to }: Period) =>
  db.execute<Row>(sql`
    select a.id, u.name, a."all", a.decided, a.confirmed, a.in_time, a.median, a.ninety
    from (select decided_by as id, grouping(decided_by) = 1 as "all", count(*)::float8 as decided,
        count(*) filter (where disposition = 'fraud')::float8 as confirmed,
        count(*) filter (where decided_at <= sla_due_at)::float8 as in_time,
        percentile_cont(0.5) within group (order by extract(epoch from decided_at - created_at))::float8 as median,
        percentile_cont(0.9) within group (order by extract(epoch from decided_at - created_at))::float8 as ninety
      from fraud_alerts where status = 'decided' and decided_at >= ${`${from}T00:00:00Z`}::timestamptz
        and decided_at < ${`${addDays(to, 1)}T00:00:00Z`}::timestamptz
      group by grouping sets ((decided_by), ())) a
    left join console_users u on u.id::text = a.id`);

const throughputOf = (row: Row | undefined): Throughput => ({
  decided: row?.decided ?? 0,
  medianSeconds: row?.median ?? null,
  ninetySeconds: row?.ninety ?? null,
  confirmed: proportion(row?.confirmed ?? 0, row?.decided ?? 0),
  inTime: proportion(row?.in_time ?? 0, row?.decided ?? 0),
});

/** Who decided how many alerts, how fast, and how many of them were fraud; the busiest first. */
export const reportAnalysts = async (db: Db, periods: Periods): Promise<ReportAnalysts> => {
  const [present, before] = await Promise.all([
    readPeriod(db, periods.period),
    readPeriod(db, periods.against),
  ]);
  const decidedBefore = new Map(before.filter((row) => !row.all).map((row) => [row.id, row.decided]));
  const rows = present
    .filter((row) => !row.all)
    .map((row) => ({
      userId: row.id ?? '',
      name: row.name ?? row.id ?? '',
      ...throughputOf(row),
      decidedAgainst: decidedBefore.get(row.id) ?? 0,
    }));
  rows.sort((a, b) => b.decided - a.decided || (a.name < b.name ? -1 : 1));
  return {
    ...periods,
    rows,
    all: throughputOf(present.find((row) => row.all)),
    allAgainst: throughputOf(before.find((row) => row.all)),
  };
};
