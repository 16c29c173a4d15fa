import { isIPv6 } from 'node:net';
import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { hashOf } from './token';

/** Failures from one address within ten minutes after which it has to wait; an office shares one address. */
export const addressFailures = 100;
export const addressMinutes = 10;

export type GuardLimit = { failures: number; minutes: number };

/** IPv6 addresses are given out by the /64: that is one guest. */
const network = (ip: string): string => {
  if (!isIPv6(ip)) return ip;
  const [head = '', tail = ''] = ip.split('%')[0]?.split('::') ?? [];
  const left = head.split(':').filter(Boolean);
  const right = tail.split(':').filter(Boolean);
  const whole = ip.includes('::')
    ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left;
  return `${whole.slice(0, 4).join(':')}::/64`;
};

/**
 * What is counted. A device that the person has signed in from before has a count of its own, so that nobody can
 * lock a person out from elsewhere.
 */
export const guardKeys = (email: string, ip: string | null, knownDevice: string | null) => ({
  account: `account:${hashOf(email.toLowerCase())}${knownDevice ? `:${knownDevice}` : ''}`,
  address: `address:${ip ? network(ip) : 'unknown'}`,
});

/**
 * Counts one try, before its password is looked at, in one statement: of any number of parallel tries exactly
 * `limit.failures` get a number; the others, and all while it is locked, get null.
 */
export const countTry = async (db: Db | Tx, guardKey: string, limit: GuardLimit): Promise<number | null> => {
  const stale = sql`(coalesce(g.locked_until, g.window_start + make_interval(mins => ${limit.minutes}::int)) <= now())`;
  const rows = await db.execute<{ failures: number }>(sql`
    insert into login_guard as g (guard_key, failures, window_start) values (${guardKey}, 1, now())
    on conflict (guard_key) do update set
      failures = case when ${stale} then 1 else g.failures + 1 end,
      window_start = case when ${stale} then now() else g.window_start end,
      locked_until = case when not ${stale} and g.failures + 1 >= ${limit.failures}::int
        then now() + make_interval(mins => ${limit.minutes}::int) end
    where ${stale} or (g.locked_until is null and g.failures < ${limit.failures}::int)
    returning failures`);
  return rows[0]?.failures ?? null;
};

/** Forgets the failures of an account: its password was right, or has been set anew. */
export const forgetAccount = async (tx: Db | Tx, email: string): Promise<void> => {
  const prefix = `account:${hashOf(email.toLowerCase())}`;
  await tx.execute(
    sql`delete from login_guard where guard_key = ${prefix} or guard_key like ${`${prefix}:%`}`,
  );
};

/** A try that turned out right is not a failure of its address; of its account it ends the count. */
export const settleTry = async (tx: Db | Tx, keys: { account: string; address: string }): Promise<void> => {
  await tx.execute(sql`delete from login_guard where guard_key = ${keys.account}
    or (window_start < now() - interval '1 day' and coalesce(locked_until, window_start) < now())`);
  await tx.execute(
    sql`update login_guard set failures = greatest(failures - 1, 0),
      locked_until = null where guard_key = ${keys.address}`,
  );
};
