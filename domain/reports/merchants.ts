import { sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import type { MerchantOrder } from './input';
import { addDays, type Day, dayOf, type Period, type Periods } from './period';
import { type Proportion, proportion, z as quantile95 } from './proportion';

type Sums = { payments: number; amount: number; frauds: number; meanScore: number | null };

/** A merchant over a period; amounts in the base currency. */
export type ReportMerchant = {
  merchantId: string;
  name: string | null;
  category: string | null;
  payments: number;
  amount: number;
  frauds: number;
  meanScore: number | null;
  /** Confirmed fraud among its payments, now and in the other period. */
  rate: Proportion | null;
  rateAgainst: Proportion | null;
  /** Mean score of its last seven days less that of the seven before, at its last day in the period. */
  trend: number | null;
};
export type ReportMerchants = Periods & { rows: ReportMerchant[] };

/** Merchants that are shown, and those they are chosen from. */
const shown = 20;
const candidates = 100;
/** A trend of fewer payments than this says nothing. */
const leastPayments = 20;

const within = ({ from, to }: Period) => sql`m.date >= ${from}::date and m.date <= ${to}::date`;
const sums = sql`coalesce(sum(m.transaction_count), 0)::float8 as payments, coalesce(sum(m.transaction_amount), 0)::float8 as amount,
  coalesce(sum(m.fraud_count), 0)::float8 as frauds, (sum(m.score_sum) / nullif(sum(m.transaction_count), 0))::float8 as "meanScore"`;

type Candidate = Sums & { id: string };

/**
 * Ranked by the lower end of their rate. Days without fraud only lower it, so those are looked at whose days with fraud,
 * which have an index of their own, come out highest.
 */
const worst = async (db: Db, period: Period): Promise<Candidate[]> => {
  const rows = await db.execute<Candidate>(sql`
    select f.merchant_id as id, s.* from (
      select c.merchant_id, (c.p + ${quantile95 ** 2} / (2 * c.n) - ${quantile95} * sqrt(c.p * (1 - c.p) / c.n + ${quantile95 ** 2} / (4 * c.n * c.n)))
          / (1 + ${quantile95 ** 2} / c.n) as most
      from (select m.merchant_id, sum(m.transaction_count)::float8 as n,
          sum(m.fraud_count)::float8 / sum(m.transaction_count) as p
        from merchant_analytics m where ${within(period)} and m.fraud_count > 0 group by 1) c
      order by 2 desc, 1 limit ${candidates}) f
    cross join lateral (select ${sums} from merchant_analytics m
      where m.merchant_id = f.merchant_id and ${within(period)}) s`);
  const low = (row: Candidate) => proportion(row.frauds, row.payments)?.low ?? 0;
  return [...rows].sort((a, b) => low(b) - low(a) || b.frauds - a.frauds || (a.id < b.id ? -1 : 1));
};

/** Those whose scores had risen most by the last whole day of the period. */
const rising = async (db: Db, period: Period, now: Date): Promise<Candidate[]> => {
  const yesterday = addDays(dayOf(now), -1);
  const end: Day = period.to < yesterday ? period.to : yesterday;
  const rows = await db.execute<Candidate>(sql`
    select c.merchant_id as id, s.* from (
      select m.merchant_id, m.risk_score_trend from merchant_analytics m
      where m.date = (select max(m.date) from merchant_analytics m where m.date >= ${period.from}::date and m.date <= ${end}::date)
        and m.risk_score_trend > 0 order by 2 desc, 1 limit 200) c
    cross join lateral (select ${sums} from merchant_analytics m
      where m.merchant_id = c.merchant_id and ${within(period)}) s
    order by c.risk_score_trend desc, c.merchant_id`);
  return rows.filter((row) => row.payments >= leastPayments);
};

type Around = { id: string; name: string | null; category: string | null; trend: number | null } & Sums;

/** What stands beside the merchants shown: name, trend, and their sums in the other period. */
const around = async (db: Db, ids: string[], { period, against }: Periods): Promise<Map<string, Around>> => {
  const rows = await db.execute<Around>(sql`
    select w.id, n.display_name as name, n.category, t.trend, s.*
    from jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb) as w(id)
    left join merchants n on n.merchant_id = w.id
    left join lateral (select m.risk_score_trend::float8 as trend from merchant_analytics m
      where m.merchant_id = w.id and ${within(period)} order by m.date desc limit 1) t on true
    cross join lateral (select ${sums} from merchant_analytics m where m.merchant_id = w.id and ${within(against)}) s`);
  return new Map(rows.map((row) => [row.id, row]));
};

/** The twenty merchants to look at first, by fraud rate or by how much their scores have risen. */
export const reportMerchants = async (
  db: Db,
  periods: Periods,
  order: MerchantOrder,
  now: Date,
): Promise<ReportMerchants> => {
  const found = await (order === 'rate' ? worst(db, periods.period) : rising(db, periods.period, now));
  const top = found.slice(0, shown);
  const beside =
    top.length > 0
      ? await around(
          db,
          top.map((row) => row.id),
          periods,
        )
      : null;
  return {
    ...periods,
    rows: top.map(({ id, ...row }) => {
      const other = beside?.get(id);
      return {
        merchantId: id,
        name: other?.name ?? null,
        category: other?.category ?? null,
        ...row,
        rate: proportion(row.frauds, row.payments),
        rateAgainst: other ? proportion(other.frauds, other.payments) : null,
        trend: other?.trend ?? null,
      };
    }),
  };
};

/** All merchants of a period by their id, page by page, for a file. */
export const merchantPage = async (
  db: Db,
  period: Period,
  cursor: string | undefined,
  limit: number,
): Promise<Page<Omit<ReportMerchant, 'rateAgainst'>>> => {
  const after = cursor ? decodeCursor(z.tuple([z.string().max(100)]), cursor)[0] : '';
  const rows = await db.execute<Around>(sql`
    select s.id, n.display_name as name, n.category, t.trend, s.payments, s.amount, s.frauds, s."meanScore"
    from (select m.merchant_id as id, ${sums} from merchant_analytics m
      where m.merchant_id > ${after} and ${within(period)} group by 1 order by 1 limit ${limit + 1}) s
    left join merchants n on n.merchant_id = s.id
    left join lateral (select m.risk_score_trend::float8 as trend from merchant_analytics m
      where m.merchant_id = s.id and ${within(period)} order by m.date desc limit 1) t on true
    order by s.id`);
  const page = rows.slice(0, limit);
  return {
    rows: page.map(({ id, ...row }) => ({
      merchantId: id,
      ...row,
      rate: proportion(row.frauds, row.payments),
    })),
    next: rows.length > limit ? encodeCursor([page.at(-1)?.id ?? '']) : null,
  };
};
