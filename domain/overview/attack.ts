import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedHours } from '@/domain/planned-range';

/** A merchant at which far more than usual is blocked now. */
export type MerchantAttack = {
  merchantId: string;
  merchantName: string | null;
  /** The first blocked payment of the last hour at this merchant. */
  since: string;
  attempts: number;
  cards: number;
  blocked: number;
  /** Share of blocked payments, 0…1: the last hour's, and that of the 24 hours before. */
  share: number;
  usualShare: number;
  /** What was allowed meanwhile, in the base currency. */
  passed: number;
  passedAmount: number;
  openAlerts: number;
  /** Payments a minute of the last hour, oldest first. */
  minutes: number[];
};

/**
 * From so many blocked payments an hour, at this share and so many times the usual one, it is called an attack, until
 * nothing has been blocked for so many seconds.
 */
export const attackThresholds = { blocked: 10, share: 0.1, timesUsual: 4, quietSeconds: 900 } as const;

type Row = Record<string, string | number | number[] | null>;

/**
 * The merchant whose blocked share in the last hour stands furthest above its usual one, or null. Candidates come
 * from the index over refused payments, their totals from the index by merchant.
 */
export const merchantAttack = async (db: Db): Promise<MerchantAttack | null> => {
  const { blocked, share, timesUsual, quietSeconds } = attackThresholds;
  const rows = await db.execute<Row>(sql`
    with candidates as materialized (
      select merchant_id from transactions
      where decision <> 'ALLOW' and decision = 'BLOCK' and transaction_timestamp > now() - interval '1 hour'
        and transaction_timestamp <= now() + interval '10 minutes' and ${plannedHours(sql`transaction_timestamp`, 1)}
      group by merchant_id having count(*) >= ${blocked} order by count(*) desc limit 5)
    select c.merchant_id, h.*, d.total::float8 as day_total, d.blocked::float8 as day_blocked
    from candidates c,
    lateral (select count(*)::float8 as attempts, count(distinct card_token)::float8 as cards,
        count(*) filter (where decision = 'BLOCK')::float8 as blocked, count(*) filter (where decision = 'ALLOW')::float8 as passed,
        coalesce(sum(amount_base) filter (where decision = 'ALLOW'), 0)::float8 as passed_amount,
        (extract(epoch from min(transaction_timestamp) filter (where decision = 'BLOCK')) * 1000)::float8 as since,
        (extract(epoch from now() - max(transaction_timestamp) filter (where decision = 'BLOCK')))::float8 as quiet,
        array_agg(floor(extract(epoch from now() - transaction_timestamp) / 60)::int) as ages
      from transactions t where t.merchant_id = c.merchant_id and t.transaction_timestamp > now() - interval '1 hour'
        and t.transaction_timestamp <= now() + interval '10 minutes' and ${plannedHours(sql`t.transaction_timestamp`, 1)}) h,
    lateral (select count(*) as total, count(*) filter (where decision = 'BLOCK') as blocked
      from transactions t where t.merchant_id = c.merchant_id
        and t.transaction_timestamp > now() - interval '25 hours' and t.transaction_timestamp <= now() - interval '1 hour'
        and ${plannedHours(sql`t.transaction_timestamp`, 25)}) d`);
  const found = rows
    .map((row) => ({
      row,
      now: ratio(row.blocked, row.attempts),
      usual: ratio(row.day_blocked, row.day_total),
    }))
    .filter((each) => each.now >= share && each.now >= timesUsual * each.usual)
    .filter((each) => Number(each.row.quiet) < quietSeconds)
    .sort((a, b) => Number(b.row.blocked) - Number(a.row.blocked))[0];
  return found ? withNames(db, found.row, found.now, found.usual) : null;
};

const ratio = (part: unknown, whole: unknown): number =>
  Number(whole) > 0 ? Number(part) / Number(whole) : 0;

const withNames = async (db: Db, row: Row, share: number, usualShare: number): Promise<MerchantAttack> => {
  const merchantId = String(row.merchant_id);
  const [more] = await db.execute<{ name: string | null; alerts: number }>(sql`
    select (select display_name from merchants where merchant_id = ${merchantId}) as name,
      (select count(*)::float8 from fraud_alerts where merchant_id = ${merchantId} and status <> 'decided'
        and created_at > now() - interval '1 hour') as alerts`);
  return {
    merchantId,
    merchantName: more?.name ?? null,
    since: new Date(Number(row.since)).toISOString(),
    attempts: Number(row.attempts),
    cards: Number(row.cards),
    blocked: Number(row.blocked),
    share,
    usualShare,
    passed: Number(row.passed),
    passedAmount: Number(row.passed_amount),
    openAlerts: Number(more?.alerts ?? 0),
    minutes: perMinute((row.ages as number[] | null) ?? []),
  };
};

/** Ages in minutes as counts by minute, 60 of them, oldest first. */
export const perMinute = (ages: readonly number[]): number[] => {
  const counts = Array<number>(60).fill(0);
  for (const age of ages) {
    const at = 59 - Math.max(0, age);
    if (at >= 0) counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
};
