import { beforeAll, describe, expect, it } from 'vitest';
import { database } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import type { Role } from '@/domain/access';
import type { PersonActor } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import {
  activateRule,
  createRule,
  discardDraft,
  editRule,
  pauseRule,
  resumeRule,
  retireRule,
} from './commands';
import type { Condition } from './conditions';
import { defaultRules } from './defaults';
import { ruleFields } from './fields';
import { dryRunRule, getRule, listRules, ruleHits } from './queries';

const t = await testDatabase({ role: 'web' });

const people = new Map<string, string>();
const person = (role: Role, name = role as string): PersonActor => ({
  kind: 'user',
  userId: people.get(name) ?? '00000000-0000-4000-8000-000000000009',
  email: `${name}@example.com`,
  name,
  role,
  sessionId: 'session',
  ip: '192.0.2.1',
  userAgent: 'test',
  requestId: 'req_test',
});

beforeAll(async () => {
  t.connectAs('owner');
  expect(await seedRules(database())).toBe(15);
  expect(await seedRules(database())).toBe(0);
  t.connectAs('web');
  for (const name of ['analyst', 'senior_analyst']) {
    const [row] =
      await t.sql`insert into console_users (email, name, role) values (${`${name}@example.com`}, ${name}, ${name}) returning id`;
    people.set(name, row!.id);
  }
});

const condition: Condition = { op: 'gte', field: 'payment.amount', value: 5000 };
let serial = 0;
const written = (change: object = {}) => ({
  name: `House rule ${++serial}`,
  description: 'Very high amounts',
  type: 'habit' as const,
  priority: 200,
  conditions: condition,
  actions: { decision: 'REVIEW' as const, points: 0.1, tags: ['high'] },
  ...change,
});
const make = async (change: object = {}) => {
  const made = await createRule(person('analyst'), written(change));
  if (!made.ok) throw new Error(JSON.stringify(made.error));
  return made.value;
};
const live = async () => {
  const made = await make();
  const done = await activateRule(person('senior_analyst'), {
    ...pick(made),
    revision: 1,
    reason: 'Looks right',
  });
  if (!done.ok) throw new Error(JSON.stringify(done.error));
  return done.value;
};
const pick = ({ ruleId, versionId }: { ruleId: number; versionId: number }) => ({ ruleId, versionId });
const lastAudit = async (action: string, ruleId: number) => {
  const [row] = await t.sql`select * from audit_trail where action = ${action} and resource_type = 'rule'
    and resource_id = ${String(ruleId)} order by id desc limit 1`;
  return row;
};
const states = async (ruleId: number) =>
  (await t.sql`select state from rule_versions where rule_id = ${ruleId} order by version`).map(
    (r) => r.state,
  );
const mirror = async (ruleId: number) => (await t.sql`select * from fraud_rules where id = ${ruleId}`)[0]!;
const denied = async (action: string, run: () => Promise<unknown>) => {
  const count = async () =>
    (
      await t.sql`select count(*)::int as n from audit_trail where action = ${action} and outcome = 'denied'`
    )[0]!.n;
  const before = await count();
  expect(await run()).toMatchObject({ ok: false, error: { code: 'denied' } });
  expect(await count()).toBe(before + 1);
};

describe('seedRules', () => {
  it('has put the defaults live, in number order, each with its audit row', async () => {
    const rows = await t.sql`select r.id, r.rule_name, r.is_active, v.state, v.reason_code from fraud_rules r
      join rule_versions v on v.rule_id = r.id where r.id <= 15 order by r.id`;
    expect(rows.map((r) => [r.id, r.rule_name, r.is_active, r.state, r.reason_code])).toEqual(
      defaultRules.map((d) => [d.number, d.name, true, 'live', d.reasonCode]),
    );
    const audited =
      await t.sql`select resource_id from audit_trail where actor_name = 'Vigil' and action = 'rule:activate'`;
    expect(audited).toHaveLength(15);
  });
});

describe('createRule', () => {
  it('makes a draft that decides nothing, with its audit row', async () => {
    const made = await make({ name: 'Very high' });
    expect(made).toMatchObject({ version: 1, revision: 1, state: 'draft' });
    expect(await mirror(made.ruleId)).toMatchObject({
      rule_name: 'Very high',
      is_active: false,
      conditions: condition,
    });
    expect(await lastAudit('rule:create', made.ruleId)).toMatchObject({
      actor_name: 'analyst',
      old_values: null,
      new_values: {
        version: 1,
        name: 'Very high',
        condition: 'payment.amount >= 5000',
        decision: 'REVIEW',
        tags: 'high',
      },
    });
  });

  it('refuses a taken name at the field, whatever its case', async () => {
    expect(await createRule(person('analyst'), written({ name: 'CARD testing' }))).toMatchObject({
      ok: false,
      error: { code: 'invalid', field: 'name', issues: [{ field: 'name', rule: 'name_taken' }] },
    });
  });

  it('refuses bad conditions with the path inside the tree', async () => {
    const conditions = {
      op: 'all',
      conditions: [condition, { op: 'gte', field: 'payment.amount', value: 'much' }],
    };
    expect(await createRule(person('analyst'), written({ conditions }))).toMatchObject({
      ok: false,
      error: { code: 'invalid', issues: [{ field: 'conditions.conditions.1.value', rule: 'type_mismatch' }] },
    });
    expect(await createRule(person('analyst'), written({ actions: {} }))).toMatchObject({
      error: { issues: [{ field: 'actions', rule: 'no_action' }] },
    });
  });

  it('is refused to an auditor', () => denied('rule:create', () => createRule(person('auditor'), written())));
});

describe('editRule', () => {
  it('saves into the draft and counts the revision', async () => {
    const made = await make();
    const edit = {
      ruleId: made.ruleId,
      basedOn: { versionId: made.versionId, revision: 1 },
      ...written({ priority: 150 }),
    };
    expect(await editRule(person('analyst'), edit)).toMatchObject({
      ok: true,
      value: { version: 1, revision: 2 },
    });
    expect(await mirror(made.ruleId)).toMatchObject({ priority: 150, rule_name: edit.name });
    expect(await lastAudit('rule:edit', made.ruleId)).toMatchObject({
      old_values: { priority: 200 },
      new_values: { priority: 150 },
    });
    expect(await editRule(person('analyst'), edit)).toMatchObject({
      ok: false,
      error: { code: 'stale', detail: 'rule.version_changed' },
    });
  });

  it('of a live rule makes a draft beside it, and keeps its sentence', async () => {
    const { head } = await getRule(person('analyst'), { ruleId: 9 });
    const edit = {
      ...{ ruleId: 9, basedOn: { versionId: head.versionId, revision: head.revision } },
      ...written({ name: head.name, conditions: head.conditions, priority: 49 }),
    };
    const results = await Promise.all([
      editRule(person('analyst'), edit),
      editRule(person('senior_analyst'), edit),
    ]);
    expect(results.map((r) => r.ok).sort()).toEqual([false, true]);
    expect(await states(9)).toEqual(['live', 'draft']);
    expect(await mirror(9)).toMatchObject({ priority: 50, is_active: true });
    const detail = await getRule(person('auditor'), { ruleId: 9 });
    expect(detail.draft).toMatchObject({ version: 2, reasonCode: 'amountFarFromHabit', priority: 49 });
    expect(detail.shown).toMatchObject({ version: 1, state: 'live' });
  });

  it('is refused to an auditor', () =>
    denied('rule:edit', () =>
      editRule(person('auditor'), { ruleId: 1, basedOn: { versionId: 1, revision: 1 }, ...written() }),
    ));
});

describe('activateRule', () => {
  it('makes the draft live, retires the earlier version and mirrors it, with the reason on record', async () => {
    const { ruleId, versionId } = await live();
    const edit = { ruleId, basedOn: { versionId, revision: 1 }, ...written({ priority: 201 }) };
    const edited = await editRule(person('analyst'), edit);
    const draft = edited.ok ? edited.value : null;
    const input = { ruleId, versionId: draft!.versionId, revision: 1, reason: 'Catches more' };
    expect(await activateRule(person('senior_analyst'), input)).toMatchObject({
      ok: true,
      value: { state: 'live', version: 2 },
    });
    expect(await states(ruleId)).toEqual(['retired', 'live']);
    expect(await mirror(ruleId)).toMatchObject({ priority: 201, is_active: true });
    expect(await lastAudit('rule:activate', ruleId)).toMatchObject({
      reason: 'Catches more',
      old_values: { version: 1, state: 'live', priority: 200 },
      new_values: { version: 2, state: 'live', priority: 201 },
    });
    expect(await activateRule(person('senior_analyst'), input)).toMatchObject({
      error: { code: 'conflict', detail: 'rule.state_changed' },
    });
  });

  it('refuses a draft that was saved again since it was read', async () => {
    const made = await make();
    await editRule(person('analyst'), {
      ...{ ruleId: made.ruleId, basedOn: { versionId: made.versionId, revision: 1 } },
      ...written(),
    });
    expect(
      await activateRule(person('senior_analyst'), { ...pick(made), revision: 1, reason: 'Looks right' }),
    ).toMatchObject({ error: { code: 'stale' } });
  });

  it('asks for a reason', async () => {
    const made = await make();
    expect(
      await activateRule(person('senior_analyst'), { ...pick(made), revision: 1, reason: ' ' }),
    ).toMatchObject({
      error: { code: 'invalid', field: 'reason' },
    });
  });

  it('is refused to an analyst', async () => {
    const made = await make();
    await denied('rule:activate', () =>
      activateRule(person('analyst'), { ...pick(made), revision: 1, reason: 'Mine' }),
    );
    expect(await states(made.ruleId)).toEqual(['draft']);
  });
});

describe('pauseRule, resumeRule, retireRule', () => {
  it('stop, continue and end a rule, each with state, mirror and audit row', async () => {
    const rule = pick(await live());
    const steps = [
      [pauseRule, 'rule:pause', 'live', 'paused'],
      [resumeRule, 'rule:resume', 'paused', 'live'],
      [retireRule, 'rule:retire', 'live', 'retired'],
    ] as const;
    for (const [run, action, from, to] of steps) {
      expect(await run(person('senior_analyst'), { ...rule, reason: 'Too many hits' })).toMatchObject({
        ok: true,
        value: { state: to },
      });
      expect(await states(rule.ruleId)).toEqual([to]);
      expect((await mirror(rule.ruleId)).is_active).toBe(to === 'live');
      expect(await lastAudit(action, rule.ruleId)).toMatchObject({
        reason: 'Too many hits',
        old_values: { state: from },
        new_values: { state: to },
      });
    }
    for (const [run] of steps)
      expect(await run(person('senior_analyst'), { ...rule, reason: 'Again' })).toMatchObject({
        error: { code: 'conflict' },
      });
  });

  it.each([
    ['rule:pause', pauseRule],
    ['rule:resume', resumeRule],
    ['rule:retire', retireRule],
  ] as const)('%s is refused to an analyst', (action, run) =>
    denied(action, () => run(person('analyst'), { ruleId: 1, versionId: 1, reason: 'Why not' })),
  );

  it('cannot touch a version of another rule', async () => {
    const [one, two] = [await live(), await live()];
    expect(
      await pauseRule(person('admin'), { ruleId: one.ruleId, versionId: two.versionId, reason: 'Mixed up' }),
    ).toMatchObject({ error: { code: 'not_found' } });
    expect(
      await pauseRule(person('admin'), { ruleId: 99_999, versionId: 1, reason: 'No such' }),
    ).toMatchObject({
      error: { code: 'not_found' },
    });
  });
});

describe('discardDraft', () => {
  it('gives the draft up and leaves what is live', async () => {
    const { ruleId, versionId } = await live();
    const edited = await editRule(person('analyst'), {
      ruleId,
      basedOn: { versionId, revision: 1 },
      ...written(),
    });
    const draft = edited.ok ? edited.value : null;
    expect(await discardDraft(person('analyst'), { ruleId, versionId: draft!.versionId })).toMatchObject({
      ok: true,
    });
    expect(await states(ruleId)).toEqual(['live', 'retired']);
    expect(await lastAudit('rule:discard', ruleId)).toMatchObject({
      old_values: { version: 2, state: 'draft' },
    });
    const detail = await getRule(person('analyst'), { ruleId });
    expect(detail.head.versionId).toBe(versionId);
    expect(await discardDraft(person('analyst'), { ruleId, versionId })).toMatchObject({
      error: { code: 'conflict' },
    });
  });

  it('frees the name of a discarded edit without harm when the rule is retired later', async () => {
    const { ruleId, versionId } = await live();
    const edited = await editRule(person('analyst'), {
      ruleId,
      basedOn: { versionId, revision: 1 },
      ...written({ name: 'Passing name' }),
    });
    await discardDraft(person('analyst'), { ruleId, versionId: edited.ok ? edited.value.versionId : 0 });
    await make({ name: 'Passing name' });
    expect(await retireRule(person('admin'), { ruleId, versionId, reason: 'Not needed' })).toMatchObject({
      ok: true,
    });
  });

  it('is refused to an auditor', () =>
    denied('rule:discard', () => discardDraft(person('auditor'), { ruleId: 1, versionId: 1 })));
});

/** A payment with its features and the hits of some rules, written as record_decision leaves them. */
async function payment(id: string, minutesAgo: number, amount: number, rules: number[] = []) {
  const at = new Date(Date.now() - minutesAgo * 60_000);
  await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
    currency, amount_base, ip_address, fraud_score, risk_level, decision, decision_version)
    values (${id}, 'u', 'm', ${at}, ${at}, ${amount}, 'EUR', ${amount}, '192.0.2.7', 0.1, 'MINIMAL',
    ${rules.length > 0 ? 'REVIEW' : 'ALLOW'}, 'v')`;
  await t.sql`insert into ml_features (transaction_id, transaction_timestamp, payment_amount, payment_night)
    values (${id}, ${at}, ${amount}, false)`;
  for (const rule of rules)
    await t.sql`insert into rule_hits (transaction_id, transaction_timestamp, rule_version_id, rule_id, position,
      reason_code, reason_values, seen) values (${id}, ${at}, ${rule}, ${rule}, 0, 'rule', '{}', '{}')`;
}

describe('reading', () => {
  beforeAll(async () => {
    await t.sql`select ensure_partitions()`;
    await payment('p-1', 1, 900, [2, 3]);
    await payment('p-2', 2, 40, [2]);
    await payment('p-3', 60 * 30, 700, [2]);
    await payment('p-4', 3, 30);
    await t.sql`insert into touched_days select (now() at time zone 'UTC')::date - n from generate_series(0, 3) n
      on conflict do nothing`;
    await t.sql`select refresh_daily_reports()`;
  });

  it('lists rules with their hits of a day and a week', async () => {
    const { rows, total } = await listRules(person('analyst'), { q: 'R-002' });
    expect(rows).toMatchObject([
      { ruleId: 2, name: 'Impossible travel', state: 'live', hits24h: 2, hits7d: 3, draftVersion: null },
    ]);
    expect(total).toBeGreaterThan(15);
    const byHits = await listRules(person('analyst'), { sort: '-hits7d' });
    expect(byHits.rows.slice(0, 2).map((r) => r.ruleId)).toEqual([2, 3]);
  });

  it('filters by state, decision, type, draft and words', async () => {
    const ids = async (input: object) =>
      (await listRules(person('analyst'), input)).rows.map((r) => r.ruleId);
    expect(await ids({ decision: ['BLOCK'] })).toEqual([1, 2]);
    expect(await ids({ decision: ['NONE'], state: ['live'] })).toEqual([12, 13]);
    expect(await ids({ type: ['sharing'] })).toEqual([4, 5, 6]);
    expect(await ids({ draft: true })).toContain(9);
    expect(await ids({ q: '100%' })).toEqual([]);
    expect(await ids({ q: 'card-testing' })).toEqual([1]);
  });

  it.each(['priority', '-priority', 'name', '-name', '-hits24h', 'changed', '-changed'])(
    'pages through all rules once, sorted by %s',
    async (sort) => {
      const all = await listRules(person('analyst'), { sort, limit: 200 });
      const seen: number[] = [];
      let cursor: string | undefined;
      do {
        const page = await listRules(person('analyst'), { sort, limit: 4, cursor });
        seen.push(...page.rows.map((r) => r.ruleId));
        cursor = page.next ?? undefined;
      } while (cursor);
      expect(seen).toEqual(all.rows.map((r) => r.ruleId));
      expect(new Set(seen).size).toBe(all.total);
    },
  );

  it('refuses a forged cursor and an unknown sort', async () => {
    const forged = Buffer.from(JSON.stringify(['x', 1])).toString('base64url');
    await expect(listRules(person('analyst'), { sort: 'priority', cursor: forged })).rejects.toThrow(
      AppError,
    );
    await expect(listRules(person('analyst'), { sort: 'rule_name;--' })).rejects.toMatchObject({
      failure: { code: 'invalid' },
    });
  });

  it('draws hits by hour and day and names the payments', async () => {
    const byHour = await ruleHits(person('analyst'), { ruleId: 2, by: 'hour' });
    expect(byHour.points).toHaveLength(48);
    expect(byHour.points.reduce((sum, p) => sum + p.hits, 0)).toBe(3);
    expect(byHour.recent.map((r) => r.transactionId)).toEqual(['p-1', 'p-2', 'p-3']);
    expect(byHour.recent[0]).toMatchObject({
      amount: '900.00',
      currency: 'EUR',
      decision: 'REVIEW',
      version: 1,
    });
    const byDay = await ruleHits(person('analyst'), { ruleId: 2, by: 'day' });
    expect(byDay.points).toHaveLength(30);
    expect(byDay.points.reduce((sum, p) => sum + p.hits, 0)).toBe(3);
  });

  it('says how often a condition would have fired on recent payments', async () => {
    const run = await dryRunRule(person('analyst'), {
      conditions: { op: 'gte', field: 'payment.amount', value: 500 },
    });
    expect(run).toMatchObject({ payments: 4, fired: 2, stopped: 2 });
    expect(await dryRunRule(person('analyst'), { versionId: 1 })).toMatchObject({ payments: 4, fired: 0 });
    await expect(dryRunRule(person('analyst'), { versionId: 99_999 })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
    expect(run.sample.map((s) => s.transactionId)).toEqual(['p-1', 'p-3']);
    const byAddress: Condition = { op: 'in', field: 'ip_address', values: ['192.0.2.7'] };
    expect(await dryRunRule(person('analyst'), { conditions: byAddress })).toMatchObject({ fired: 4 });
    const missing: Condition = {
      op: 'all',
      conditions: ruleFields.slice(0, 20).map((f) => ({ op: 'missing', field: f.name })),
    };
    expect(await dryRunRule(person('analyst'), { conditions: missing })).toMatchObject({ fired: 0 });
  });

  it('says not found for a rule that is not there', async () => {
    await expect(getRule(person('analyst'), { ruleId: 99_999 })).rejects.toMatchObject({
      failure: { code: 'not_found' },
    });
  });

  it.each([
    ['rule.list', () => listRules(person('db_operator'), {})],
    ['rule.get', () => getRule(person('db_operator'), { ruleId: 1 })],
    ['rule.hits', () => ruleHits(person('db_operator'), { ruleId: 1 })],
    ['rule.dry-run', () => dryRunRule(person('db_operator'), { conditions: condition })],
  ])('%s is refused to a database operator', async (_, run) => {
    await expect(run()).rejects.toMatchObject({ failure: { code: 'denied' } });
  });
});
