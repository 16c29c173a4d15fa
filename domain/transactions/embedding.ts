import type { Features } from './features';

/** How many numbers an embedding has; the column's index is made for this many. */
export const embeddingSize = 16;

const numeric = (features: Features, field: string, missing: number): number => {
  const value = features[field];
  return typeof value === 'number' ? value : missing;
};
const flag = (features: Features, field: string): number => (features[field] === true ? 1 : 0);
/** 0 for 0, 1 for `full`, growing with the logarithm, at most 1.5. */
const logScale = (value: number, full: number): number =>
  Math.min(1.5, Math.log1p(Math.max(0, value)) / Math.log1p(full));

/**
 * A payment as a direction: two payments are similar when their amounts, rhythm, novelty and surroundings are.
 *
 * Before normalising, in order: a constant (0); amount, € 10 000 in full (1); amount against the user's mean, 20 × in
 * full (2); hour of the day on a circle (3, 4); weekend (5); payments of the card in an hour (6) and of the user in a
 * day (7), 20 in full; payments at the merchant in a day, 10 000 in full (8); distance since the last payment, half
 * the earth in full (9); time since the last payment, 30 days in full (10); new device (11), new card (12), new
 * country or IP address (13), new merchant (14); the merchant's fraud rate of 30 days (15).
 * @returns 16 single-precision numbers of length one
 */
export function embedding(features: Features): number[] {
  const angle = (numeric(features, 'payment.hour', 0) / 24) * 2 * Math.PI;
  const raw = [
    0.5,
    1.5 * logScale(numeric(features, 'payment.amount', 0), 10_000),
    logScale(numeric(features, 'user.amount_to_mean_30d', 1), 20),
    0.4 * Math.sin(angle),
    0.4 * Math.cos(angle),
    0.2 * flag(features, 'payment.weekend'),
    logScale(numeric(features, 'card.count_1h', 0), 20),
    logScale(numeric(features, 'user.count_24h', 0), 20),
    0.6 * logScale(numeric(features, 'merchant.count_24h', 0), 10_000),
    logScale(numeric(features, 'user.distance_km_since_last', 0), 20_000),
    0.4 * logScale(numeric(features, 'user.seconds_since_last', 2_592_000), 2_592_000),
    0.6 * flag(features, 'user.new_device_30d'),
    0.6 * flag(features, 'user.new_card_30d'),
    0.3 * flag(features, 'user.new_country_30d') + 0.3 * flag(features, 'user.new_ip_30d'),
    0.3 * flag(features, 'user.new_merchant_30d'),
    1.5 * numeric(features, 'merchant.fraud_rate_30d', 0),
  ];
  const length = Math.sqrt(raw.reduce((sum, value) => sum + value * value, 0));
  return raw.map((value) => Math.fround(value / length));
}
