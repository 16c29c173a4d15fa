import net from 'node:net';
import { beforeAll, describe, expect, it } from 'vitest';
import { connect, database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { fromContributions, predict } from '@/domain/models/logistic';
import { shippedModel } from '@/domain/models/shipped';
import { storedRuleRow } from '@/domain/rules/fields';
import { type DecideDeps, type DecideOutcome, decide } from './decide';
import { type DecisionAnswer, ruleNumber } from './decision-record';
import { type DecisionRules, loadDecisionRules } from './decision-state';
import { EntityQueue } from './entity-queue';
import { generatePayment, type PaymentWorld, seededRandom } from './generated-payments';
import type { Payment } from './input';
import { fraudScoreOf, riskLevelOf } from './score';

const t = await testDatabase();
let rules: DecisionRules;
/** As another process would have it: nothing shared but the database. */
const process_ = (): DecideDeps => ({ sql: databaseSql(), rules: () => rules, queue: new EntityQueue() });

const dayMs = 86_400_000;
const world: PaymentWorld = { prefix: '', users: 9, merchants: 9, devices: 9, addresses: 9, network: 1 };

const payment = (id: string, more: Partial<Payment> = {}): Payment => ({
  ...generatePayment(world, id, new Date(Date.now() - 60_000), seededRandom(7)),
  currency: 'EUR',
  ...more,
});

const textOf = (outcome: DecideOutcome | undefined): string => {
  if (outcome?.kind !== 'answer') throw new Error(`no answer: ${outcome?.kind}`);
  return outcome.answer;
};
const decideOne = async (made: Payment, deps = process_()): Promise<DecisionAnswer> =>
  JSON.parse(textOf((await decide([{ payment: made }], deps))[0])) as DecisionAnswer;
const featureRow = async (id: string) =>
  (await t.sql`select * from ml_features where transaction_id = ${id}`)[0] as Record<string, unknown>;

beforeAll(async () => {
  await seedRules(database());
  t.connectAs('ingest');
  rules = await loadDecisionRules(databaseSql());
});

describe('at the same time', () => {
  it('lets twenty parallel payments of one card, in five processes, see 0 to 19', async () => {
    const processes = Array.from({ length: 5 }, process_);
    // One instant: a payment with a later timestamp would rightly not be seen.
    const transaction_timestamp = new Date(Date.now() - 1_000).toISOString();
    const made = Array.from({ length: 20 }, (_, i) =>
      payment(`card-${i}`, { card_token: 'one-card', user_id: `holder-${i % 3}`, transaction_timestamp }),
    );
    await Promise.all(made.map((one, i) => decideOne(one, processes[i % 5])));
    const rows =
      await t.sql`select card_count_10m as seen from ml_features where transaction_id like 'card-%'`;
    expect(rows.map(({ seen }) => seen as number).sort((a, b) => a - b)).toEqual(
      Array.from({ length: 20 }, (_, i) => i),
    );
    const order = await t.sql`select f.card_count_10m as seen, x.recorded_at::text as at from ml_features f
      join transactions x using (transaction_id, transaction_timestamp)
      where transaction_id like 'card-%' order by x.recorded_at`;
    expect(order.map(({ seen }) => seen)).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(new Set(order.map(({ at }) => at)).size).toBe(20);
  });

  it('answers a thousand concurrent duplicates with one decision and one text', async () => {
    const processes = Array.from({ length: 4 }, process_);
    const made = payment('duplicate');
    const outcomes = await Promise.all(
      Array.from({ length: 1000 }, (_, i) => decide([{ payment: made }], processes[i % 4]!)),
    );
    expect(new Set(outcomes.map(([outcome]) => textOf(outcome))).size).toBe(1);
    expect(outcomes.filter(([outcome]) => outcome?.kind === 'answer' && !outcome.repeated)).toHaveLength(1);
    const [rows] = await t.sql`select
      (select count(*)::int from transactions where transaction_id = 'duplicate') as payments,
      (select count(*)::int from ml_features where transaction_id = 'duplicate') as features,
      (select count(*)::int from model_predictions where transaction_id = 'duplicate') as predictions,
      (select count(*)::int from fraud_alerts where transaction_id = 'duplicate') as alerts,
      (select payments::int from entity_heads where entity = 'user' and key = ${made.user_id}) as heads`;
    expect(rows).toMatchObject({ payments: 1, features: 1, predictions: 1, heads: 1 });
    expect(rows!.alerts).toBeLessThan(2);
  });

  it('gives one of two bodies under the same id the answer and the other a conflict', async () => {
    const bodies = Array.from({ length: 20 }, (_, i) =>
      payment('contested', { user_id: `rival-${i}`, card_token: null }),
    );
    const outcomes = (
      await Promise.all(bodies.map((body) => decide([{ payment: body }], process_())))
    ).flat();
    expect(outcomes.filter((outcome) => outcome.kind === 'answer')).toHaveLength(1);
    expect(outcomes.filter((outcome) => outcome.kind === 'conflict')).toHaveLength(19);
  });

  it('holds together under blocks that overlap in every way', async () => {
    const random = seededRandom(21);
    const at = new Date(Date.now() - 30_000);
    const small: PaymentWorld = { ...world, prefix: 'storm-', users: 4, merchants: 2 };
    const all = Array.from({ length: 120 }, (_, i) =>
      payment('', generatePayment(small, `${i}`, at, random)),
    );
    const blocks = Array.from({ length: 8 }, () => all.filter(() => random() < 0.4));
    const answers = await Promise.all(
      blocks.map((block) =>
        decide(
          block.map((one) => ({ payment: one })),
          process_(),
        ),
      ),
    );
    const texts = new Map<string, Set<string>>();
    answers.forEach((outcomes, b) => {
      outcomes.forEach((outcome, i) => {
        const id = blocks[b]![i]!.transaction_id;
        texts.set(id, (texts.get(id) ?? new Set()).add(textOf(outcome)));
      });
    });
    expect([...texts.values()].every((of) => of.size === 1)).toBe(true);
    const [count] =
      await t.sql`select count(*)::int as n from transactions where transaction_id like 'storm-%'`;
    expect(count!.n).toBe(texts.size);
    const wrong = await t.sql`select x.transaction_id from (select transaction_id, transaction_timestamp,
        row_number() over (partition by user_id order by recorded_at) - 1 as before from transactions
        where transaction_id like 'storm-%') x
      join ml_features f using (transaction_id, transaction_timestamp) where f.user_count_10m <> x.before`;
    expect(wrong).toEqual([]);
  });
});

/** Counts the server's ReadyForQuery messages on the wire: one ends each round trip. */
async function countingProxy(
  url: string,
): Promise<{ url: string; roundTrips: () => number; close: () => void }> {
  let count = 0;
  const target = new URL(url);
  const server = net.createServer((client) => {
    const upstream = net.connect(Number(target.port), target.hostname);
    let rest = Buffer.alloc(0);
    upstream.on('data', (data: Buffer) => {
      rest = Buffer.concat([rest, data]);
      while (rest.length >= 5 && rest.length >= 1 + rest.readInt32BE(1)) {
        if (rest[0] === 'Z'.charCodeAt(0)) count += 1;
        rest = rest.subarray(1 + rest.readInt32BE(1));
      }
    });
    upstream.pipe(client).pipe(upstream);
    client.on('error', () => upstream.destroy());
    upstream.on('error', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const through = new URL(url);
  through.port = String((server.address() as net.AddressInfo).port);
  return { url: through.href, roundTrips: () => count, close: () => server.close() };
}

describe('one decision', () => {
  it('takes two round trips and two statements that commit by themselves', async () => {
    const proxy = await countingProxy(t.urls.ingest!);
    const sql = connect(proxy.url, { max: 1, name: 'counted' });
    const deps = { ...process_(), sql };
    // The first payment prepares both statements.
    await decideOne(payment('trip-0', { user_id: 'traveller' }), deps);
    const before = proxy.roundTrips();
    await decideOne(payment('trip-1', { user_id: 'traveller' }), deps);
    expect(proxy.roundTrips() - before).toBe(2);
    const block = Array.from({ length: 50 }, (_, i) =>
      payment(`trip-b${i}`, {
        user_id: `t${i}`,
        card_token: `t${i}`,
        device_id: `t${i}`,
        ip_address: `10.7.0.${i}`,
        merchant_id: `t${i}`,
      }),
    );
    const beforeBlock = proxy.roundTrips();
    await decide(
      block.map((one) => ({ payment: one })),
      deps,
    );
    expect(proxy.roundTrips() - beforeBlock).toBe(2);
    // A repeated payment needs the read alone.
    const beforeRepeat = proxy.roundTrips();
    await decideOne(block[0]!, deps);
    expect(proxy.roundTrips() - beforeRepeat).toBe(1);
    await sql.end();
    proxy.close();
  });

  it('can be computed again from what was stored', async () => {
    const random = seededRandom(5);
    const busy: PaymentWorld = {
      ...world,
      prefix: 'again-',
      users: 3,
      devices: 2,
      addresses: 2,
      merchants: 3,
    };
    for (let i = 0; i < 60; i += 1)
      await decideOne(generatePayment(busy, `${i}`, new Date(Date.now() - (60 - i) * 5_000), random));
    const rows = await t.sql`
      select x.*, host(x.ip_address) as ip_address, p.probability, p.base_log_odds, p.contributions, f.*, s.answer,
        (select coalesce(jsonb_agg(jsonb_build_object('version', h.rule_version_id, 'points', h.points, 'seen', h.seen)
          order by h.position), '[]') from rule_hits h where h.transaction_id = x.transaction_id) as hits
      from transactions x join ml_features f using (transaction_id, transaction_timestamp)
      join model_predictions p using (transaction_id, transaction_timestamp)
      join transaction_stream s using (transaction_id) where x.transaction_id like 'again-%'`;
    expect(rows).toHaveLength(60);
    expect(rows.some((row) => row.hits.length > 0)).toBe(true);
    for (const row of rows) {
      const ruleRow = storedRuleRow(row, row);
      const prediction = predict(shippedModel, ruleRow);
      expect(prediction.probability).toBe(Math.fround(row.probability));
      expect(prediction.contributions).toEqual(row.contributions.map(Math.fround));
      const kept = fromContributions(Math.fround(row.base_log_odds), row.contributions.map(Math.fround));
      expect(kept.probability).toBe(prediction.probability);
      const hits = rules.rules(ruleRow);
      expect(row.hits.map((hit: { version: number }) => hit.version)).toEqual(
        hits.map((hit) => hit.versionId),
      );
      expect(row.hits.map((hit: { seen: unknown }) => hit.seen)).toEqual(hits.map((hit) => hit.seen));
      const points = row.hits.flatMap((hit: { points: number | null }) => hit.points ?? []);
      const score = fraudScoreOf(row.probability, points);
      expect(score).toBe(Number(row.fraud_score));
      expect(riskLevelOf(score, rules.thresholds.bands)).toBe(row.risk_level);
      const answer = JSON.parse(row.answer) as DecisionAnswer;
      expect(answer).toMatchObject({
        transaction_id: row.transaction_id,
        fraud_score: score,
        decision: row.decision,
        rules: hits.map((hit) => ruleNumber(hit.ruleId)),
      });
      expect(answer.reasons).toHaveLength(hits.length);
    }
  });

  it('opens one alert with its deadline where the decision calls for one, and none elsewhere', async () => {
    const alerts =
      await t.sql`select a.*, x.decision as said, extract(epoch from a.sla_due_at - a.created_at)::int as sla,
        extract(epoch from a.queue_at - a.created_at)::int as queue
      from transactions x left join fraud_alerts a using (transaction_id) where x.transaction_id like 'again-%'`;
    const stopped = alerts.filter((row) => row.said !== 'ALLOW');
    expect(stopped.length).toBeGreaterThan(0);
    for (const row of stopped) {
      expect(row.status).toBe('open');
      expect(row.sla).toBe(rules.slaMinutes[row.severity as 'info'] * 60);
      expect(row.queue).toBeLessThanOrEqual(row.sla);
      expect(row.rules.length).toBe(row.reasons.length);
    }
  });

  it('refuses what has no rate, and an id whose answer is kept no longer', async () => {
    expect(await decide([{ payment: payment('no-rate', { currency: 'XTS' }) }], process_())).toEqual([
      { kind: 'no_rate', currency: 'XTS' },
    ]);
    const made = payment('forgotten');
    await decideOne(made);
    await t.sql`delete from transaction_stream where transaction_id = 'forgotten'`;
    expect(await decide([{ payment: made }], process_())).toEqual([{ kind: 'conflict' }]);
  });

  it('answers a payment that waits in the queue, and only for the worker that still holds it', async () => {
    const made = payment('queued');
    await t.sql`insert into transaction_stream (transaction_id, raw_data, payload_hash, processing_status, lease_epoch)
      select 'queued', '{}', ${'0'.repeat(64)}, 'PROCESSING', 3`;
    expect(await decide([{ payment: made, leaseEpoch: 3 }], process_())).toEqual([{ kind: 'conflict' }]);
    await t.sql`update transaction_stream set payload_hash = ${(await import('./input')).payloadHash(made)}
      where transaction_id = 'queued'`;
    await decideOne(made);
    const [row] =
      await t.sql`select processing_status, answer from transaction_stream where transaction_id = 'queued'`;
    expect(row!.processing_status).toBe('DONE');
    expect(textOf((await decide([{ payment: made, leaseEpoch: 3 }], process_()))[0])).toBe(row!.answer);
  });
});

describe('time', () => {
  it('changes nothing that is decided when a late payment comes', async () => {
    const minutes = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
    const of = { user_id: 'late', card_token: 'late', merchant_id: 'late' };
    await decideOne(payment('late-1', { ...of, transaction_timestamp: minutes(30) }));
    await decideOne(payment('late-3', { ...of, transaction_timestamp: minutes(10) }));
    const all = () => t.sql`select x.*, f.*, p.probability, p.contributions, s.answer from transactions x
      join ml_features f using (transaction_id, transaction_timestamp)
      join model_predictions p using (transaction_id, transaction_timestamp)
      join transaction_stream s using (transaction_id)
      where x.transaction_id in ('late-1', 'late-3') order by x.transaction_id`;
    const before = await all();
    await decideOne(payment('late-2', { ...of, transaction_timestamp: minutes(20) }));
    expect(await all()).toEqual(before);
    // It knows what was recorded before it and is not after it; the next one knows all three.
    expect(await featureRow('late-2')).toMatchObject({ user_count_1h: 1 });
    await decideOne(payment('late-4', { ...of, transaction_timestamp: minutes(1) }));
    expect(await featureRow('late-4')).toMatchObject({
      user_count_1h: 3,
      card_count_1h: 3,
      merchant_count_1h: 3,
    });
  });

  it('does not know a label before its time', async () => {
    const at = (days: number) => new Date(Date.now() - days * dayMs).toISOString();
    const of = { merchant_id: 'leaky' };
    await decideOne(payment('leak-0', { ...of, transaction_timestamp: at(9) }));
    const labels = [
      { transaction_id: 'leak-0', transaction_timestamp: at(9), is_fraud: true, labelled_at: at(5) },
    ];
    labels[0]!.transaction_timestamp = (
      (
        await t.sql`select transaction_timestamp as at from transactions
      where transaction_id = 'leak-0'`
      )[0]!.at as Date
    ).toISOString();
    await databaseSql()`select * from label_transactions(${JSON.stringify(labels)}::text::jsonb, 'import')`;
    await decideOne(payment('leak-1', { ...of, transaction_timestamp: at(6) }));
    await decideOne(payment('leak-2', { ...of, transaction_timestamp: at(4) }));
    expect(await featureRow('leak-1')).toMatchObject({ merchant_fraud_rate_30d: 0, merchant_count_30d: 1 });
    expect(await featureRow('leak-2')).toMatchObject({ merchant_fraud_rate_30d: 0.5, merchant_count_30d: 2 });
  });

  it('takes the clock for a label unless it is imported, never a time before the payment, and can clear it', async () => {
    await decideOne(payment('label'));
    const label = (is_fraud: boolean | null, source: string, labelled_at?: string) =>
      databaseSql()`select is_fraud, was_fraud, extract(epoch from now() - labelled_at)::float8 as age,
        labelled_at >= transaction_timestamp as after from label_transactions(
        ${JSON.stringify([{ transaction_id: 'label', is_fraud, labelled_at }])}::text::jsonb, ${source})`;
    const [live] = await label(true, 'api', '2020-01-01T00:00:00Z');
    expect(live).toMatchObject({ is_fraud: true, was_fraud: null });
    expect(Math.abs(live!.age as number)).toBeLessThan(5);
    const [imported] = await label(false, 'import', '2020-01-01T00:00:00Z');
    expect(imported).toMatchObject({ is_fraud: false, was_fraud: true, after: true });
    expect(imported!.age).toBeGreaterThan(50);
    const [cleared] = await label(null, 'alert');
    expect(cleared).toMatchObject({ is_fraud: null, was_fraud: false, age: null });
    await expect(label(true, '')).rejects.toMatchObject({ code: '22023' });
  });

  it('makes a missing month once, and says so where it may not', async () => {
    const [gone] =
      await t.sql`select to_char(now() + interval '3 months', '"transactions_y"YYYY"m"MM') as name,
      date_trunc('month', now() + interval '3 months') + interval '10 days' as at`;
    await t.sql.unsafe(`drop table ${gone!.name as string} cascade`);
    const made = payment('new-month', { transaction_timestamp: (gone!.at as Date).toISOString() });
    expect((await decideOne(made)).transaction_id).toBe('new-month');
    const far = payment('far', {
      transaction_timestamp: '2031-05-05T00:00:00.000Z',
      user_id: 'far',
      card_token: null,
    });
    expect(await decide([{ payment: far }], process_())).toEqual([{ kind: 'no_partition' }]);
    const both = await decide([{ payment: far }, { payment: payment('near') }], process_());
    expect(both.map(({ kind }) => kind)).toEqual(['no_partition', 'answer']);
  });
});

describe('grants', () => {
  it('lets the ingest process write payments through record_decision only', async () => {
    const sql = databaseSql();
    await expect(sql`delete from transactions`).rejects.toMatchObject({ code: '42501' });
    await expect(sql`insert into fraud_alerts default values`).rejects.toMatchObject({ code: '42501' });
    await expect(sql`select drop_feature_keys('[]')`).rejects.toMatchObject({ code: '42501' });
  });
});
