import { distanceKm } from './feature-values';
import { type FeatureValue, features, type Window, windows } from './features';
import type { Payment } from './input';

/**
 * The features once more, by brute force: every payment looks at all payments recorded before it. Slow, and written
 * without a line of the real thing (but the formula of the distance), so that tests can hold the two against each
 * other. `recorded` is in the order of recording.
 */
export type RecordedPayment = {
  payment: Payment;
  /** Its timestamp in milliseconds. */
  ms: number;
  /** Amount in the base currency, in cents. */
  cents: bigint;
  decision: string;
  isFraud?: boolean | null;
  labelledAt?: number | null;
};

const hourMs = 3_600_000;
const floorHour = (ms: number) => Math.floor(ms / hourMs) * hourMs;
const at = (p: RecordedPayment) => p.ms;
const total = (of: readonly RecordedPayment[]) => of.reduce((sum, p) => sum + p.cents, 0n);
const money = (cents: bigint) => Number(`${cents / 100n}.${String(cents % 100n).padStart(2, '0')}`);
const distinct = (of: readonly RecordedPayment[], key: keyof Payment) =>
  new Set(of.flatMap((p) => p.payment[key] ?? [])).size;
const maxOf = (of: readonly RecordedPayment[]) =>
  of.length === 0 ? null : money(of.reduce((most, p) => (p.cents > most ? p.cents : most), 0n));
const meanOf = (of: readonly RecordedPayment[]) => (of.length === 0 ? null : money(total(of)) / of.length);
const shareOf = (part: number, whole: number) => (whole === 0 ? null : Math.min(1, part / whole));

type Values = Record<string, FeatureValue>;
type Slice = (window: Window) => RecordedPayment[];

const keyOf = {
  user: 'user_id',
  card: 'card_token',
  device: 'device_id',
  ip: 'ip_address',
  merchant: 'merchant_id',
} as const;
type Entity = keyof typeof keyOf;

function sliceOf(entity: Entity, now: RecordedPayment, past: readonly RecordedPayment[]): Slice {
  const key = keyOf[entity];
  const value = now.payment[key];
  const mine = value == null ? [] : past.filter((p) => p.payment[key] === value && at(p) <= at(now));
  const byHour = entity === 'merchant' || entity === 'ip';
  return (window) => {
    const from = at(now) - windows[window] * 1000;
    if (byHour && (window === '7d' || window === '30d')) return mine.filter((p) => at(p) >= floorHour(from));
    return mine.filter((p) => at(p) > from);
  };
}

function userValues(now: RecordedPayment, of: Slice): Values {
  const month = of('30d');
  const n = month.length;
  const here = now.payment;
  // The greatest timestamp; among equals the one recorded last.
  const last = (list: RecordedPayment[]) =>
    list.reduce<RecordedPayment | null>((a, b) => (a && at(a) > at(b) ? a : b), null);
  const placed = last(month.filter((p) => p.payment.latitude !== null));
  const seconds = (p: RecordedPayment) => (at(now) - at(p)) / 1000;
  const km =
    placed && here.latitude !== null
      ? distanceKm(placed.payment.latitude!, placed.payment.longitude!, here.latitude, here.longitude!)
      : null;
  const habit = n >= 5;
  const sum = total(month);
  const squares = month.reduce((s, p) => s + p.cents * p.cents, 0n);
  const spread = BigInt(n) * squares - sum * sum;
  const text = String(spread).padStart(5, '0');
  const deviation = Math.sqrt(Number(`${text.slice(0, -4)}.${text.slice(-4)}`) / (n * (n - 1)));
  const mean = money(sum) / n;
  const amount = money(now.cents);
  const clock = month.map((p) => {
    const apart = Math.abs(new Date(at(p)).getUTCHours() - new Date(at(now)).getUTCHours());
    return Math.min(apart, 24 - apart);
  });
  const fresh = (key: keyof Payment) =>
    here[key] == null ? null : !month.some((p) => p.payment[key] === here[key]);
  return {
    'user.seconds_since_last': n === 0 ? null : seconds(last(month)!),
    'user.distance_km_since_last': km,
    'user.speed_kmh_since_last': km === null ? null : (km / Math.max(1, seconds(placed!))) * 3600,
    'user.amount_to_mean_30d': habit && mean > 0 ? amount / mean : null,
    'user.amount_zscore_30d': habit && deviation > 0 ? (amount - mean) / deviation : null,
    'user.hour_deviation_30d': habit ? clock.reduce((a, b) => a + b, 0) / n : null,
    'user.new_device_30d': fresh('device_id'),
    'user.new_card_30d': fresh('card_token'),
    'user.new_ip_30d': fresh('ip_address'),
    'user.new_country_30d': fresh('country'),
    'user.new_merchant_30d': fresh('merchant_id'),
  };
}

function merchantValues(now: RecordedPayment, of: Slice, past: readonly RecordedPayment[]): Values {
  const hour = of('1h');
  const frauds = (window: Window) =>
    past.filter(
      (p) =>
        p.payment.merchant_id === now.payment.merchant_id &&
        p.isFraud === true &&
        p.labelledAt! <= at(now) &&
        p.labelledAt! >= floorHour(at(now) - windows[window] * 1000) &&
        p.labelledAt! - at(p) <= 60 * 24 * hourMs,
    ).length;
  return {
    'merchant.blocked_share_1h': shareOf(hour.filter((p) => p.decision === 'BLOCK').length, hour.length),
    'merchant.fraud_rate_7d': shareOf(frauds('7d'), of('7d').length),
    'merchant.fraud_rate_30d': shareOf(frauds('30d'), of('30d').length),
    'merchant.frauds_7d': frauds('7d'),
    'merchant.frauds_30d': frauds('30d'),
  };
}

type Statistic = readonly [Entity, string, readonly Window[], (of: RecordedPayment[]) => FeatureValue];

const statistics: readonly Statistic[] = [
  ...(Object.keys(keyOf) as Entity[]).map(
    (entity) =>
      [entity, 'count', ['10m', '1h', '24h', '7d', '30d'], (of: RecordedPayment[]) => of.length] as const,
  ),
  ['user', 'sum', ['1h', '24h', '7d', '30d'], (of) => money(total(of))],
  ['card', 'sum', ['10m', '1h', '24h', '30d'], (of) => money(total(of))],
  ['device', 'sum', ['24h'], (of) => money(total(of))],
  ['ip', 'sum', ['24h'], (of) => money(total(of))],
  ['merchant', 'sum', ['1h', '24h'], (of) => money(total(of))],
  ['user', 'mean', ['24h', '7d', '30d'], meanOf],
  ['card', 'mean', ['30d'], meanOf],
  ['merchant', 'mean', ['24h', '30d'], meanOf],
  ['user', 'max', ['24h', '30d'], maxOf],
  ['card', 'max', ['24h', '30d'], maxOf],
  ['device', 'max', ['24h'], maxOf],
  ['merchant', 'max', ['24h'], maxOf],
  ['user', 'distinct_merchants', ['24h', '30d'], (of) => distinct(of, 'merchant_id')],
  ['user', 'distinct_devices', ['24h', '30d'], (of) => distinct(of, 'device_id')],
  ['user', 'distinct_ips', ['24h'], (of) => distinct(of, 'ip_address')],
  ['user', 'distinct_countries', ['24h'], (of) => distinct(of, 'country')],
  ['user', 'distinct_cards', ['30d'], (of) => distinct(of, 'card_token')],
  ['card', 'distinct_merchants', ['1h', '24h'], (of) => distinct(of, 'merchant_id')],
  ['card', 'distinct_devices', ['24h'], (of) => distinct(of, 'device_id')],
  ['card', 'distinct_ips', ['24h'], (of) => distinct(of, 'ip_address')],
  ['card', 'distinct_users', ['30d'], (of) => distinct(of, 'user_id')],
  ['device', 'distinct_users', ['24h', '30d'], (of) => distinct(of, 'user_id')],
  ['device', 'distinct_cards', ['24h', '30d'], (of) => distinct(of, 'card_token')],
  ['ip', 'distinct_users', ['1h', '24h'], (of) => distinct(of, 'user_id')],
  ['ip', 'distinct_cards', ['24h'], (of) => distinct(of, 'card_token')],
  ['merchant', 'distinct_users', ['24h'], (of) => distinct(of, 'user_id')],
  ['merchant', 'distinct_cards', ['1h', '24h'], (of) => distinct(of, 'card_token')],
  ['card', 'small_count', ['10m'], (of) => of.filter((p) => p.cents < 1000n).length],
];

/** Every feature of `now`, by field, from the payments recorded before it and their labels as they are now. */
export function bruteForceFeatures(now: RecordedPayment, past: readonly RecordedPayment[]): Values {
  const slices = Object.fromEntries(
    (Object.keys(keyOf) as Entity[]).map((entity) => [entity, sliceOf(entity, now, past)]),
  ) as Record<Entity, Slice>;
  const values: Values = {};
  for (const [entity, name, of, compute] of statistics) {
    const known = now.payment[keyOf[entity]] != null;
    for (const window of of)
      values[`${entity}.${name}_${window}`] = known ? compute(slices[entity](window)) : null;
  }
  const when = new Date(at(now));
  return Object.assign(values, userValues(now, slices.user), merchantValues(now, slices.merchant, past), {
    'payment.amount': money(now.cents),
    'payment.hour': when.getUTCHours(),
    'payment.night': when.getUTCHours() < 6,
    'payment.weekend': [0, 6].includes(when.getUTCDay()),
  });
}

/** Fields in which a row of `ml_features` is not what was expected, each with both values. */
export const featureDifferences = (
  expected: Record<string, unknown>,
  stored: Record<string, unknown>,
): string[] =>
  features.flatMap(({ field, column }) =>
    Object.is(expected[field], stored[column] ?? null)
      ? []
      : [`${field}: ${expected[field]} ≠ ${stored[column]}`],
  );
