import { type Feature, type FeatureUnit, features } from '@/domain/transactions/features';

export type RuleValue = number | string | boolean | null;
/** One payment with its features, flat, keyed by field name; null or absent is missing. */
export type RuleRow = Readonly<Record<string, RuleValue | undefined>>;

export type FieldType = 'number' | 'text' | 'boolean';
/** Units of features, with `share` for ratios of a whole (shown in per cent). */
export type FieldUnit = FeatureUnit | 'share' | 'number' | 'degrees' | 'none';

export type Field = {
  /** As written in rules: `channel`, `card.count_10m`. */
  name: string;
  /** As stored: a column of `transactions` (`channel`) or of `ml_features` (`card_count_10m`). */
  column: string;
  type: FieldType;
  unit: FieldUnit;
  /** What the field is about; groups the field picker. */
  entity: Feature['entity'];
  /** Key of the label below `features` in messages. */
  labelKey: string;
  /** Literals of a text field must match. */
  pattern?: RegExp;
};

const camel = (column: string) => column.replace(/_([a-z0-9])/g, (_, c: string) => c.toUpperCase());

const payment = (name: string, type: FieldType, unit: FieldUnit, pattern?: RegExp): Field => ({
  name,
  column: name,
  type,
  unit,
  entity: 'payment',
  labelKey: camel(name),
  pattern,
});

/** What the payment itself says; `amount` is in the payment's own currency, `payment.amount` in the base currency. */
const paymentFields: readonly Field[] = [
  payment('amount', 'number', 'number'),
  payment('currency', 'text', 'none', /^[A-Z]{3}$/),
  payment('country', 'text', 'none', /^[A-Z]{2}$/),
  payment('channel', 'text', 'none'),
  payment('merchant_category', 'text', 'none'),
  payment('user_id', 'text', 'none'),
  payment('merchant_id', 'text', 'none'),
  payment('device_id', 'text', 'none'),
  payment('ip_address', 'text', 'none'),
  payment('card_token', 'text', 'none'),
  payment('latitude', 'number', 'degrees'),
  payment('longitude', 'number', 'degrees'),
];

const featureFields: readonly Field[] = features.map((feature) => ({
  name: feature.field,
  column: feature.column,
  type: feature.kind,
  unit: feature.stat === 'share' ? 'share' : feature.unit,
  entity: feature.entity,
  labelKey: camel(feature.column),
}));

/** Everything that a rule may look at: the payment, then every feature of `domain/transactions/features.ts`. */
export const ruleFields: readonly Field[] = [...paymentFields, ...featureFields];

const byName = new Map(ruleFields.map((field) => [field.name, field]));

/** The field of that name, or undefined. */
export const findField = (name: string): Field | undefined => byName.get(name);

/** The field of that name; throws a RangeError for an unknown one (parse conditions first). */
export function getField(name: string): Field {
  const field = byName.get(name);
  if (!field) throw new RangeError(`unknown rule field ${name}`);
  return field;
}

/**
 * The row that rules read: the payment under its column names (`card_token`, other keys are ignored) and its
 * features under their fields. What is absent is null; a numeric that arrives as text becomes a number.
 */
export function ruleRow(
  payment: Readonly<Record<string, unknown>>,
  featureValues: Readonly<Record<string, unknown>>,
): RuleRow {
  const row: Record<string, RuleValue> = {};
  for (const field of paymentFields) row[field.name] = toValue(field, payment[field.column]);
  for (const field of featureFields) row[field.name] = toValue(field, featureValues[field.name]);
  return row;
}

/** The same row from what is stored: rows of `transactions` and `ml_features`, keyed by column. */
export function storedRuleRow(
  transaction: Readonly<Record<string, unknown>>,
  mlFeatures: Readonly<Record<string, unknown>>,
): RuleRow {
  const row: Record<string, RuleValue> = {};
  for (const field of paymentFields) row[field.name] = toValue(field, transaction[field.column]);
  for (const field of featureFields) row[field.name] = toValue(field, mlFeatures[field.column]);
  return row;
}

function toValue(field: Field, value: unknown): RuleValue {
  if (value === null || value === undefined) return null;
  if (field.type === 'boolean') return typeof value === 'boolean' ? value : null;
  if (field.type === 'text') return typeof value === 'string' ? value : null;
  if (typeof value === 'string' && value.trim() === '') return null;
  const number = typeof value === 'number' ? value : Number(value);
  return Number.isFinite(number) ? number : null;
}
