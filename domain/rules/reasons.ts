import { type FieldUnit, findField, type RuleRow, type RuleValue } from './fields';

/** One value of a reason: a field as it was, or one field divided by another. */
export type ReasonValue = { of: string; per?: string; unit: FieldUnit };

const value = (of: string): ReasonValue => ({ of, unit: findField(of)?.unit ?? 'none' });
const ratio = (of: string, per: string): ReasonValue => ({ of, per, unit: 'ratio' });
const amount = value('payment.amount');
const mean = value('user.mean_30d');

/**
 * The sentences that rules can give, by code (texts below `reasons` in messages), and the values each one needs.
 * The code `rule` is not listed: it carries the rule's name and every field that the rule saw.
 */
export const reasonValues = {
  cardTesting: { small: value('card.small_count_10m'), count: value('card.count_10m') },
  impossibleTravel: {
    distance: value('user.distance_km_since_last'),
    seconds: value('user.seconds_since_last'),
    speed: value('user.speed_kmh_since_last'),
  },
  merchantUnderAttack: { share: value('merchant.blocked_share_1h'), count: value('merchant.count_1h') },
  manyUsersOnDevice: { users: value('device.distinct_users_24h') },
  manyCardsOnDevice: { cards: value('device.distinct_cards_24h') },
  manyCardsOnIp: { cards: value('ip.distinct_cards_24h'), users: value('ip.distinct_users_24h') },
  cardVelocity: { count: value('card.count_10m'), merchants: value('card.distinct_merchants_1h') },
  userVelocity: { count: value('user.count_10m'), hour: value('user.count_1h') },
  amountFarFromHabit: { times: value('user.amount_to_mean_30d'), mean },
  newDeviceHighAmount: { amount, times: ratio('payment.amount', 'user.mean_30d'), mean },
  newCountryHighAmount: { country: value('country'), times: ratio('payment.amount', 'user.mean_30d'), mean },
  nightNewMerchantHighAmount: {
    hour: value('payment.hour'),
    times: ratio('payment.amount', 'user.mean_30d'),
    mean,
  },
  merchantFraudRate: { rate: value('merchant.fraud_rate_30d'), count: value('merchant.count_30d') },
  firstPaymentHigh: { amount, merchantMean: value('merchant.mean_30d') },
  roundTheClock: { count: value('user.count_24h'), hour: value('payment.hour') },
} satisfies Record<string, Record<string, ReasonValue>>;

export type ReasonCode = keyof typeof reasonValues | 'rule';
export const reasonCodes = ['rule', ...(Object.keys(reasonValues) as ReasonCode[])] as const;

const table: Readonly<Record<string, Readonly<Record<string, ReasonValue>>>> = reasonValues;

/** The values that the sentence `code` takes, with their units; undefined for `rule` and unknown codes. */
export const reasonSpec = (code: string): Readonly<Record<string, ReasonValue>> | undefined =>
  Object.hasOwn(table, code) ? table[code] : undefined;

function read(spec: ReasonValue, row: RuleRow): RuleValue {
  const of = row[spec.of] ?? null;
  if (spec.per === undefined) return of;
  const per = row[spec.per];
  return typeof of === 'number' && typeof per === 'number' && per !== 0 ? of / per : null;
}

/**
 * Why a rule fired, as code + values that are stored and worded later (`words.ts`). An unknown code, and `rule`,
 * give the rule's name and what it saw: `{ name, 'card.count_10m': 7 }`.
 */
export function reasonOf(
  code: string,
  name: string,
  row: RuleRow,
  seen: Readonly<Record<string, RuleValue>>,
): { code: string; values: Record<string, RuleValue> } {
  const spec = reasonSpec(code);
  if (!spec) return { code: 'rule', values: { name, ...seen } };
  const values: Record<string, RuleValue> = {};
  for (const key in spec) values[key] = read(spec[key]!, row);
  return { code, values };
}
