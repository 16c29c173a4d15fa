/**
 * The features of a payment: what the model and the rules see besides the payment itself.
 *
 * A feature is a function of the payments recorded before this one whose timestamp is not after its own, and of
 * labels known by then; the payment itself is never counted. `t` is the payment's timestamp. Windows are (t − w, t];
 * the 7 and 30 day windows of merchant and IP begin at the full hour, [floor_hour(t − w), t], so that they can be
 * summed from closed hours and days. Money is in the base currency. `docs/features.md` is generated from this list.
 */
export type FeatureEntity = 'user' | 'card' | 'device' | 'ip' | 'merchant' | 'payment';
export type FeatureStat =
  | 'count'
  | 'sum'
  | 'mean'
  | 'max'
  | 'distinct'
  | 'since_last'
  | 'deviation'
  | 'first_seen'
  | 'share'
  | 'value';
export type FeatureUnit =
  | 'payments'
  | 'base currency'
  | 'entities'
  | 'seconds'
  | 'km'
  | 'km/h'
  | 'ratio'
  | 'standard deviations'
  | 'hours'
  | 'hour of day'
  | 'yes/no';
export type FeatureValue = number | boolean | null;
/** Values by field (`card.count_10m`); every field of the catalogue is present. */
export type Features = Readonly<Record<string, FeatureValue>>;

export interface Feature {
  /** Name in rules and in the model: `card.count_10m`. */
  readonly field: string;
  /** Column of `ml_features`: the field with `_` for `.`. */
  readonly column: string;
  readonly entity: FeatureEntity;
  readonly stat: FeatureStat;
  readonly kind: 'number' | 'boolean';
  readonly sqlType: 'integer' | 'double precision' | 'boolean';
  /** Length of the window, null where there is none. */
  readonly windowSeconds: number | null;
  readonly unit: FeatureUnit;
  readonly nullRule: string;
  readonly description: string;
}

export const windows = { '10m': 600, '1h': 3600, '24h': 86_400, '7d': 604_800, '30d': 2_592_000 } as const;
export type Window = keyof typeof windows;
/** A payment below this, in base currency, counts as small (card testing). */
export const smallAmount = 10;
/** Fewer payments than this in 30 days are no habit to deviate from. */
export const habitMinimum = 5;
/** Hours before this (UTC) are night. */
export const nightEndHour = 6;
/** A fraud label counts for its merchant's rate if it came at most this long after the payment. */
export const labelDelayDays = 60;

const windowWords: Record<Window, string> = {
  '10m': '10 minutes',
  '1h': 'hour',
  '24h': '24 hours',
  '7d': '7 days',
  '30d': '30 days',
};
const entityWords: Record<FeatureEntity, string> = {
  user: 'user',
  card: 'card',
  device: 'device',
  ip: 'IP address',
  merchant: 'merchant',
  payment: 'payment',
};
const neverNull = 'never null';
const missing: Record<FeatureEntity, string> = {
  user: neverNull,
  merchant: neverNull,
  payment: neverNull,
  card: 'null without a card token',
  device: 'null without a device id',
  ip: 'null without an IP address',
};

function feature(
  name: { entity: FeatureEntity; name: string; window?: Window },
  rest: Pick<Feature, 'stat' | 'sqlType' | 'unit' | 'nullRule' | 'description'>,
): Feature {
  const field = `${name.entity}.${name.name}${name.window ? `_${name.window}` : ''}`;
  return {
    field,
    column: field.replace('.', '_'),
    entity: name.entity,
    kind: rest.sqlType === 'boolean' ? 'boolean' : 'number',
    windowSeconds: name.window ? windows[name.window] : null,
    ...rest,
  };
}

const and = (a: string, b: string) => (a === neverNull ? b : `${a}; ${b}`);

const count = (entity: FeatureEntity, window: Window) =>
  feature(
    { entity, name: 'count', window },
    {
      stat: 'count',
      sqlType: 'integer',
      unit: 'payments',
      nullRule: missing[entity],
      description: `Payments of the ${entityWords[entity]} in the last ${windowWords[window]}`,
    },
  );

const money = (stat: 'sum' | 'mean' | 'max') => (entity: FeatureEntity, window: Window) =>
  feature(
    { entity, name: stat, window },
    {
      stat,
      sqlType: 'double precision',
      unit: 'base currency',
      nullRule: stat === 'sum' ? missing[entity] : and(missing[entity], 'null with no payment in the window'),
      description: {
        sum: `Money paid by the ${entityWords[entity]} in the last ${windowWords[window]}`,
        mean: `Mean amount of the ${entityWords[entity]} in the last ${windowWords[window]}`,
        max: `Greatest amount of the ${entityWords[entity]} in the last ${windowWords[window]}`,
      }[stat].replace('paid by the merchant', 'paid at the merchant'),
    },
  );
const sum = money('sum');
const mean = money('mean');
const max = money('max');

const distinct = (entity: FeatureEntity, what: string, window: Window) =>
  feature(
    { entity, name: `distinct_${what}`, window },
    {
      stat: 'distinct',
      sqlType: 'integer',
      unit: 'entities',
      nullRule: missing[entity],
      description: `Different ${what.replace('ips', 'IP addresses')} seen with the ${entityWords[entity]} in the last ${windowWords[window]}`,
    },
  );

const firstSeen = (what: string, words: string, without: string) =>
  feature(
    { entity: 'user', name: `new_${what}`, window: '30d' },
    {
      stat: 'first_seen',
      sqlType: 'boolean',
      unit: 'yes/no',
      nullRule: without,
      description: `The user has not paid ${words} in the last 30 days (yes for a user without payments)`,
    },
  );

const entities = ['user', 'card', 'device', 'ip', 'merchant'] as const;
const everyWindow = Object.keys(windows) as Window[];

const sinceLast = (name: string, unit: FeatureUnit, nullRule: string, description: string) =>
  feature(
    { entity: 'user', name },
    { stat: 'since_last', sqlType: 'double precision', unit, nullRule, description },
  );
const habitNull = `null with fewer than ${habitMinimum} payments in the window`;
const deviation = (name: string, unit: FeatureUnit, nullRule: string, description: string) =>
  feature(
    { entity: 'user', name, window: '30d' },
    { stat: 'deviation', sqlType: 'double precision', unit, nullRule, description },
  );
const fraudRate = (window: Window) =>
  feature(
    { entity: 'merchant', name: 'fraud_rate', window },
    {
      stat: 'share',
      sqlType: 'double precision',
      unit: 'ratio',
      nullRule: 'null with no payment in the window',
      description: `Fraud labels that became known in the last ${windowWords[window]}, at most ${labelDelayDays} days after their payment, divided by the merchant's payments in that window, at most 1`,
    },
  );
const frauds = (window: Window) =>
  feature(
    { entity: 'merchant', name: 'frauds', window },
    {
      stat: 'count',
      sqlType: 'integer',
      unit: 'payments',
      nullRule: neverNull,
      description: `Fraud labels of the merchant that became known in the last ${windowWords[window]}, at most ${labelDelayDays} days after their payment`,
    },
  );
const ofPayment = (name: string, sqlType: Feature['sqlType'], unit: FeatureUnit, description: string) =>
  feature({ entity: 'payment', name }, { stat: 'value', sqlType, unit, nullRule: neverNull, description });

/** The catalogue, in the order of the model's inputs and of the columns of `ml_features`. */
export const features: readonly Feature[] = [
  ...entities.flatMap((entity) => everyWindow.map((window) => count(entity, window))),
  ...(['1h', '24h', '7d', '30d'] as const).map((window) => sum('user', window)),
  ...(['10m', '1h', '24h', '30d'] as const).map((window) => sum('card', window)),
  sum('device', '24h'),
  sum('ip', '24h'),
  sum('merchant', '1h'),
  sum('merchant', '24h'),
  ...(['24h', '7d', '30d'] as const).map((window) => mean('user', window)),
  mean('card', '30d'),
  mean('merchant', '24h'),
  mean('merchant', '30d'),
  max('user', '24h'),
  max('user', '30d'),
  max('card', '24h'),
  max('card', '30d'),
  max('device', '24h'),
  max('merchant', '24h'),
  distinct('user', 'merchants', '24h'),
  distinct('user', 'merchants', '30d'),
  distinct('user', 'devices', '24h'),
  distinct('user', 'devices', '30d'),
  distinct('user', 'ips', '24h'),
  distinct('user', 'countries', '24h'),
  distinct('user', 'cards', '30d'),
  distinct('card', 'merchants', '1h'),
  distinct('card', 'merchants', '24h'),
  distinct('card', 'devices', '24h'),
  distinct('card', 'ips', '24h'),
  distinct('card', 'users', '30d'),
  distinct('device', 'users', '24h'),
  distinct('device', 'users', '30d'),
  distinct('device', 'cards', '24h'),
  distinct('device', 'cards', '30d'),
  distinct('ip', 'users', '1h'),
  distinct('ip', 'users', '24h'),
  distinct('ip', 'cards', '24h'),
  distinct('merchant', 'users', '24h'),
  distinct('merchant', 'cards', '1h'),
  distinct('merchant', 'cards', '24h'),
  sinceLast(
    'seconds_since_last',
    'seconds',
    'null with no payment in the last 30 days',
    "Time since the user's last payment",
  ),
  sinceLast(
    'distance_km_since_last',
    'km',
    'null where this payment or the last 30 days have no place',
    "Great-circle distance from the user's last payment that has a place",
  ),
  sinceLast(
    'speed_kmh_since_last',
    'km/h',
    'null where the distance is null',
    "Speed needed from the user's last payment that has a place (time taken as at least one second)",
  ),
  deviation(
    'amount_to_mean',
    'ratio',
    `${habitNull} or a mean of 0`,
    "Amount divided by the user's mean amount",
  ),
  deviation(
    'amount_zscore',
    'standard deviations',
    `${habitNull} or with all amounts equal`,
    "Amount less the user's mean amount, in sample standard deviations",
  ),
  deviation(
    'hour_deviation',
    'hours',
    habitNull,
    "Mean distance on the clock (0 to 12, UTC) between the hour of this payment and the hours of the user's payments",
  ),
  firstSeen('device', 'from this device', missing.device),
  firstSeen('card', 'with this card', missing.card),
  firstSeen('ip', 'from this IP address', missing.ip),
  firstSeen('country', 'in this country', 'null without a country'),
  firstSeen('merchant', 'at this merchant', neverNull),
  feature(
    { entity: 'card', name: 'small_count', window: '10m' },
    {
      stat: 'count',
      sqlType: 'integer',
      unit: 'payments',
      nullRule: missing.card,
      description: `Payments of the card below ${smallAmount} in base currency in the last 10 minutes`,
    },
  ),
  feature(
    { entity: 'merchant', name: 'blocked_share', window: '1h' },
    {
      stat: 'share',
      sqlType: 'double precision',
      unit: 'ratio',
      nullRule: 'null with no payment in the window',
      description: "Share of the merchant's payments in the last hour that were blocked",
    },
  ),
  fraudRate('7d'),
  fraudRate('30d'),
  frauds('7d'),
  frauds('30d'),
  ofPayment('amount', 'double precision', 'base currency', 'Amount of this payment'),
  ofPayment('hour', 'integer', 'hour of day', 'Hour of this payment, 0 to 23, UTC'),
  ofPayment('night', 'boolean', 'yes/no', `This payment is between 00:00 and 0${nightEndHour}:00 UTC`),
  ofPayment('weekend', 'boolean', 'yes/no', 'This payment is on a Saturday or Sunday, UTC'),
];

/** The catalogue by field. */
export const featureByField: ReadonlyMap<string, Feature> = new Map(features.map((f) => [f.field, f]));
