import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedBefore } from '@/domain/planned-range';
import { iso, number } from './rows';

/** More payments than this are not drawn one by one; the mean is over all of them. */
const drawn = 400;
const habits = 3;

/** What happened so shortly before may belong to the same attack: it is drawn, but it is no habit. */
const recent = 86_400_000;

/** What the customer did in the 30 days before a payment, that payment left out. Amounts in the base currency. */
export type Usual = {
  /** The newest first, at most 400. */
  payments: { id: string; at: string; amountBase: number; decision: string; isFraud: boolean | null }[];
  count: number;
  mean: number | null;
  /** Payments before this moment are the habit: a day before the payment, where there are any that old. */
  habitBefore: string;
  /** The most frequent three of the habit, the most frequent first. */
  countries: string[];
  devices: string[];
  channels: string[];
};

const most = (values: readonly (string | null)[]): string[] => {
  const counts = new Map<string, number>();
  for (const value of values) if (value !== null) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .sort(([a, n], [b, m]) => m - n || a.localeCompare(b))
    .slice(0, habits)
    .map(([value]) => value);
};

/** Reads one range of the index on (user_id, transaction_timestamp). */
export const usualPayments = async (db: Db, userId: string, at: string, id: string): Promise<Usual> => {
  const range = sql`x.user_id = ${userId} and x.transaction_timestamp > ${at}::timestamptz - interval '30 days'
    and x.transaction_timestamp <= ${at}::timestamptz and x.transaction_id <> ${id}
    and ${plannedBefore(sql`x.transaction_timestamp`, at, 30 * 24)}`;
  const [rows, [all]] = await Promise.all([
    db.execute<
      Record<string, unknown>
    >(sql`select x.transaction_id, x.transaction_timestamp, x.amount_base, x.decision,
        x.is_fraud, x.country, x.device_id, x.channel
      from transactions x where ${range} order by x.transaction_timestamp desc, x.transaction_id desc limit ${drawn}`),
    db.execute<{ n: string; mean: string | null }>(
      sql`select count(*) as n, avg(x.amount_base) as mean from transactions x where ${range}`,
    ),
  ]);
  const dayBefore = new Date(Date.parse(iso(at) ?? '') - recent).toISOString();
  const older = rows.filter((row) => (iso(row.transaction_timestamp) ?? '') < dayBefore);
  const habit = older.length > 0 ? older : rows;
  const column = (name: string) => most(habit.map((row) => (row[name] ?? null) as string | null));
  return {
    payments: rows.map((row) => ({
      id: String(row.transaction_id),
      at: iso(row.transaction_timestamp) ?? '',
      amountBase: Number(row.amount_base),
      decision: String(row.decision),
      isFraud: (row.is_fraud ?? null) as boolean | null,
    })),
    count: Number(all?.n ?? 0),
    mean: number(all?.mean),
    habitBefore: older.length > 0 ? dayBefore : (iso(at) ?? ''),
    countries: column('country'),
    devices: column('device_id'),
    channels: column('channel'),
  };
};
