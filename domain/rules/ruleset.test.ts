import { describe, expect, it } from 'vitest';
import { actionsSchema } from './actions';
import { fieldsOf, parseCondition } from './conditions';
import { type DefaultRule, defaultRules } from './defaults';
import { englishWords, reasonSentence } from './english';
import { findField, type RuleRow, ruleFields, ruleRow } from './fields';
import { reasonSpec, reasonValues } from './reasons';
import { compileRules, type RuleVersion } from './ruleset';
import { conditionText } from './text';
import { plainNumber } from './words';

const asVersion = (rule: DefaultRule): RuleVersion => ({
  ...rule,
  ruleId: rule.number,
  versionId: rule.number,
});
const run = compileRules(defaultRules.map(asVersion));

/** A customer of habit as replayed public data shows one: 50 payments a day of about 60, no card, device or place. */
const usual: RuleRow = {
  'payment.amount': 60,
  'payment.hour': 14,
  'payment.night': false,
  'user.count_10m': 1,
  'user.count_1h': 2,
  'user.count_24h': 50,
  'user.count_30d': 1500,
  'user.mean_30d': 58,
  'user.amount_to_mean_30d': 60 / 58,
  'user.amount_zscore_30d': 0.1,
  'user.hour_deviation_30d': 6,
  'user.new_merchant_30d': false,
  'merchant.count_1h': 1,
  'merchant.count_30d': 700,
  'merchant.mean_30d': 53,
  'merchant.blocked_share_1h': 0,
  'merchant.fraud_rate_30d': 0,
};

const nb = (text: string) => text.replaceAll('_', '\u00a0');
const firing: [number, RuleRow, string][] = [
  [
    1,
    { 'card.small_count_10m': 4, 'card.count_10m': 5, 'payment.amount': 4.9 },
    '4 small payments on this card in 10 minutes, 5 in all: it looks like card testing',
  ],
  [
    2,
    {
      'user.speed_kmh_since_last': 13_771.4,
      'user.distance_km_since_last': 9640,
      'user.seconds_since_last': 2520,
    },
    '9_640_km from this customer’s last payment, made 42_min ago: that is 13_771_km/h',
  ],
  [
    3,
    { 'merchant.blocked_share_1h': 0.314, 'merchant.count_1h': 35 },
    '31.4_% of this merchant’s 35 payments in the last hour were blocked',
  ],
  [4, { 'device.distinct_users_24h': 14 }, 'This device paid for 14 customers in 24 hours'],
  [5, { 'device.distinct_cards_24h': 6 }, 'This device paid with 6 cards in 24 hours'],
  [
    6,
    { 'ip.distinct_cards_24h': 37, 'ip.count_24h': 50, 'ip.distinct_users_24h': 30 },
    '37 cards of 30 customers paid from this IP address in 24 hours',
  ],
  [
    7,
    { 'card.count_10m': 7, 'card.distinct_merchants_1h': 3 },
    '7 payments on this card in 10 minutes; merchants in an hour: 3',
  ],
  [
    8,
    { 'user.count_10m': 9, 'user.count_1h': 21 },
    '9 payments by this customer in 10 minutes, 21 in an hour',
  ],
  [
    9,
    {
      ...usual,
      'payment.amount': 436.9,
      'user.mean_30d': 31.2,
      'user.amount_to_mean_30d': 14,
      'user.amount_zscore_30d': 9,
    },
    'Amount is 14_× this customer’s 30-day mean (€_31.20)',
  ],
  [
    10,
    { ...usual, 'payment.amount': 290, 'user.new_device_30d': true },
    'First payment from this device, and €_290.00 is 5_× this customer’s 30-day mean (€_58.00)',
  ],
  [
    11,
    { ...usual, 'payment.amount': 290, 'user.new_country_30d': true, country: 'VN' },
    'First payment in this country (VN), and the amount is 5_× this customer’s 30-day mean (€_58.00)',
  ],
  [
    12,
    {
      ...usual,
      'payment.amount': 203,
      'payment.night': true,
      'payment.hour': 3,
      'user.new_merchant_30d': true,
      'user.amount_to_mean_30d': 3.5,
    },
    'First payment at this merchant, at night (03:00 UTC), and 3.5_× this customer’s 30-day mean (€_58.00)',
  ],
  [
    13,
    { 'merchant.fraud_rate_30d': 0.0821, 'merchant.count_30d': 1234 },
    '8.2_% of this merchant’s 1_234 payments in 30 days turned out to be fraud',
  ],
  [14, { 'user.count_30d': 0, 'payment.amount': 900 }, 'First payment of this customer, of €_900.00'],
  [
    15,
    { 'user.count_24h': 480, 'payment.night': true, 'payment.hour': 4, 'user.hour_deviation_30d': 6 },
    '480 payments by this customer in 24 hours, at night too (04:00 UTC)',
  ],
];

describe('default rules', () => {
  it('are fifteen, numbered without a gap, each named once', () => {
    expect(defaultRules.map((r) => r.number)).toEqual(Array.from({ length: 15 }, (_, i) => i + 1));
    expect(new Set(defaultRules.map((r) => r.name)).size).toBe(15);
  });

  it.each(defaultRules.map((r) => [r.name, r] as const))('%s is valid and has its sentence', (_, rule) => {
    expect(parseCondition(rule.conditions)).toEqual({ ok: true, condition: rule.conditions });
    expect(actionsSchema.parse(rule.actions)).toEqual(rule.actions);
    expect(reasonSpec(rule.reasonCode)).toBeDefined();
  });

  it('leave a usual payment alone, and one about which nothing is known', () => {
    expect(run(usual)).toEqual([]);
    expect(run({})).toEqual([]);
    expect(run(ruleRow({}, {}))).toEqual([]);
  });

  it.each(firing)('R-%s fires and says why', (number, row, words) => {
    const hit = run(row).find((h) => h.ruleId === number);
    expect(hit && reasonSentence({ code: hit.reasonCode, values: hit.values })).toBe(nb(words));
  });

  it('say nothing of a merchant mean that is not known, and say it when it is', () => {
    const [hit] = run({ 'user.count_30d': 0, 'payment.amount': 900, 'merchant.mean_30d': 50 });
    expect(reasonSentence({ code: hit!.reasonCode, values: hit!.values })).toBe(
      nb('First payment of this customer, of €_900.00; this merchant’s 30-day mean is €_50.00'),
    );
  });
});

describe('compileRules', () => {
  const rule = (ruleId: number, priority: number, value: number): RuleVersion => ({
    ruleId,
    versionId: ruleId * 10,
    name: `rule ${ruleId}`,
    priority,
    conditions: { op: 'gte', field: 'card.count_10m', value },
    actions: { points: 0.1 },
    reasonCode: 'rule',
  });

  it('runs all rules, lower priority first, then lower id, and shows what each saw', () => {
    const hits = compileRules([rule(3, 20, 1), rule(2, 10, 9), rule(5, 10, 2), rule(4, 10, 2)])({
      'card.count_10m': 7,
    });
    expect(hits.map((h) => h.ruleId)).toEqual([4, 5, 3]);
    expect(hits[0]).toMatchObject({ versionId: 40, seen: { 'card.count_10m': 7 }, reasonCode: 'rule' });
  });

  it('words a rule of the house by its name and what it saw', () => {
    const [hit] = compileRules([rule(1, 1, 3)])({ 'card.count_10m': 7 });
    expect(reasonSentence({ code: hit!.reasonCode, values: hit!.values })).toBe(
      'rule 1: Payments on card in 10 min 7',
    );
  });

  it('is empty without rules', () => {
    expect(compileRules([])({ 'card.count_10m': 7 })).toEqual([]);
  });
});

describe('words', () => {
  const words = englishWords('EUR');
  const sentence = (n: number) =>
    words
      .condition(defaultRules[n - 1]!.conditions)
      .map((p) => p.text)
      .join('');

  it('label every field and every reason', () => {
    for (const field of ruleFields) expect(words.field(field.name)).not.toMatch(/^features\.|\./);
    for (const code of Object.keys(reasonValues))
      expect(words.reason({ code, values: {} })).not.toMatch(/^reasons\./);
    for (const spec of Object.values(reasonValues))
      for (const { of } of Object.values(spec)) expect(findField(of)).toBeDefined();
  });

  it('put a condition into a sentence', () => {
    expect(sentence(1)).toBe(
      nb(
        '3 or more small payments on card in 10 min and (amount is below €_10.00 or 6 or more payments on card in 10 min or amount ≥ 5_× mean amount on card in 30 days)',
      ),
    );
    expect(sentence(12)).toContain('payment at night and new merchant and ');
  });

  it('put a condition into text, one test a line', () => {
    expect(conditionText(defaultRules[0]!.conditions)).toBe(
      [
        'card.small_count_10m >= 3',
        'and (payment.amount < 10',
        '     or card.count_10m >= 6',
        '     or payment.amount >= 5 * card.mean_30d)',
      ].join('\n'),
    );
    expect(
      conditionText({
        op: 'not',
        condition: {
          op: 'any',
          conditions: [
            { op: 'in', field: 'channel', values: ["o'web", 'app'] },
            { op: 'missing', field: 'country' },
          ],
        },
      }),
    ).toBe("not (channel in ('o''web', 'app')\n     or country is missing)");
  });

  it('write numbers by hand-checked rules', () => {
    expect(plainNumber(164_696)).toBe(nb('164_696'));
    expect(plainNumber(-1234.5)).toBe(nb('−1_234.5'));
    expect(plainNumber(-0.001)).toBe('0');
    expect(words.value('base currency', -1436.9)).toBe(nb('−€_1_436.90'));
    expect(englishWords('JPY').value('base currency', 1436)).toBe(nb('¥_1_436'));
    expect(words.value('seconds', 90)).toBe(nb('90_s'));
    expect(words.value('seconds', 86_400)).toBe(nb('24_h'));
    expect(words.value('yes/no', true)).toBe('yes');
    expect(words.value('km', null)).toBe('–');
  });

  it('an unknown code stays readable', () => {
    expect(reasonSentence({ code: 'fromTheFuture', values: {} })).toBe('fromTheFuture');
    expect(reasonSentence({ code: 'toString', values: {} })).toBe('toString');
  });
});

it('every field that a default rule uses is in the catalogue', () => {
  for (const rule of defaultRules)
    for (const name of fieldsOf(rule.conditions)) expect(findField(name)).toBeDefined();
});
