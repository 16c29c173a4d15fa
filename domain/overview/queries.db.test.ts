import { type SQL, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Db, database } from '@/db/client';
import { testDatabase } from '@/db/testing';
import { roles } from '@/domain/access';
import type { PersonActor } from '@/domain/actor';
import { merchantAttack, perMinute } from './attack';
import { alertBacklog } from './backlog';
import { add, overviewHours } from './hours';
import { latestDecisions } from './latest';
import { pipeline } from './pipeline';
import { blockedPlaces } from './places';
import {
  countWaiting,
  findMerchantAttack,
  getAlertBacklog,
  getPipeline,
  hourSeries,
  listBlockedPlaces,
  listLatestDecisions,
} from './queries';

const t = await testDatabase();

const person = (role: (typeof roles)[number]): PersonActor => ({
  kind: 'user',
  userId: `u-${role}`,
  email: `${role}@vigil.example`,
  name: role,
  role,
  sessionId: 's',
  ip: null,
  userAgent: null,
  requestId: 'req_test',
});

let count = 0;
type Payment = {
  minutesAgo: number;
  decision?: string;
  merchant?: string;
  country?: string | null;
  fraud?: boolean;
};

async function pay(payments: Payment[]) {
  for (const { minutesAgo, decision = 'ALLOW', merchant = 'm-1', country = 'DE', fraud } of payments) {
    count += 1;
    const risk = decision === 'BLOCK' ? 'CRITICAL' : 'LOW';
    await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount, currency,
        amount_base, country, latitude, longitude, card_token, fraud_score, risk_level, decision, decision_version, latency_ms,
        is_fraud, label_source, labelled_at)
      values (${`t-${count}`}, ${`user-${count % 7}`}, ${merchant}, now() - make_interval(mins => ${minutesAgo}), now(), 10, 'EUR', 10,
        ${country}, ${country === 'VN' ? 14.5 : null}, ${country === 'VN' ? 108 : null}, ${`card-${count % 5}`},
        ${decision === 'BLOCK' ? 0.9 : 0.1}, ${risk}, ${decision}, 'v1', ${count % 40},
        ${fraud ?? null}, ${fraud === undefined ? null : 'test'}, ${fraud === undefined ? null : t.sql`now()`})`;
  }
}

const refresh = () => t.sql`refresh materialized view mv_fraud_dashboard_realtime`;
const hoursAgo = (hours: number, more: Omit<Payment, 'minutesAgo'> = {}) => ({
  minutesAgo: hours * 60,
  ...more,
});

/** Runs a read and gives the months of `transactions` that its plans touch. */
async function monthsTouched(read: (db: Db) => Promise<unknown>): Promise<string[]> {
  const real = database();
  const touched = new Set<string>();
  const explaining = new Proxy(real, {
    get: (target, name) => {
      if (name !== 'execute') return Reflect.get(target, name);
      return async (query: SQL) => {
        const plan = JSON.stringify(await target.execute(sql`explain (format json) ${query}`));
        for (const [month] of plan.matchAll(/transactions_y\d{4}m\d\d/g)) touched.add(month);
        return target.execute(query);
      };
    },
  });
  await read(explaining);
  return [...touched].sort();
}

beforeAll(async () => {
  await pay([
    ...[0, 0, 1, 2, 5, 20, 23].map((hours) => hoursAgo(hours)),
    ...[1, 2].map((hours) => hoursAgo(hours, { decision: 'BLOCK', fraud: true })),
    hoursAgo(2, { decision: 'REVIEW', fraud: false }),
    ...[24, 25, 26, 30, 40, 46].map((hours) =>
      hoursAgo(hours, { decision: hours === 30 ? 'BLOCK' : 'ALLOW' }),
    ),
    hoursAgo(60),
  ]);
});

describe('hours', () => {
  it('are the same from the view, from the payments, and from both', async () => {
    const fromBoth = async () => (await overviewHours(database())).hours;
    const stale = await fromBoth(); // the view was filled before any payment: three hours come from payments
    expect(add(stale.slice(-4)).transactions).toBe(7);
    await refresh();
    const fresh = await overviewHours(database());
    const [whole] = await t.sql`select count(*)::int as n, count(*) filter (where is_fraud)::int as fraud,
        count(*) filter (where decision = 'BLOCK')::int as blocked, avg(fraud_score)::float8 as score, sum(amount_base)::float8 as amount
      from transactions where transaction_timestamp >= date_trunc('hour', now(), 'UTC') - interval '23 hours'`;
    expect(fresh.hours).toHaveLength(24);
    expect(fresh.total).toMatchObject({
      transactions: whole?.n,
      fraud: whole?.fraud,
      blocked: whole?.blocked,
      amount: whole?.amount,
    });
    expect(fresh.total.meanScore).toBeCloseTo(whole?.score, 6);
    expect(fresh.refreshedAt).not.toBeNull();
    await pay([{ minutesAgo: 0, decision: 'BLOCK' }]);
    const later = await overviewHours(database());
    expect(later.total.transactions).toBe(fresh.total.transactions + 1);
    expect(later.total.blocked).toBe(fresh.total.blocked + 1);
  });

  it('compare with the day before up to the same minute', async () => {
    const { totalBefore } = await overviewHours(database());
    const [before] = await t.sql`select count(*)::int as n from transactions
      where transaction_timestamp >= date_trunc('hour', now(), 'UTC') - interval '47 hours' and transaction_timestamp <= now() - interval '24 hours'`;
    expect(totalBefore.transactions).toBe(before?.n);
  });

  it('of nothing are zero, with no mean', () => {
    expect(add([])).toMatchObject({ transactions: 0, amount: 0, meanScore: null });
  });
});

it('counts blocked payments by country against the usual hour', async () => {
  await pay(
    Array.from({ length: 6 }, () => ({ minutesAgo: 10, decision: 'BLOCK', country: 'VN', merchant: 'm-2' })),
  );
  await pay([
    { minutesAgo: 600, decision: 'BLOCK', country: 'VN' },
    { minutesAgo: 5, decision: 'BLOCK', country: null },
  ]);
  const places = await blockedPlaces(database());
  expect(places[0]).toEqual({ country: 'VN', blocked: 6, usual: 1 / 24, latitude: 14.5, longitude: 108 });
  expect(places.find((place) => place.country === null)).toMatchObject({ blocked: 1, latitude: null });
});

it('gives the newest decisions, with a rate', async () => {
  const { rows, perSecond } = await latestDecisions(database(), 3);
  expect(rows).toHaveLength(3);
  expect(rows.map((row) => row.at)).toEqual(
    rows
      .map((row) => row.at)
      .sort()
      .reverse(),
  );
  expect(rows[0]).toMatchObject({ amount: '10.00', currency: 'EUR' });
  expect(perSecond).toBeGreaterThan(0);
});

it('measures the pipeline from stored rows, and says nothing where nothing is stored', async () => {
  const measured = await pipeline(database());
  expect(measured).toMatchObject({ waiting: 0, dead: 0, answeredMsP99: null });
  expect(measured.scoredMsP99).toBeGreaterThan(0);
});

describe('attack', () => {
  it('is nothing in quiet hours', async () => {
    expect(await merchantAttack(database())).toBeNull();
  });

  it('is a merchant far above its usual share', async () => {
    await pay(Array.from({ length: 20 }, (_, i) => ({ minutesAgo: 300 + i, merchant: 'm-9' })));
    await pay(
      Array.from({ length: 12 }, (_, i) => ({ minutesAgo: 20 - i, decision: 'BLOCK', merchant: 'm-9' })),
    );
    await pay(Array.from({ length: 4 }, () => ({ minutesAgo: 3, merchant: 'm-9' })));
    const attack = await merchantAttack(database());
    expect(attack).toMatchObject({
      merchantId: 'm-9',
      attempts: 16,
      blocked: 12,
      passed: 4,
      passedAmount: 40,
      usualShare: 0,
    });
    expect(attack?.share).toBeCloseTo(0.75);
    expect(attack?.minutes.reduce((sum, n) => sum + n, 0)).toBe(16);
  });

  it('is over when nothing has been blocked for a while', async () => {
    await t.sql`update transactions set transaction_timestamp = transaction_timestamp - interval '18 minutes' where merchant_id = 'm-9'`;
    expect(await merchantAttack(database())).toBeNull();
    await t.sql`update transactions set transaction_timestamp = transaction_timestamp + interval '18 minutes' where merchant_id = 'm-9'`;
    expect(await merchantAttack(database())).not.toBeNull();
  });

  it('is not a merchant where so much is always blocked', async () => {
    await pay(
      Array.from({ length: 30 }, (_, i) => ({ minutesAgo: 200 + i, decision: 'BLOCK', merchant: 'm-9' })),
    );
    expect(await merchantAttack(database())).toBeNull();
  });

  it('counts minutes from the oldest', () => {
    expect(perMinute([0, 0, 59, 60, -1]).at(-1)).toBe(3);
    expect(perMinute([59])[0]).toBe(1);
  });
});

it('counts the backlog by what is left of the time', async () => {
  const raise = (id: string, dueInMinutes: number, status = 'open') =>
    t.sql`insert into fraud_alerts (transaction_id, transaction_timestamp, user_id, merchant_id, amount, currency, amount_base,
      fraud_score, risk_level, decision, severity, reasons, queue_at, sla_due_at, status, disposition, decided_at, created_at)
    values (${id}, now(), 'u', 'm-9', 1, 'EUR', 1, 0.9, 'CRITICAL', 'BLOCK', 'critical', '[]', now(),
      now() + make_interval(mins => ${dueInMinutes}), ${status}, ${status === 'decided' ? 'fraud' : null},
      ${status === 'decided' ? t.sql`now()` : null}, now() - interval '10 minutes')`;
  for (const [i, due] of [-12, -3, 10, 29, 60, 500].entries()) await raise(`a-${i}`, due);
  await raise('a-done', 5, 'decided');
  const backlog = await alertBacklog(database());
  expect(backlog).toMatchObject({ open: 6, overdue: 2, within30Min: 2, within2Hours: 1, later: 1 });
  expect(backlog).toMatchObject({ decidedLastHour: 1, changeLastHour: 6 });
  expect(backlog.medianSeconds).toBeCloseTo(600, -1);
  expect(Date.now() - Date.parse(backlog.oldestOverdue?.dueAt ?? '')).toBeGreaterThan(11 * 60_000);
});

it('reads recent months alone', async () => {
  const months = await t.sql`select distinct 'transactions_y' || to_char(at, 'YYYY"m"MM') as name
    from (values (now() - interval '50 hours'), (now()), (now() + interval '10 minutes')) v(at)`;
  const recent = new Set(months.map((row) => row.name));
  const reads = [overviewHours, blockedPlaces, pipeline, merchantAttack, (db: Db) => latestDecisions(db, 9)];
  for (const read of reads) {
    const touched = await monthsTouched(read);
    expect(touched.length).toBeGreaterThan(0);
    expect(touched.filter((month) => !recent.has(month))).toEqual([]);
  }
});

describe('through the door', () => {
  it('every role sees the sums, and counts only of what it may read', async () => {
    for (const role of roles) {
      const actor = person(role);
      await expect(hourSeries(actor, {})).resolves.toHaveProperty('hours');
      await expect(listBlockedPlaces(actor, {})).resolves.toBeInstanceOf(Array);
      await expect(getPipeline(actor, {})).resolves.toHaveProperty('waiting');
    }
    expect(await countWaiting(person('analyst'), {})).toEqual({
      openAlerts: 6,
      unresolvedEvents: null,
      criticalChecks: null,
    });
    expect((await countWaiting(person('db_operator'), {})).criticalChecks).toBe(0);
    expect((await countWaiting(person('security_officer'), {})).openAlerts).toBeNull();
    expect((await countWaiting(person('admin'), {})).unresolvedEvents).not.toBeNull();
  });

  it('payments and alerts are for those who work them', async () => {
    await expect(listLatestDecisions(person('db_operator'), {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    await expect(getAlertBacklog(person('db_operator'), {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    await expect(findMerchantAttack(person('security_officer'), {})).rejects.toMatchObject({
      failure: { code: 'denied' },
    });
    await expect(findMerchantAttack(person('analyst'), {})).resolves.toEqual({ attack: null });
    await expect(listLatestDecisions(person('analyst'), { limit: 51 })).rejects.toMatchObject({
      failure: { code: 'invalid' },
    });
  });
});
