import { beforeAll, describe, expect, it } from 'vitest';
import { database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { type DecideDeps, decide } from './decide';
import type { DecisionAnswer } from './decision-record';
import { type DecisionRules, loadDecisionRules } from './decision-state';
import { EntityQueue } from './entity-queue';
import { bruteForceFeatures, featureDifferences, type RecordedPayment } from './feature-oracle';
import { features } from './features';
import { generatePayment, type PaymentWorld, seededRandom } from './generated-payments';
import type { Payment } from './input';
import { toBase } from './money';

const t = await testDatabase();
let rules: DecisionRules;
const deps = (): DecideDeps => ({ sql: databaseSql(), rules: () => rules, queue: new EntityQueue() });

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const world: PaymentWorld = {
  prefix: 'a-',
  users: 40,
  merchants: 25,
  devices: 30,
  addresses: 20,
  network: 1,
};

async function answerTo(payment: Payment): Promise<DecisionAnswer> {
  const [outcome] = await decide([{ payment }], deps());
  if (outcome?.kind !== 'answer') throw new Error(`no answer: ${outcome?.kind}`);
  return JSON.parse(outcome.answer) as DecisionAnswer;
}

async function storedFeatures(id: string): Promise<Record<string, unknown>> {
  const [row] = await t.sql`select * from ml_features where transaction_id = ${id}`;
  return row as Record<string, unknown>;
}

beforeAll(async () => {
  await seedRules(database());
  t.connectAs('ingest');
  rules = await loadDecisionRules(databaseSql());
});

/** Payments of 36 days in the order of arrival: some late, some at the same instant, one merchant in a quarter of them. */
function stream(of: PaymentWorld, count: number, seed: number): Payment[] {
  const random = seededRandom(seed);
  const start = Date.now() - 36 * dayMs;
  let last = start;
  let before: Payment | undefined;
  return Array.from({ length: count }, (_, i) => {
    const due = start + (i / count) * 36 * dayMs;
    const late = random() < 0.1 ? random() ** 2 * 12 * dayMs : 0;
    const burst = random() < 0.3 ? last + Math.floor(random() * 120) * 1000 : due - late;
    const at = random() < 0.05 ? last : Math.min(Math.max(start, burst), Date.now() - 1000);
    last = at;
    const made = generatePayment(of, `t${i}`, new Date(at), random);
    // The same hands again within seconds: what velocity is about.
    if (before && random() < 0.3)
      Object.assign(made, { user_id: before.user_id, card_token: before.card_token });
    if (random() < 0.25)
      Object.assign(made, { merchant_id: `${of.prefix}busy`, ip_address: `10.${of.network}.9.9` });
    before = made;
    return made;
  });
}

const recordedOf = (made: Payment): RecordedPayment => ({
  payment: made,
  ms: Date.parse(made.transaction_timestamp),
  cents: BigInt(toBase(made.amount, rules.rates[made.currency]!).replace('.', '')),
  decision: '',
});

/** Labels one of the recorded payments, as an import or a person would. */
async function labelOne(recorded: RecordedPayment[], random: () => number): Promise<void> {
  const chosen = recorded[Math.floor(random() * recorded.length)]!;
  const at = chosen.ms;
  const source = random() < 0.8 ? 'import' : 'alert';
  const isFraud = random() < 0.8;
  const known = new Date(at + Math.floor(random() * 10 * dayMs)).toISOString();
  const [row] =
    await databaseSql()`select (extract(epoch from labelled_at) * 1000)::float8 as at from label_transactions(
    ${JSON.stringify([{ transaction_id: chosen.payment.transaction_id, transaction_timestamp: chosen.payment.transaction_timestamp, is_fraud: isFraud, labelled_at: known }])}::text::jsonb,
    ${source})`;
  chosen.isFraud = isFraud;
  chosen.labelledAt = row!.at as number;
  if (source === 'import') expect(chosen.labelledAt).toBe(Date.parse(known));
}

async function changeCache(i: number): Promise<void> {
  const sql = databaseSql();
  if (i % 700 === 699) await t.sql`delete from feature_cache`;
  if (i % 250 !== 249) return;
  const kept = [
    { entity: 'merchant', key: 'a-busy', hits: 1 },
    { entity: 'ip', key: '10.1.9.9', hits: 1 },
    { entity: 'merchant', key: 'a-m0', hits: 1 },
  ];
  for (const { entity, key } of kept)
    for (let day = 0; day < 40; day += 1)
      await sql`select fill_feature_cache(${entity}, ${key}, now() - make_interval(days => ${day}))`;
  await sql`select keep_feature_cache(${JSON.stringify(kept)}::text::jsonb)`;
}

describe('features against brute force', () => {
  it('is equal in every feature of thousands of payments, late ones, labels and the cache included', async () => {
    const payments = stream(world, 2000, 11);
    const random = seededRandom(3);
    const recorded: RecordedPayment[] = [];
    const wrong: string[] = [];
    const seen = new Map(features.map(({ field }) => [field, new Set<unknown>()]));
    for (const [i, made] of payments.entries()) {
      const now = recordedOf(made);
      const expected = bruteForceFeatures(now, recorded);
      now.decision = (await answerTo(made)).decision;
      const found = featureDifferences(expected, await storedFeatures(made.transaction_id));
      for (const { field } of features) seen.get(field)!.add(expected[field]);
      if (found.length > 0) wrong.push(`${made.transaction_id} ${found.join('; ')}`);
      recorded.push(now);
      if (random() < 0.15) await labelOne(recorded, random);
      await changeCache(i);
    }
    const [kept] = await t.sql`select count(*)::int as keys from feature_cache`;
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(kept!.keys).toBeGreaterThan(1000);
    // Not one feature stood still, or nothing was shown about it.
    expect([...seen].filter(([, values]) => values.size < 2).map(([field]) => field)).toEqual([]);
  }, 240_000);

  it('is the same for blocks as for one payment after the other', async () => {
    const one: PaymentWorld = { ...world, prefix: 'b-', network: 2 };
    const other: PaymentWorld = { ...world, prefix: 'c-', network: 3 };
    const alone = stream(one, 450, 5);
    for (const made of alone) await answerTo(made);
    const inBlocks = stream(other, 450, 5).map((made, i) => ({
      ...made,
      transaction_timestamp: alone[i]!.transaction_timestamp,
    }));
    for (let i = 0; i < inBlocks.length; i += 150) {
      const outcomes = await decide(
        inBlocks.slice(i, i + 150).map((payment) => ({ payment })),
        deps(),
      );
      expect(outcomes.every((outcome) => outcome.kind === 'answer')).toBe(true);
    }
    const rows = async (prefix: string) =>
      (await t.sql`select * from ml_features where starts_with(transaction_id, ${prefix})
        order by substr(transaction_id, 4)::int`) as Record<string, unknown>[];
    const [first, second] = [await rows('b-'), await rows('c-')];
    expect(first).toHaveLength(450);
    const named = (row: Record<string, unknown>) =>
      Object.fromEntries(features.map(({ field, column }) => [field, row[column]]));
    expect(first.flatMap((row, i) => featureDifferences(named(row), second[i]!))).toEqual([]);
  }, 60_000);
});
