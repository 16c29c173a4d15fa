import { beforeAll, describe, expect, test } from 'vitest';
import { connect, database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { type KeyActor, newRequestId } from '@/domain/actor';
import { bulkDecide, decideAlert, undoAlert } from '@/domain/alerts/commands';
import { person } from '@/domain/alerts/testing';
import { setLabels } from '@/domain/labels/commands';
import { personOf } from '@/domain/testing';
import { type DecideDeps, decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { generatePayment, type PaymentWorld, seededRandom } from '@/domain/transactions/generated-payments';
import { exportAnalysts, exportDays, exportMerchants, exportRules } from './commands';
import { addDays, dayOf } from './period';
import { proportion } from './proportion';
import {
  exportMerchantsPage,
  getReportAnalysts,
  getReportDays,
  getReportMerchants,
  getReportRules,
} from './queries';

const t = await testDatabase();
const worker = connect(t.urls.worker!, { max: 4, name: 'worker-test' });
const mira = await person(t.sql, 'Mira Lindqvist');
const deniz = await person(t.sql, 'Deniz Aksoy', 'senior_analyst');
const system: KeyActor = {
  kind: 'api_key',
  keyId: 1,
  keyName: 'disputes',
  ownerId: mira.userId,
  scopes: ['labels'],
  ip: '192.0.2.1',
  userAgent: 'test',
  requestId: newRequestId(),
};
const world: PaymentWorld = {
  prefix: '',
  users: 60,
  merchants: 12,
  devices: 30,
  addresses: 30,
  network: 1,
};
const random = seededRandom(23);
// Hours before now, so that a midnight between two lines of this file moves no payment to another day.
const start = Date.now();
const today = dayOf(new Date(start));
const ids: string[] = [];

const pay = async (daysAgo: number, count: number, deps: DecideDeps): Promise<void> => {
  const block = Array.from({ length: count }, (_, i) => {
    const id = `p${daysAgo}-${i}`;
    ids.push(id);
    return generatePayment(world, id, new Date(start - daysAgo * 86_400_000), random);
  });
  await decide(
    block.map((payment) => ({ payment })),
    deps,
  );
};

const compute = async () => {
  await worker`select run_job('daily-reports')`;
  const [run] = await t.sql`select status, error_message from job_runs where job_name = 'daily-reports'
    order by id desc limit 1`;
  expect(run).toEqual({ status: 'ok', error_message: null });
};

type Payment = {
  id: string;
  day: string;
  merchant: string;
  amount: number;
  score: number;
  decision: string;
  fraud: boolean | null;
  rules: number[];
};
/** Every payment with the rules it fired, as they lie there: what all figures must come to. */
const payments = async (from: string, to: string): Promise<Payment[]> => {
  const rows = await t.sql<Payment[]>`
    select transaction_id as id, (transaction_timestamp at time zone 'UTC')::date::text as day, merchant_id as merchant,
      amount_base::float8 as amount, fraud_score::float8 as score, decision, is_fraud as fraud,
      array(select h.rule_id from rule_hits h where h.transaction_id = x.transaction_id) as rules
    from transactions_all x`;
  return rows.filter(({ day }) => day >= from && day <= to);
};
const total = (of: readonly Payment[], keep: (payment: Payment) => boolean = () => true) =>
  of.filter(keep).reduce((sum, { amount }) => sum + amount, 0);
const count = (of: readonly Payment[], keep: (payment: Payment) => boolean) => of.filter(keep).length;

const period = { from: addDays(today, -14), to: today };
const against = { from: addDays(today, -29), to: addDays(today, -15) };

/** Days, rules and merchants as they are read against every payment counted one by one. */
const expectTrue = async () => {
  const [now, before] = [await payments(period.from, period.to), await payments(against.from, against.to)];
  const days = await getReportDays(mira, period);
  expect(days).toMatchObject({ period, against });
  for (const [sums, of] of [
    [days.total, now],
    [days.totalAgainst, before],
  ] as const) {
    expect(sums?.transactions).toBe(of.length);
    expect(sums?.fraud).toBe(count(of, (x) => x.fraud === true));
    expect(sums?.amount).toBeCloseTo(total(of), 2);
    expect(sums?.fraudAmount).toBeCloseTo(
      total(of, (x) => x.fraud === true),
      2,
    );
    // Means of days are kept to four places.
    expect(sums?.meanScore).toBeCloseTo(of.reduce((sum, x) => sum + x.score, 0) / of.length, 3);
  }
  for (const day of days.days)
    expect(day.figures?.fraud ?? 0).toBe(count(now, (x) => x.day === day.date && x.fraud === true));

  const rules = await getReportRules(mira, period);
  const frauds = count(now, (x) => x.fraud === true);
  expect(rules.frauds).toBe(frauds);
  for (const rule of rules.rows) {
    const hit = now.filter((x) => x.rules.includes(rule.ruleId));
    const caught = count(hit, (x) => x.fraud === true);
    const genuine = count(hit, (x) => x.fraud === false);
    expect(rule).toMatchObject({
      hits: hit.length,
      labelled: caught + genuine,
      precision: proportion(caught, caught + genuine),
      recall: proportion(caught, frauds),
    });
    expect(rule.caughtAmount).toBeCloseTo(
      total(hit, (x) => x.fraud === true && x.decision !== 'ALLOW'),
      2,
    );
    expect(rule.stoppedAmount).toBeCloseTo(
      total(hit, (x) => x.fraud === false && x.decision !== 'ALLOW'),
      2,
    );
    expect(rule.against?.hits ?? 0).toBe(count(before, (x) => x.rules.includes(rule.ruleId)));
  }
  const fired = new Set(now.flatMap((x) => x.rules));
  expect(
    rules.rows
      .filter((rule) => rule.hits > 0)
      .map((rule) => rule.ruleId)
      .sort(),
  ).toEqual([...fired].sort());

  const { rows } = await getReportMerchants(mira, period);
  const worst = [...new Set(now.filter((x) => x.fraud).map((x) => x.merchant))]
    .map((merchant) => {
      const of = now.filter((x) => x.merchant === merchant);
      return {
        merchant,
        rate: proportion(
          count(of, (x) => x.fraud === true),
          of.length,
        )!,
      };
    })
    .sort((a, b) => b.rate.low - a.rate.low);
  expect(rows.map((row) => row.rate)).toEqual(worst.map((row) => row.rate));
  for (const row of rows)
    expect(row.rateAgainst).toEqual(
      proportion(
        count(before, (x) => x.merchant === row.merchantId && x.fraud === true),
        count(before, (x) => x.merchant === row.merchantId),
      ),
    );
  return { days, rules, rows };
};

const openAlerts = () =>
  t.sql<{ id: number; payment: string }[]>`select id::int, transaction_id as payment from fraud_alerts
    where status = 'open' order by id`;

beforeAll(async () => {
  await seedRules(database());
  // Two that fire often: one stops what it hits and opens an alert, the other lets it through.
  await t.sql`update rule_versions set conditions = '{"op":"gte","field":"payment.amount","value":25}',
    actions = '{"decision":"BLOCK","alert":{"severity":"warning"}}' where rule_id = 1`;
  await t.sql`update rule_versions set conditions = '{"op":"lt","field":"payment.amount","value":25}',
    actions = '{"points":0.01}' where rule_id = 2`;
  await t.sql`select ensure_partitions(now() - interval '3 months', now())`;
  t.connectAs('ingest');
  const rules = await loadDecisionRules(databaseSql());
  const deps: DecideDeps = { sql: databaseSql(), rules: () => rules, queue: new EntityQueue() };
  for (let daysAgo = 29; daysAgo >= 0; daysAgo -= 1) await pay(daysAgo, 14, deps);
  t.connectAs('web');
});

describe('reports', () => {
  test('have nothing before the first run, and say when it comes', async () => {
    const days = await getReportDays(mira, {});
    expect(days).toMatchObject({ first: null, computedAt: null, total: null, daily: null });
    expect(Date.parse(days.nextRunAt ?? '')).toBeGreaterThan(start);
    expect(days.days).toHaveLength(30);
    expect((await getReportRules(mira, {})).rows.every((rule) => rule.hits === 0)).toBe(true);
    expect((await getReportMerchants(mira, {})).rows).toEqual([]);
  });

  test('are what the payments come to, and follow every label: of the API, of a verdict, of an import, taken back', async () => {
    await compute();
    const { rules } = await expectTrue();
    expect(rules.rows[0]?.precision).toBeNull();

    const told = ids.filter((_, i) => i % 3 === 0);
    for (let i = 0; i < told.length; i += 100)
      expect(
        await setLabels(system, {
          labels: told.slice(i, i + 100).map((transaction_id, j) => ({
            transaction_id,
            label: j % 4 === 0 ? 'chargeback' : j % 7 === 0 ? 'fraud' : 'legitimate',
          })),
        }),
      ).toMatchObject({ ok: true });
    const stale = await getReportDays(mira, period);
    expect(stale.total?.fraud).toBe(0);
    expect(new Set(stale.days.slice(0, -1).map((day) => day.state))).toEqual(new Set(['changed']));
    expect(stale.days.at(-1)?.state).toBe('open');
    await compute();
    const labelled = await expectTrue();
    expect(labelled.days.total?.fraud).toBeGreaterThan(20);
    expect(new Set(labelled.days.days.slice(0, -1).map((day) => day.state))).toEqual(new Set(['complete']));

    const [first, ...others] = await openAlerts();
    expect(await decideAlert(mira, { id: first!.id, disposition: 'fraud' })).toMatchObject({ ok: true });
    expect(
      await bulkDecide(deniz, {
        ids: others.slice(0, 60).map(({ id }) => id),
        disposition: 'false_positive',
      }),
    ).toMatchObject({ ok: true });
    await compute();
    await expectTrue();
    expect(await undoAlert(mira, { id: first!.id })).toMatchObject({ ok: true });
    await compute();
    await expectTrue();

    await worker`select count(*) from label_transactions(${JSON.stringify(
      ids
        .filter((_, i) => i % 5 === 1)
        .map((transaction_id, i) => ({
          transaction_id,
          is_fraud: i % 2 === 0,
          labelled_at: new Date(start).toISOString(),
        })),
    )}::text::jsonb, 'import')`;
    await compute();
    const end = await expectTrue();
    expect(end.days.total?.fraud).toBeGreaterThan(labelled.days.total?.fraud ?? 0);
    expect(end.rows.length).toBeGreaterThan(5);
  });

  test('compare the mean whole day, so that today does not count as a fall', async () => {
    const { daily, dailyAgainst } = await getReportDays(mira, period);
    expect([daily?.transactions, dailyAgainst?.transactions]).toEqual([14, 14]);
    const [alone] = (await getReportDays(mira, { from: today, to: today })).days;
    expect(alone).toMatchObject({ date: today, state: 'open', against: { date: addDays(today, -1) } });
    const longer = await getReportDays(mira, { ...period, againstFrom: today, againstTo: today });
    expect(longer.days.filter((day) => day.against !== null)).toHaveLength(1);
  });

  test('merchants rise by the trend that is kept of them', async () => {
    const { rows } = await getReportMerchants(mira, { ...period, order: 'trend' });
    const kept = await t.sql`select merchant_id, risk_score_trend::float8 as trend from merchant_analytics
      where date = ${addDays(today, -1)} and risk_score_trend > 0 order by risk_score_trend desc, merchant_id`;
    const enough = new Set(
      (
        await t.sql`select merchant_id from merchant_analytics where date >= ${period.from} group by 1
        having sum(transaction_count) >= 20`
      ).map((row) => row.merchant_id),
    );
    expect(rows.map((row) => row.merchantId)).toEqual(
      kept.map((row) => row.merchant_id).filter((id) => enough.has(id)),
    );
    expect(rows.length).toBeGreaterThan(0);
  });

  test('analysts have the alerts they decided on a day of the period, and the time each took', async () => {
    await t.sql`update fraud_alerts set created_at = decided_at - make_interval(secs => 60 * (1 + id % 7)),
      sla_due_at = decided_at + make_interval(secs => case when id % 3 = 0 then -1 else 60 end) where status = 'decided'`;
    await t.sql`update fraud_alerts set decided_at = decided_at - interval '20 days', created_at = created_at - interval '20 days'
      where status = 'decided' and id % 4 = 0`;
    await t.sql`insert into touched_days select distinct (decided_at at time zone 'UTC')::date + n
      from fraud_alerts, generate_series(0, 20, 20) n where status = 'decided'`;
    await t.sql`select refresh_daily_reports()`;
    // From here on the commands say which days have changed.
    const undecided = (await openAlerts()).slice(0, 6).map(({ id }) => id);
    await bulkDecide(mira, { ids: undecided, disposition: 'fraud' });
    await t.sql`select refresh_daily_reports()`;
    const withAll = (await getReportAnalysts(deniz, period)).all.decided;
    expect(await undoAlert(mira, { id: undecided[0]! })).toMatchObject({ ok: true });
    await t.sql`select refresh_daily_reports()`;
    expect((await getReportAnalysts(deniz, period)).all.decided).toBe(withAll - 1);
    const raw = await t.sql<{ by: string; took: number; fraud: boolean; inTime: boolean; day: string }[]>`
      select decided_by as by, extract(epoch from decided_at - created_at)::float8 as took, disposition = 'fraud' as fraud,
        decided_at <= sla_due_at as "inTime", (decided_at at time zone 'UTC')::date::text as day
      from fraud_alerts where status = 'decided'`;
    const report = await getReportAnalysts(deniz, period);
    const decided = raw.filter(({ day }) => day >= period.from && day <= period.to);
    expect(report.all.decided).toBe(decided.length);
    expect(report.allAgainst.decided).toBe(raw.length - decided.length);
    expect(report.rows.map((row) => row.name)).toEqual(['Deniz Aksoy', 'Mira Lindqvist']);
    for (const row of report.rows) {
      const own = decided.filter(({ by }) => by === row.userId);
      const took = own.map((one) => one.took).sort((a, b) => a - b);
      const middle = (took.length - 1) / 2;
      expect(row.decided).toBe(own.length);
      // Kept in buckets 4.4 % wide, the first of a second.
      const median = (took[Math.floor(middle)]! + took[Math.ceil(middle)]!) / 2;
      expect(Math.abs(row.medianSeconds! - median)).toBeLessThan(Math.max(1, median / 20));
      expect(row.confirmed).toEqual(proportion(own.filter(({ fraud }) => fraud).length, own.length));
      expect(row.inTime).toEqual(proportion(own.filter(({ inTime }) => inTime).length, own.length));
      expect(row.decidedAgainst).toBe(
        raw.filter(({ by, day }) => by === row.userId && day <= against.to).length,
      );
    }
  });

  test('a file has every merchant once, whatever the page, and stands on the record with its days', async () => {
    const auditor = personOf('auditor');
    const all = [];
    let cursor: string | undefined;
    do {
      const page = await exportMerchantsPage(auditor, { ...period, cursor, limit: 5 });
      all.push(...page.rows);
      cursor = page.next ?? undefined;
    } while (cursor);
    const now = await payments(period.from, period.to);
    const names = [...new Set(now.map((x) => x.merchant))].sort();
    expect(all.map((row) => row.merchantId)).toEqual(names);
    for (const row of all) expect(row.payments).toBe(count(now, (x) => x.merchant === row.merchantId));
    for (const [report, take] of Object.entries({
      days: exportDays,
      merchants: exportMerchants,
      rules: exportRules,
      analysts: exportAnalysts,
    })) {
      expect(await take(auditor, period)).toEqual({ ok: true, value: { period, against } });
      const [row] = await t.sql`select action, user_id, resource_id, new_values from audit_trail
        where resource_type = 'report' order by id desc limit 1`;
      expect(row).toEqual({
        action: `report:export-${report}`,
        user_id: auditor.userId,
        resource_id: report,
        new_values: { period, against },
      });
    }
    expect(await exportAnalysts(mira, period)).toMatchObject({ ok: false, error: { code: 'denied' } });
  });

  test('wrong days are named, and nothing is read for them', async () => {
    const refused = (field: string) =>
      expect.objectContaining({ failure: expect.objectContaining({ code: 'invalid', field }) });
    await expect(getReportDays(mira, { from: '2026-02-30' })).rejects.toEqual(refused('from'));
    await expect(getReportRules(mira, { from: '2026-02-02', to: '2026-02-01' })).rejects.toEqual(
      refused('to'),
    );
    await expect(
      getReportAnalysts(deniz, { againstFrom: '2020-01-01', againstTo: '2026-01-01' }),
    ).rejects.toEqual(refused('againstTo'));
    await expect(exportMerchantsPage(deniz, { cursor: 'x' })).rejects.toEqual(refused('cursor'));
    await expect(getReportDays(mira, { from: '2026-01-01\u0000' })).rejects.toEqual(refused('from'));
  });
});
