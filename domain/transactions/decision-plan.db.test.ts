import postgres from 'postgres';
import { beforeAll, describe, expect, it } from 'vitest';
import { database, databaseSql } from '@/db/client';
import { seedRules } from '@/db/seed/rules';
import { testDatabase } from '@/db/testing';
import { Announcer } from './announce';
import { type DecideDeps, decide } from './decide';
import { type DecisionRules, loadDecisionRules, watchDecisionRules } from './decision-state';
import { EntityQueue } from './entity-queue';
import { FeatureCacheKeeper } from './feature-cache';
import { generatePayment, type PaymentWorld, seededRandom } from './generated-payments';
import type { Payment } from './input';

const t = await testDatabase();
let rules: DecisionRules;
const world: PaymentWorld = { prefix: '', users: 9, merchants: 9, devices: 9, addresses: 9, network: 1 };
const payment = (id: string, more: Partial<Payment> = {}): Payment => ({
  ...generatePayment(world, id, new Date(Date.now() - 1_000), seededRandom(7)),
  currency: 'EUR',
  merchant_id: 'busy',
  ip_address: '10.9.9.9',
  ...more,
});
const deps = (more: Partial<DecideDeps> = {}): DecideDeps => ({
  sql: databaseSql(),
  rules: () => rules,
  queue: new EntityQueue(),
  ...more,
});
const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
  const end = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error('waited in vain');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

beforeAll(async () => {
  await seedRules(database());
  // Five months of partitions, and enough payments that a plan has something to win and to lose.
  await t.sql`select ensure_partitions(now() - interval '5 months')`;
  await t.sql`insert into transactions (transaction_id, user_id, merchant_id, transaction_timestamp, recorded_at, amount,
      currency, amount_base, device_id, ip_address, card_token, fraud_score, risk_level, decision, decision_version)
    select 'v' || i, 'u' || i % 3000, case when i % 4 = 0 then 'busy' else 'm' || i % 500 end, at, at, 10, 'EUR', 10,
      'd' || i % 3000, case when i % 4 = 1 then inet '10.9.9.9' else inet '10.8.0.0' + i % 3000 end, 'c' || i % 3000,
      (i % 100) / 100.0, case when i % 100 >= 80 then 'CRITICAL' else 'LOW' end, 'ALLOW', 'v'
    from (select i, date_trunc('milliseconds', now() - i * interval '6 minutes') as at from generate_series(1, 30000) i) s`;
  await t.sql`analyze transactions`;
  t.connectAs('ingest');
  rules = await loadDecisionRules(databaseSql());
});

/** Plans of every statement inside a call, as auto_explain reports them to a superuser's session. */
async function plansOf(statement: string): Promise<string[]> {
  const plans: string[] = [];
  const sql = postgres(t.url, { max: 1, onnotice: (notice) => plans.push(String(notice.message)) });
  await sql.unsafe(`load 'auto_explain'; set auto_explain.log_min_duration = 0; set auto_explain.log_analyze = on;
    set auto_explain.log_nested_statements = on; set client_min_messages = log`);
  await sql.unsafe(statement);
  await sql.end();
  return plans.filter((plan) => plan.includes('plan:'));
}

const monthsOf = (plan: string) =>
  new Set([...plan.matchAll(/on transactions_y(\d{4}m\d{2})/g)].map((match) => match[1]));

describe('the plan of a read', () => {
  const asked = (more: object) =>
    `select * from decision_context('${JSON.stringify([{ position: 0, transaction_id: 'x', user_id: 'u7', merchant_id: 'm7', card_token: 'c7', device_id: 'd7', ip_address: '10.8.0.7', transaction_timestamp: new Date().toISOString(), ...more }])}')`;

  it('scans indexes of the last months only, never a whole table', async () => {
    const plans = (await plansOf(asked({}))).filter((plan) => plan.includes('on transactions_y'));
    expect(plans.length).toBeGreaterThan(0);
    for (const plan of plans) {
      expect(plan).not.toMatch(/Seq Scan/);
      // The label index alone looks back sixty days further.
      const scans = plan
        .split('\n')
        .filter((line) => / on transactions_y/.test(line) && !line.includes('label'));
      expect(monthsOf(scans.join('\n')).size).toBeLessThanOrEqual(4);
      expect(plan).toMatch(/Subplans Removed: \d/);
    }
  });

  it('reads no more than the open hour, a day and the kept sums of a busy merchant', async () => {
    const sql = databaseSql();
    for (let day = 0; day < 32; day += 1)
      await sql`select fill_feature_cache('merchant', 'busy', now() - make_interval(days => ${day}))`;
    await sql`select keep_feature_cache('[{"entity": "merchant", "key": "busy", "hits": 1}]')`;
    const rowsRead = async (statement: string) =>
      Math.max(
        ...(await plansOf(statement)).flatMap((plan) =>
          [...plan.matchAll(/merchant_id.*rows=(\d+)(?:\.\d+)? loops=1\)/g)].map((match) => Number(match[1])),
        ),
      );
    expect(await rowsRead(asked({ merchant_id: 'busy' }))).toBeLessThan(200);
    await t.sql`delete from feature_cache`;
    expect(await rowsRead(asked({ merchant_id: 'busy' }))).toBeGreaterThan(400);
  });
});

describe('the keeper of the cache', () => {
  it('notices busy entities, fills their closed hours, counts reads, and is not needed', async () => {
    const keeper = new FeatureCacheKeeper(databaseSql(), Date.now, 500);
    const of = deps({ cache: keeper });
    await decide([{ payment: payment('k0') }], of);
    await keeper.flush();
    const marks = () =>
      t.sql`select cache_key, access_count from feature_cache where cache_key like '%:heavy:%' order by 1`;
    expect(await marks()).toEqual([
      { cache_key: 'ip:heavy:10.9.9.9', access_count: 0 },
      { cache_key: 'merchant:heavy:busy', access_count: 0 },
    ]);
    for (let i = 1; i < 4; i += 1) await decide([{ payment: payment(`k${i}`) }], of);
    await keeper.flush();
    expect((await marks()).map((mark) => mark.access_count)).toEqual([3, 3]);
    const [kept] = await t.sql`select count(*)::int as keys from feature_cache`;
    expect(kept!.keys).toBeGreaterThan(1_400);
    const seen =
      () => t.sql`select merchant_count_7d, merchant_count_30d, merchant_mean_30d, ip_count_7d, ip_count_30d
      from ml_features where transaction_id = 'k4' or transaction_id = 'k5' order by transaction_id`;
    const twin = { transaction_timestamp: new Date().toISOString() };
    await decide([{ payment: payment('k4', twin) }], of);
    await t.sql`delete from feature_cache`;
    await decide([{ payment: payment('k5', twin) }], of);
    const [cached, raw] = await seen();
    expect(raw!.merchant_count_30d).toBe((cached!.merchant_count_30d as number) + 1);
    expect(raw!.ip_count_7d).toBe((cached!.ip_count_7d as number) + 1);
    await keeper.stop();
  });
});

describe('the cache under fire', () => {
  it('never keeps a sum that misses a late payment or label', async () => {
    const sql = databaseSql();
    const random = seededRandom(17);
    const hours = 30;
    const until_ = Date.now() + 2_500;
    let made = 0;
    // On a busy machine the time alone would prove nothing.
    const goesOn = () => Date.now() < until_ || made <= 24;
    const pay = async () => {
      while (goesOn()) {
        const id = `fire-${made++}`;
        const at = new Date(Date.now() - Math.floor(random() * hours * 3_600_000)).toISOString();
        const own = {
          user_id: id,
          card_token: id,
          device_id: id,
          merchant_id: 'fire',
          ip_address: '10.4.4.4',
        };
        await decide([{ payment: payment(id, { ...own, transaction_timestamp: at }) }], deps());
        if (random() < 0.5) {
          const label = [{ transaction_id: id, transaction_timestamp: at, is_fraud: true, labelled_at: at }];
          await sql`select count(*) from label_transactions(${JSON.stringify(label)}::text::jsonb, 'import')`;
        }
      }
    };
    const fill = async () => {
      while (goesOn())
        for (const [entity, key] of [
          ['merchant', 'fire'],
          ['ip', '10.4.4.4'],
        ] as const)
          for (let day = 0; day < 3; day += 1)
            await sql`select fill_feature_cache(${entity}, ${key}, now() - make_interval(days => ${day}))`;
    };
    await Promise.all([pay(), pay(), pay(), pay(), fill(), fill()]);
    const wrong = await t.sql`
      select c.cache_key, c.feature_data, b.n, b.amount, b.frauds
      from feature_cache c
      cross join lateral (select split_part(c.cache_key, ':', 1) as entity, split_part(c.cache_key, ':', 4) as key,
        (c.feature_data ->> 'start')::bigint as start, case split_part(c.cache_key, ':', 2) when 'd' then 24 else 1 end as hours) k
      cross join lateral feature_bucket(k.entity, k.key, to_timestamp(k.start * 3600), to_timestamp((k.start + k.hours) * 3600)) b
      where k.key in ('fire', '10.4.4.4') and split_part(c.cache_key, ':', 2) <> 'heavy'
        and ((c.feature_data ->> 'n')::bigint, (c.feature_data ->> 'amount')::numeric, (c.feature_data ->> 'frauds')::bigint)
          is distinct from (b.n, b.amount, b.frauds)`;
    expect(wrong).toEqual([]);
    const [kept] = await t.sql`select count(*)::int as keys, sum((feature_data ->> 'n')::int)::int as payments
      from feature_cache where cache_key like 'merchant:h:%:fire'`;
    expect(kept!.keys).toBeGreaterThan(20);
    expect(kept!.payments).toBeGreaterThan(0);
    expect(made).toBeGreaterThan(20);
  }, 30_000);
});

describe('what the process knows', () => {
  it('changes with a topic, and keeps deciding by what it read last while a rule is unreadable', async () => {
    const direct = postgres(t.urls.ingest!, { max: 1 });
    const state = await watchDecisionRules(databaseSql(), { direct, everyMs: 60_000 });
    const first = state.current();
    expect(first.rates).toMatchObject({ EUR: 1 });
    await t.sql`insert into system_config (config_key, config_value) values ('decision.review_at', '0.4')`;
    await t.sql`notify vigil, '["config"]'`;
    await until(() => state.current().version !== first.version);
    expect(state.current().thresholds.reviewAt).toBe(0.4);
    const second = state.current();
    await t.sql`update rule_versions set conditions = '{"op": "nonsense"}' where rule_id = 1`;
    await t.sql`notify vigil, '["rules"]'`;
    await until(() => state.current().version !== second.version);
    expect((await decide([{ payment: payment('still') }], deps({ rules: state.current })))[0]!.kind).toBe(
      'answer',
    );
    await state.stop();
    await direct.end();
  });

  it('reads again by the clock', async () => {
    const state = await watchDecisionRules(databaseSql(), { everyMs: 30 });
    const { version } = state.current();
    await t.sql`update system_config set config_value = '0.45' where config_key = 'decision.review_at'`;
    await until(() => state.current().version !== version);
    await state.stop();
  });
});

describe('announcements', () => {
  it('are at most one in a quarter of a second, naming every topic once', async () => {
    const heard: string[][] = [];
    const listener = postgres(t.url, { max: 1 });
    await listener.listen('vigil', (text) => heard.push(JSON.parse(text) as string[]));
    const announcer = new Announcer(databaseSql());
    for (let i = 0; i < 500; i += 1) announcer.announce('decisions', ...(i % 9 === 0 ? ['alerts'] : []));
    await until(() => heard.length > 0);
    expect(heard).toEqual([['decisions', 'alerts']]);
    announcer.announce('decisions');
    await announcer.stop();
    await until(() => heard.length > 1);
    expect(heard[1]).toEqual(['decisions']);
    await listener.end();
  });
});
