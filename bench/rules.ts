/**
 * How fast 20 rules run over objects of 30 fields, beside the rule engines that people use in JavaScript, on the
 * same rules and objects in one run; every engine's results are compared first. `npm run bench:rules`.
 */
import { readFileSync } from 'node:fs';
import os from 'node:os';
import type { Comparison, Condition, Literal } from '@/domain/rules/conditions';
import { fieldsOf, parseCondition } from '@/domain/rules/conditions';
import { compileCondition } from '@/domain/rules/evaluate';
import { getField, type RuleRow, type RuleValue } from '@/domain/rules/fields';
import { compileRules } from '@/domain/rules/ruleset';
import { jsonLogic, jsonRules, type Peer, zen } from './rules-peers';

const is = (field: string, op: Comparison, value: Literal): Condition => ({ op, field, value });
const than = (field: string, op: Comparison, other: string): Condition => ({
  op,
  field,
  than: { field: other },
});
const all = (...conditions: Condition[]): Condition => ({ op: 'all', conditions });
const any = (...conditions: Condition[]): Condition => ({ op: 'any', conditions });
const not = (condition: Condition): Condition => ({ op: 'not', condition });

const rules: Condition[] = [
  all(
    is('card.small_count_10m', 'gte', 7),
    any(is('payment.amount', 'lt', 10), is('card.count_10m', 'gte', 8)),
  ),
  all(is('user.speed_kmh_since_last', 'gte', 800), is('user.distance_km_since_last', 'gte', 700)),
  all(is('merchant.blocked_share_1h', 'gte', 0.7), is('merchant.count_1h', 'gte', 4)),
  is('device.distinct_users_24h', 'gte', 9),
  is('device.distinct_cards_24h', 'gte', 9),
  all(is('ip.distinct_cards_24h', 'gte', 7), than('ip.count_24h', 'lt', 'ip.distinct_cards_24h')),
  any(is('card.count_10m', 'gte', 9), is('card.distinct_merchants_1h', 'gte', 9)),
  any(is('user.count_10m', 'gte', 9), is('user.count_1h', 'gte', 9)),
  all(
    is('user.count_30d', 'gte', 4),
    is('user.amount_to_mean_30d', 'gte', 6),
    is('payment.amount', 'gte', 700),
  ),
  all(is('user.new_device_30d', 'eq', true), than('payment.amount', 'gt', 'user.max_30d')),
  all(
    is('user.new_country_30d', 'eq', true),
    than('payment.amount', 'gte', 'user.mean_30d'),
    is('channel', 'eq', 'web'),
  ),
  all(
    is('payment.night', 'eq', true),
    is('user.new_merchant_30d', 'eq', true),
    is('payment.amount', 'gte', 600),
  ),
  all(is('merchant.fraud_rate_30d', 'gte', 0.6), is('merchant.count_30d', 'gte', 5)),
  all(is('user.count_30d', 'eq', 0), is('payment.amount', 'gte', 500)),
  all(
    is('user.count_24h', 'gte', 7),
    is('payment.night', 'eq', true),
    is('user.hour_deviation_30d', 'gte', 4),
  ),
  all({ op: 'in', field: 'country', values: ['VN', 'NG', 'RU'] }, is('currency', 'ne', 'EUR')),
  all(
    { op: 'notIn', field: 'channel', values: ['pos', 'atm'] },
    { op: 'between', field: 'payment.hour', low: 1, high: 4 },
  ),
  not(any(is('channel', 'eq', 'web'), is('payment.amount', 'lt', 800))),
  all(
    any(is('country', 'eq', 'BR'), is('country', 'eq', 'US')),
    not(is('merchant_category', 'eq', 'grocery')),
  ),
  all(
    is('merchant_category', 'eq', 'electronics'),
    any(all(is('user.count_7d', 'lt', 3), is('payment.amount', 'gt', 300)), is('user.sum_24h', 'gt', 900)),
  ),
];

/** A seeded generator (mulberry32), so that every run measures the same objects. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const texts: Record<string, string[]> = {
  channel: ['web', 'app', 'pos', 'atm'],
  country: ['DE', 'NL', 'VN', 'BR', 'US', 'TR'],
  currency: ['EUR', 'TRY'],
  merchant_category: ['grocery', 'electronics', 'travel'],
};

function makeRows(fields: string[], count: number): RuleRow[] {
  const random = seeded(20_261_122);
  const value = (name: string): RuleValue => {
    const { type, unit } = getField(name);
    if (type === 'boolean') return random() < 0.5;
    if (type === 'text') return texts[name]![Math.floor(random() * texts[name]!.length)]!;
    if (unit === 'share') return random();
    const span =
      unit === 'base currency' || unit === 'km' || unit === 'km/h' ? 1000 : unit === 'hour of day' ? 24 : 10;
    return Math.floor(random() * span);
  };
  return Array.from({ length: count }, () => Object.fromEntries(fields.map((name) => [name, value(name)])));
}

/** Objects per second over `milliseconds`. */
async function measure(peer: Peer, objects: RuleRow[], milliseconds: number): Promise<number> {
  const started = performance.now();
  let done = 0;
  while (performance.now() - started < milliseconds) {
    if (peer.concurrency > 1) {
      const block = objects.slice(0, peer.concurrency);
      await Promise.all(block.map((object) => peer.run(object)));
      done += block.length;
    } else {
      for (let i = 0; i < 20; i++) {
        const result = peer.run(objects[(done + i) % objects.length]!);
        if (result instanceof Promise) await result;
      }
      done += 20;
    }
  }
  return (done / (performance.now() - started)) * 1000;
}

async function main() {
  for (const rule of rules)
    if (!parseCondition(rule).ok) throw new Error('a rule of the benchmark is invalid');
  const fields = [...new Set(rules.flatMap(fieldsOf))];
  const rows = makeRows(fields, 200);
  const objects = rows.map((row) => Object.fromEntries(fields.map((f) => [getField(f).column, row[f]!])));
  const tests = rules.map((rule) => compileCondition(rule));
  const versions = rules.map((conditions, i) => ({
    ...{ ruleId: i, versionId: i, name: `rule ${i}`, priority: i, conditions, reasonCode: 'rule' },
    actions: { points: 0.1 },
  }));
  const run = compileRules(versions);
  const own: Peer[] = [
    { name: 'Vigil, closures', concurrency: 1, run: (row) => tests.map((test) => test(row)) },
    {
      name: 'Vigil, with values seen and reasons',
      concurrency: 1,
      run: (row) => {
        const hits = new Set(run(row).map((hit) => hit.ruleId));
        return rules.map((_, i) => hits.has(i));
      },
    },
  ];
  const peers: [Peer, RuleRow[]][] = [
    ...own.map((peer): [Peer, RuleRow[]] => [peer, rows]),
    ...[...jsonLogic(rules), jsonRules(rules), ...zen(rules)].map((peer): [Peer, RuleRow[]] => [
      peer,
      objects,
    ]),
  ];

  let fired = 0;
  for (const [i, row] of rows.entries()) {
    const expected = JSON.stringify(tests.map((test) => test(row)));
    fired += tests.filter((test) => test(row)).length;
    for (const [peer, input] of peers)
      if (JSON.stringify(await peer.run(input[i]!)) !== expected)
        throw new Error(`${peer.name} differs on object ${i}`);
  }

  const rounds = peers.map((): number[] => []);
  for (let round = 0; round < 4; round++)
    for (const [i, [peer, input]] of peers.entries()) {
      const speed = await measure(peer, input, round === 0 ? 300 : 1500);
      if (round > 0) rounds[i]!.push(speed);
    }

  const version = (name: string) =>
    (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string }).version;
  const number = (value: number, digits = 0) =>
    value.toLocaleString('en', { maximumFractionDigits: digits }).replaceAll(',', ' ');
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
  const first = median(rounds[0]!);
  const cpu = os.cpus();
  console.log(
    `${rules.length} rules × ${fields.length} fields, ${rows.length} objects, ${number(fired / rows.length, 1)} rules fire an object; all engines gave the same answers.`,
  );
  console.log(
    `${cpu.length} × ${cpu[0]?.model.trim()}, ${Math.round(os.totalmem() / 2 ** 30)} GB, Node ${process.version}, ${os.platform()} ${os.release()}; median of 3 rounds of 1.5 s, one process.`,
  );
  const names = ['json-logic-engine', 'json-rules-engine', '@gorules/zen-engine'];
  console.log(`${names.map((name) => `${name} ${version(name)}`).join(', ')}.\n`);
  console.log('| engine | objects/s | µs an object | Vigil is |\n|---|---:|---:|---:|');
  for (const [i, [peer]] of peers.entries()) {
    const speed = median(rounds[i]!);
    console.log(
      `| ${peer.name} | ${number(speed)} | ${number(1e6 / speed, 2)} | ${i === 0 ? '' : `${number(first / speed, 1)} ×`} |`,
    );
  }
}

await main();
process.exit(0);
