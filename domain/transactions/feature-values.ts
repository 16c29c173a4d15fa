import {
  type Feature,
  type Features,
  type FeatureValue,
  features,
  habitMinimum,
  nightEndHour,
} from './features';
import type { Payment } from './input';

/** One row of the database function `decision_context`: what is known before a payment is decided. */
export type DecisionContext = Readonly<Record<string, number | string | boolean | null>>;

const earthRadiusKm = 6371;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Great-circle distance in kilometres (haversine) between two places in degrees. */
export function distanceKm(
  fromLatitude: number,
  fromLongitude: number,
  toLatitude: number,
  toLongitude: number,
): number {
  const dLatitude = radians(toLatitude - fromLatitude) / 2;
  const dLongitude = radians(toLongitude - fromLongitude) / 2;
  const h =
    Math.sin(dLatitude) ** 2 +
    Math.cos(radians(fromLatitude)) * Math.cos(radians(toLatitude)) * Math.sin(dLongitude) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}

type Inputs = { payment: Payment; at: Date; amount: number; context: DecisionContext };

const numeric = (context: DecisionContext, name: string) => (context[name] ?? null) as number | null;
const share = (part: number | null, whole: number | null) =>
  whole === null || whole === 0 || part === null ? null : Math.min(1, part / whole);

const meanOf =
  (sum: string, count: string) =>
  ({ context }: Inputs) => {
    const n = numeric(context, count);
    return n ? (numeric(context, sum) as number) / n : null;
  };

function habit({ context }: Inputs): { n: number; mean: number; deviation: number } | null {
  const n = numeric(context, 'user_count_30d') ?? 0;
  if (n < habitMinimum) return null;
  const spread = numeric(context, 'user_spread_30d') as number;
  return {
    n,
    mean: (numeric(context, 'user_sum_30d') as number) / n,
    deviation: Math.sqrt(spread / (n * (n - 1))),
  };
}

function distance({ payment, context }: Inputs): number | null {
  const latitude = numeric(context, 'user_place_latitude');
  const longitude = numeric(context, 'user_place_longitude');
  if (latitude === null || longitude === null || payment.latitude == null || payment.longitude == null)
    return null;
  return distanceKm(latitude, longitude, payment.latitude, payment.longitude);
}

function speed(inputs: Inputs): number | null {
  const km = distance(inputs);
  const seconds = numeric(inputs.context, 'user_place_seconds');
  return km === null || seconds === null ? null : (km / Math.max(1, seconds)) * 3600;
}

function amountToMean(inputs: Inputs): number | null {
  const known = habit(inputs);
  return known && known.mean > 0 ? inputs.amount / known.mean : null;
}

function amountZscore(inputs: Inputs): number | null {
  const known = habit(inputs);
  return known && known.deviation > 0 ? (inputs.amount - known.mean) / known.deviation : null;
}

function hourDeviation(inputs: Inputs): number | null {
  const known = habit(inputs);
  return known ? (numeric(inputs.context, 'user_hours_30d') as number) / known.n : null;
}

const firstSeen =
  (seen: string, of: keyof Payment) =>
  ({ payment, context }: Inputs) =>
    payment[of] == null ? null : context[seen] !== true;

const fraudRate =
  (window: '7d' | '30d') =>
  ({ context }: Inputs) =>
    share(numeric(context, `merchant_frauds_${window}`), numeric(context, `merchant_count_${window}`));

/** What is not a column of the context as it stands. */
const computed: Readonly<Record<string, (inputs: Inputs) => FeatureValue>> = {
  'user.mean_24h': meanOf('user_sum_24h', 'user_count_24h'),
  'user.mean_7d': meanOf('user_sum_7d', 'user_count_7d'),
  'user.mean_30d': meanOf('user_sum_30d', 'user_count_30d'),
  'card.mean_30d': meanOf('card_sum_30d', 'card_count_30d'),
  'merchant.mean_24h': meanOf('merchant_sum_24h', 'merchant_count_24h'),
  'merchant.mean_30d': meanOf('merchant_sum_30d', 'merchant_count_30d'),
  'user.distance_km_since_last': distance,
  'user.speed_kmh_since_last': speed,
  'user.amount_to_mean_30d': amountToMean,
  'user.amount_zscore_30d': amountZscore,
  'user.hour_deviation_30d': hourDeviation,
  'user.new_device_30d': firstSeen('user_seen_device', 'device_id'),
  'user.new_card_30d': firstSeen('user_seen_card', 'card_token'),
  'user.new_ip_30d': firstSeen('user_seen_ip', 'ip_address'),
  'user.new_country_30d': firstSeen('user_seen_country', 'country'),
  'user.new_merchant_30d': firstSeen('user_seen_merchant', 'merchant_id'),
  'merchant.blocked_share_1h': ({ context }) =>
    share(numeric(context, 'merchant_blocked_1h'), numeric(context, 'merchant_count_1h')),
  'merchant.fraud_rate_7d': fraudRate('7d'),
  'merchant.fraud_rate_30d': fraudRate('30d'),
  'payment.amount': ({ amount }) => amount,
  'payment.hour': ({ at }) => at.getUTCHours(),
  'payment.night': ({ at }) => at.getUTCHours() < nightEndHour,
  'payment.weekend': ({ at }) => at.getUTCDay() === 0 || at.getUTCDay() === 6,
};

/** An entity that the payment does not name has no features, whatever the read says. */
const absent: Readonly<Record<Feature['entity'], keyof Payment | null>> = {
  user: null,
  merchant: null,
  payment: null,
  card: 'card_token',
  device: 'device_id',
  ip: 'ip_address',
};

/**
 * The features of a payment from what was read for it.
 * @param amountBase decimal string in the base currency
 */
export function featureValues(payment: Payment, amountBase: string, context: DecisionContext): Features {
  const inputs: Inputs = {
    payment,
    at: new Date(payment.transaction_timestamp),
    amount: Number(amountBase),
    context,
  };
  const values: Record<string, FeatureValue> = {};
  for (const { field, column, entity } of features) {
    const key = absent[entity];
    if (key !== null && payment[key] == null) values[field] = null;
    else
      values[field] =
        computed[field]?.(inputs) ?? (field in computed ? null : ((context[column] ?? null) as FeatureValue));
  }
  return values;
}
