import type { RuleActions } from './actions';
import type { Comparison, Condition, Literal } from './conditions';
import type { ReasonCode } from './reasons';
import type { RuleType } from './vocabulary';

/** A rule as shipped; `number` is its R-number. */
export type DefaultRule = {
  number: number;
  type: RuleType;
  name: string;
  description: string;
  priority: number;
  conditions: Condition;
  actions: RuleActions;
  reasonCode: ReasonCode;
};

const all = (...conditions: Condition[]): Condition => ({ op: 'all', conditions });
const any = (...conditions: Condition[]): Condition => ({ op: 'any', conditions });
const is = (field: string, op: Comparison, value: Literal): Condition => ({ op, field, value });
const times = (field: string, op: Comparison, factor: number, other: string): Condition => ({
  op,
  field,
  than: { field: other, times: factor },
});

/** Rules on what one instrument does too often, or from too many hands. */
const sharing: DefaultRule[] = [
  {
    number: 1,
    type: 'velocity',
    name: 'Card testing',
    description:
      'Several small payments of one card in ten minutes: somebody tries whether a stolen card works.',
    priority: 10,
    conditions: all(
      is('card.small_count_10m', 'gte', 3),
      any(
        is('payment.amount', 'lt', 10),
        is('card.count_10m', 'gte', 6),
        times('payment.amount', 'gte', 5, 'card.mean_30d'),
      ),
    ),
    actions: {
      decision: 'BLOCK',
      points: 0.4,
      tags: ['card-testing'],
      alert: { severity: 'critical' },
    },
    reasonCode: 'cardTesting',
  },
  {
    number: 2,
    type: 'geography',
    name: 'Impossible travel',
    description: 'The customer paid somewhere that no aircraft reaches in the time since the last payment.',
    priority: 15,
    conditions: all(
      is('user.speed_kmh_since_last', 'gte', 1000),
      is('user.distance_km_since_last', 'gte', 300),
    ),
    actions: {
      decision: 'BLOCK',
      points: 0.35,
      tags: ['travel'],
      alert: { severity: 'critical' },
    },
    reasonCode: 'impossibleTravel',
  },
  {
    number: 3,
    type: 'merchant',
    name: 'Merchant under attack',
    description: 'A large part of the merchant’s payments of the last hour was blocked.',
    priority: 20,
    conditions: all(is('merchant.blocked_share_1h', 'gte', 0.2), is('merchant.count_1h', 'gte', 10)),
    actions: {
      decision: 'REVIEW',
      points: 0.2,
      tags: ['attack'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'merchantUnderAttack',
  },
  {
    number: 4,
    type: 'sharing',
    name: 'Many customers on one device',
    description: 'One device pays for more customers within a day than a household has.',
    priority: 30,
    conditions: is('device.distinct_users_24h', 'gte', 5),
    actions: {
      decision: 'REVIEW',
      points: 0.25,
      tags: ['shared-device'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'manyUsersOnDevice',
  },
  {
    number: 5,
    type: 'sharing',
    name: 'Many cards on one device',
    description: 'One device pays with more cards within a day than a person carries.',
    priority: 30,
    conditions: is('device.distinct_cards_24h', 'gte', 5),
    actions: {
      decision: 'REVIEW',
      points: 0.25,
      tags: ['shared-device'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'manyCardsOnDevice',
  },
  {
    number: 6,
    type: 'sharing',
    name: 'Many cards from one IP address',
    description: 'Far more cards from one address within a day than a shared office or café explains.',
    priority: 35,
    conditions: all(
      is('ip.distinct_cards_24h', 'gte', 20),
      times('ip.count_24h', 'lt', 3, 'ip.distinct_cards_24h'),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.2,
      tags: ['shared-ip'],
      alert: { severity: 'info' },
    },
    reasonCode: 'manyCardsOnIp',
  },
];

/** Rules on speed and on distance from the customer's own habit. */
const habit: DefaultRule[] = [
  {
    number: 7,
    type: 'velocity',
    name: 'Card velocity',
    description: 'One card is used far more often in ten minutes than a person shops.',
    priority: 40,
    conditions: any(is('card.count_10m', 'gte', 6), is('card.distinct_merchants_1h', 'gte', 8)),
    actions: {
      decision: 'REVIEW',
      points: 0.2,
      tags: ['velocity'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'cardVelocity',
  },
  {
    number: 8,
    type: 'velocity',
    name: 'Customer velocity',
    description: 'One customer pays far more often in ten minutes or an hour than a person shops.',
    priority: 45,
    conditions: any(is('user.count_10m', 'gte', 6), is('user.count_1h', 'gte', 15)),
    actions: {
      decision: 'REVIEW',
      points: 0.15,
      tags: ['velocity'],
      alert: { severity: 'info' },
    },
    reasonCode: 'userVelocity',
  },
  {
    number: 9,
    type: 'habit',
    name: 'Amount far from habit',
    description: 'The amount is many times what this customer usually pays, and high in itself.',
    priority: 50,
    conditions: all(
      is('user.count_30d', 'gte', 10),
      is('user.amount_to_mean_30d', 'gte', 3),
      is('user.amount_zscore_30d', 'gte', 3),
      is('payment.amount', 'gte', 100),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.2,
      tags: ['habit'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'amountFarFromHabit',
  },
  {
    number: 10,
    type: 'habit',
    name: 'New device and high amount',
    description: 'The first payment from a device is several times what the customer usually pays.',
    priority: 55,
    conditions: all(
      is('user.new_device_30d', 'eq', true),
      is('user.count_30d', 'gte', 5),
      times('payment.amount', 'gte', 4, 'user.mean_30d'),
      is('payment.amount', 'gte', 100),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.2,
      tags: ['new-device'],
      alert: { severity: 'warning' },
    },
    reasonCode: 'newDeviceHighAmount',
  },
  {
    number: 11,
    type: 'geography',
    name: 'New country and high amount',
    description: 'The first payment in a country is well above what the customer usually pays.',
    priority: 60,
    conditions: all(
      is('user.new_country_30d', 'eq', true),
      is('user.count_30d', 'gte', 5),
      times('payment.amount', 'gte', 3, 'user.mean_30d'),
      is('payment.amount', 'gte', 100),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.15,
      tags: ['new-country'],
      alert: { severity: 'info' },
    },
    reasonCode: 'newCountryHighAmount',
  },
];

/** Rules that combine weak signs; most of them only move the score. */
const combined: DefaultRule[] = [
  {
    number: 12,
    type: 'habit',
    name: 'Night, new merchant, high amount',
    description: 'At night the customer pays several times the usual amount where they never paid before.',
    priority: 65,
    conditions: all(
      is('payment.night', 'eq', true),
      is('user.new_merchant_30d', 'eq', true),
      is('user.count_30d', 'gte', 10),
      is('user.amount_to_mean_30d', 'gte', 2.5),
      is('payment.amount', 'gte', 100),
    ),
    actions: { points: 0.15, tags: ['habit'] },
    reasonCode: 'nightNewMerchantHighAmount',
  },
  {
    number: 13,
    type: 'merchant',
    name: 'Merchant with much fraud',
    description: 'An unusual share of the merchant’s payments of 30 days turned out to be fraud.',
    priority: 70,
    conditions: all(is('merchant.fraud_rate_30d', 'gte', 0.05), is('merchant.count_30d', 'gte', 20)),
    actions: { points: 0.25, tags: ['merchant'] },
    reasonCode: 'merchantFraudRate',
  },
  {
    number: 14,
    type: 'habit',
    name: 'First payment ever, and high',
    description: 'Nothing is known about the customer, and the amount is far above what the merchant sees.',
    priority: 75,
    conditions: all(
      is('user.count_30d', 'eq', 0),
      is('payment.amount', 'gte', 500),
      any(
        { op: 'missing', field: 'merchant.mean_30d' },
        times('payment.amount', 'gte', 4, 'merchant.mean_30d'),
      ),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.15,
      tags: ['new-customer'],
      alert: { severity: 'info' },
    },
    reasonCode: 'firstPaymentHigh',
  },
  {
    number: 15,
    type: 'velocity',
    name: 'Round-the-clock bot',
    description: 'A customer who pays hundreds of times a day, at night too, is a program.',
    priority: 80,
    conditions: all(
      is('user.count_24h', 'gte', 200),
      is('payment.night', 'eq', true),
      is('user.hour_deviation_30d', 'gte', 4),
    ),
    actions: {
      decision: 'REVIEW',
      points: 0.15,
      tags: ['bot'],
      alert: { severity: 'info' },
    },
    reasonCode: 'roundTheClock',
  },
];

/** The fifteen rules that every installation starts with, live. All can be edited, paused and retired. */
export const defaultRules: readonly DefaultRule[] = [...sharing, ...habit, ...combined];
