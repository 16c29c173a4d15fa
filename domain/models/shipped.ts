import { checkModel, type LogisticModel, type ModelInput, type Transform } from './logistic';

const log1p = (high: number): Transform => ({ kind: 'log1p', low: 0, high });
const flag: Transform = { kind: 'flag', low: 0, high: 1 };

const input = (
  field: string,
  transform: Transform,
  centre: number,
  weight: number,
  fromHistory?: number,
): ModelInput => ({ field, transform, centre, weight, fromHistory });

/**
 * The model that every installation starts with. Its weights are set by judgement, not trained: signs and sizes as
 * the literature on card fraud has them, and intercept, amount and deviation so that on a stream of payments of the
 * public Fraud Detection Handbook (simulated) about 2 % reach review and 0.3 % the block threshold. They say nothing
 * about any real portfolio; train on your own labels before you rely on them.
 * Centres are typical values: one payment an hour, a mean amount of about € 50, one customer per device.
 */
export const shippedModel: LogisticModel = checkModel({
  name: 'vigil-logistic',
  version: '1',
  source: 'judgement',
  intercept: -4.6,
  inputs: [
    input('payment.amount', log1p(10), 4, 1.2),
    input('user.amount_to_mean_30d', { kind: 'log', low: -2, high: 3.5 }, 0, 2.4),
    input('user.amount_zscore_30d', { kind: 'linear', low: -2, high: 8 }, 0, 0.8),
    input('user.count_10m', log1p(5), 0.3, 0.25),
    input('user.count_1h', log1p(6), 1.1, 0.25),
    input('user.count_24h', log1p(7), 3.9, 0.15),
    input('user.count_30d', log1p(8), 4.5, -0.1),
    input('user.seconds_since_last', log1p(14.8), 7.3, -0.06),
    input('user.distance_km_since_last', log1p(10), 2, 0.1),
    input('user.speed_kmh_since_last', log1p(10), 3, 0.35),
    input('user.hour_deviation_30d', { kind: 'linear', low: 0, high: 12 }, 6, 0.05),
    input('user.new_merchant_30d', flag, 0.3, 0.15, 10),
    input('user.new_device_30d', flag, 0.1, 0.9, 10),
    input('user.new_card_30d', flag, 0.05, 0.5, 10),
    input('user.new_ip_30d', flag, 0.3, 0.3, 10),
    input('user.new_country_30d', flag, 0.05, 1.1, 10),
    input('card.count_10m', log1p(5), 0.2, 0.6),
    input('card.small_count_10m', log1p(5), 0.05, 1.2),
    input('card.distinct_merchants_1h', log1p(5), 0.5, 0.5),
    input('card.distinct_users_30d', log1p(5), 0.7, 0.8),
    input('device.distinct_users_24h', log1p(6), 0.7, 0.9),
    input('device.distinct_cards_24h', log1p(6), 0.7, 0.7),
    input('ip.distinct_users_1h', log1p(6), 0.7, 0.3),
    input('ip.distinct_cards_24h', log1p(7), 0.8, 0.4),
    input('merchant.count_1h', log1p(8), 0.7, 0.1),
    input('merchant.blocked_share_1h', { kind: 'linear', low: 0, high: 1 }, 0, 4),
    input('merchant.fraud_rate_7d', { kind: 'linear', low: 0, high: 0.5 }, 0, 4),
    input('merchant.fraud_rate_30d', { kind: 'linear', low: 0, high: 0.5 }, 0, 5),
    input('payment.night', flag, 0.25, 0.2),
    input('payment.weekend', flag, 0.29, 0.05),
  ],
});

/** The inputs of the shipped model in order: what each place of `model_predictions.contributions` means. */
export const modelFeatures: readonly string[] = shippedModel.inputs.map((i) => i.field);
