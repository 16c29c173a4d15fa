import { beforeAll, describe, expect, test } from 'vitest';
import { database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { decideAlert } from '@/domain/alerts/commands';
import { person } from '@/domain/alerts/testing';
import { decide } from '@/domain/transactions/decide';
import { loadDecisionRules } from '@/domain/transactions/decision-state';
import { EntityQueue } from '@/domain/transactions/entity-queue';
import { explainPayment } from '@/domain/transactions/explain';
import { generatePayment, seededRandom } from '@/domain/transactions/generated-payments';
import { activatePattern, createPattern, editPattern, pausePattern } from './commands';
import { getPatternHits, listPatterns } from './queries';

const t = await testDatabase();
const deniz = await person(t.sql, 'Deniz Aksoy', 'senior_analyst');
const mira = await person(t.sql, 'Mira Lindqvist');

const ring = {
  name: 'Ring of cards',
  description: 'Two of a kind',
  rules: [
    { ruleId: 1, weight: 0.7 },
    { ruleId: 2, weight: 0.1 },
  ],
  reviewThreshold: 0.7,
  blockThreshold: 0.8,
};

const random = seededRandom(5);
let sent = 0;
/** Decides a payment of that amount by what is stored now. */
const pay = async (amount: string) => {
  sent += 1;
  // Nobody has paid before, so that the model's score stays low.
  const world = { prefix: `p${sent}-`, users: 1, merchants: 1, devices: 1, addresses: 1, network: sent };
  const payment = { ...generatePayment(world, '1', new Date(), random), amount, currency: 'EUR' };
  t.connectAs('ingest');
  const rules = await loadDecisionRules(databaseSql());
  const [outcome] = await decide([{ payment }], {
    sql: databaseSql(),
    rules: () => rules,
    queue: new EntityQueue(),
  });
  t.connectAs('web');
  if (outcome?.kind !== 'answer') throw new Error('not decided');
  const { decision, patterns } = JSON.parse(outcome.answer) as { decision: string; patterns: string[] };
  return { id: payment.transaction_id, decision, patterns };
};
const done = async <T>(
  result: Promise<{ ok: true; value: T } | { ok: false; error: unknown }>,
): Promise<T> => {
  const { ok, ...rest } = await result;
  expect(rest, JSON.stringify(rest)).not.toHaveProperty('error');
  if (!ok || !('value' in rest)) throw new Error('refused');
  return rest.value;
};
const refused = (code: string, more: Record<string, unknown> = {}) => ({
  ok: false,
  error: expect.objectContaining({ code, ...more }),
});

beforeAll(async () => {
  await seedRules(database());
  // R-001 hits from 10 on, R-002 from 100 on; neither decides anything by itself.
  for (const [id, amount] of [
    [1, 10],
    [2, 100],
  ] as const)
    await t.sql`update rule_versions set conditions = ${t.sql.json({ op: 'gte', field: 'payment.amount', value: amount })},
      actions = '{"tags":["seen"]}' where rule_id = ${id}`;
  await t.sql`update rule_versions set state = 'paused' where rule_id > 2`;
  t.connectAs('web');
});

describe('patterns', () => {
  test('one is written, activated, decides by the weights that fired, and is counted', async () => {
    const made = await done(createPattern(deniz, ring));
    expect(await pay('150.00')).toMatchObject({ decision: 'ALLOW', patterns: [] });
    await done(activatePattern(deniz, { id: made.id, version: 1, reason: 'seen in the attack' }));
    expect(await pay('5.00')).toMatchObject({ decision: 'ALLOW', patterns: [] });
    const reviewed = await pay('50.00');
    expect(reviewed).toMatchObject({ decision: 'REVIEW', patterns: [ring.name] });
    // 0.7 and 0.1 are 0.8.
    const blocked = await pay('150.00');
    expect(blocked).toMatchObject({ decision: 'BLOCK', patterns: [ring.name] });

    const explained = await explainPayment(database(), blocked.id, null);
    expect(explained?.patterns).toEqual([ring.name]);
    const [alert] =
      await t.sql`select id::int, patterns from fraud_alerts where transaction_id = ${blocked.id}`;
    expect(alert?.patterns).toEqual([ring.name]);
    await done(decideAlert(mira, { id: alert!.id, disposition: 'fraud' }));
    const { rows, rules } = await listPatterns(mira, {});
    expect(rows).toMatchObject([{ ...ring, active: true, version: 2, alerts: 2, decided: 1, confirmed: 1 }]);
    expect(rules).toHaveLength(15);
    const { days } = await getPatternHits(mira, { name: ring.name });
    expect(days).toHaveLength(30);
    expect(days.reduce((sum, day) => sum + day.alerts, 0)).toBe(2);
    expect((await getPatternHits(mira, { name: 'No such' })).days.every((day) => day.alerts === 0)).toBe(
      true,
    );
  });

  test('a change is on the record with before and after, and decides at once; a pause ends it', async () => {
    const [pattern] = (await listPatterns(deniz, {})).rows;
    const { id, version, ...rest } = pattern!;
    const written = {
      description: rest.description,
      rules: [{ ruleId: 2, weight: 1 }],
      reviewThreshold: 0.5,
      blockThreshold: 5,
    };
    await done(editPattern(deniz, { id, version, ...written, reason: 'too many small ones' }));
    const [entry] = await t.sql`select action, user_id, reason, old_values, new_values from audit_trail
      where resource_type = 'pattern' order by id desc limit 1`;
    expect(entry).toMatchObject({
      action: 'pattern:edit',
      user_id: deniz.userId,
      reason: 'too many small ones',
      old_values: { version, rules: 'R-001 × 0.7, R-002 × 0.1' },
      new_values: { version: version + 1, rules: 'R-002 × 1' },
    });
    expect(await pay('50.00')).toMatchObject({ decision: 'ALLOW' });
    expect(await pay('150.00')).toMatchObject({ decision: 'REVIEW', patterns: [ring.name] });
    expect(await editPattern(deniz, { id, version, ...written, reason: 'again' })).toEqual(
      refused('stale', { detail: 'pattern.version_changed' }),
    );
    expect(
      await editPattern(deniz, { id, version: version + 1, ...written, reason: 'the same again' }),
    ).toEqual(refused('conflict', { detail: 'pattern.unchanged' }));
    await done(pausePattern(deniz, { id, version: version + 1, reason: 'not needed' }));
    expect(await pay('150.00')).toMatchObject({ decision: 'ALLOW', patterns: [] });
    expect(await pausePattern(deniz, { id, version: version + 2, reason: 'twice' })).toEqual(
      refused('conflict', { detail: 'pattern.paused' }),
    );
  });

  test('what cannot be meant is refused by its field, and nothing is written', async () => {
    const before = await t.sql`select * from fraud_patterns order by id`;
    const create = (change: Record<string, unknown>) =>
      createPattern(deniz, { ...ring, name: 'Another', ...change } as typeof ring);
    const wrong = (field: string, rule?: string) =>
      refused('invalid', {
        field,
        ...(rule ? { issues: expect.arrayContaining([expect.objectContaining({ field, rule })]) } : {}),
      });
    expect(await create({ name: 'RING of cards' })).toEqual(wrong('name', 'pattern_taken'));
    expect(await create({ name: 'ab' })).toEqual(wrong('name'));
    expect(await create({ rules: [] })).toEqual(wrong('rules'));
    expect(await create({ rules: [...ring.rules, ring.rules[0]] })).toEqual(wrong('rules', 'repeated'));
    expect(await create({ rules: [{ ruleId: 99, weight: 1 }] })).toEqual(wrong('rules', 'no_such_rule'));
    expect(await create({ rules: [{ ruleId: 1, weight: Number.NaN }] })).toEqual(wrong('rules.0.weight'));
    expect(await create({ rules: [{ ruleId: 1, weight: 0.123 }] })).toEqual(
      wrong('rules.0.weight', 'two_decimals'),
    );
    expect(await create({ blockThreshold: 0.5 })).toEqual(wrong('blockThreshold', 'below_review'));
    expect(await create({ reviewThreshold: 0.9, blockThreshold: 2 })).toEqual(
      wrong('reviewThreshold', 'out_of_reach'),
    );
    expect(await create({ description: 'a\u0000b' })).toEqual(wrong('description'));
    expect(await activatePattern(deniz, { id: 99, version: 1, reason: 'nobody' })).toEqual(
      refused('not_found'),
    );
    expect(await createPattern(mira, { ...ring, name: 'Mine' })).toEqual(refused('denied'));
    expect(await t.sql`select * from fraud_patterns order by id`).toEqual(before);
  });
});
