import { createTranslator } from 'use-intl/core';
import type { Comparison, Condition, LeafCondition, Literal } from './conditions';
import { type Field, type FieldUnit, findField, type RuleValue } from './fields';
import { reasonSpec } from './reasons';

type Translate = (key: string, values?: Record<string, string | number>) => string;
/** A reason as stored: code and values (`reasons.ts`). */
export type Reason = { code: string; values: Readonly<Record<string, RuleValue>> };
/** A piece of a sentence; `strong` marks what the rule tests. */
export type SentencePart = { text: string; strong: boolean };

export type RuleWords = {
  /** "Amount is 14 × this customer's 30-day mean (€ 31.20)". Unknown codes give the code itself. */
  reason: (reason: Reason) => string;
  /** Label of a field: "Payments on card in 10 min"; the name itself for an unknown field. */
  field: (name: string) => string;
  /** A value with its unit: "€ 31.20", "42 min", "31.4 %", "yes"; "–" for a missing one. */
  value: (unit: FieldUnit, value: RuleValue | undefined) => string;
  /** A condition as a sentence in parts, without what the rule does. */
  condition: (condition: Condition) => SentencePart[];
};

const missing = '–';
const space = '\u00a0';

/** Digits in threes by a no-break space, a point, a real minus. */
export function plainNumber(value: number, digits = 2): string {
  const fixed = Math.abs(value).toFixed(digits);
  const [whole, fraction = ''] = fixed.split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, space);
  const rest = fraction.replace(/0+$/, '');
  const text = rest === '' ? grouped : `${grouped}.${rest}`;
  return value < 0 && /[1-9]/.test(text) ? `−${text}` : text;
}

function moneyText(value: number, currency: string): string {
  const parts = new Intl.NumberFormat('en', { style: 'currency', currency, currencyDisplay: 'narrowSymbol' });
  const symbol = parts.formatToParts(0).find((part) => part.type === 'currency')?.value ?? currency;
  const { maximumFractionDigits: digits = 2 } = parts.resolvedOptions();
  const [whole, fraction] = Math.abs(value).toFixed(digits).split('.') as [string, string?];
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, space);
  return `${value < 0 ? '−' : ''}${symbol}${space}${grouped}${fraction ? `.${fraction}` : ''}`;
}

function durationText(seconds: number, t: Translate): string {
  const [unit, size] =
    seconds < 120
      ? (['s', 1] as const)
      : seconds < 7200
        ? (['min', 60] as const)
        : seconds < 172_800
          ? (['h', 3600] as const)
          : (['d', 86_400] as const);
  return t(`rules.units.${unit}`, { value: plainNumber(seconds / size, 0) });
}

function valueText(unit: FieldUnit, value: RuleValue | undefined, t: Translate, currency: string): string {
  if (value === null || value === undefined) return missing;
  if (typeof value === 'boolean') return t(value ? 'rules.units.yes' : 'rules.units.no');
  if (typeof value === 'string') return value;
  switch (unit) {
    case 'base currency':
      return moneyText(value, currency);
    case 'share':
      return t('rules.units.percent', { value: plainNumber(value * 100, 1) });
    case 'ratio':
      return plainNumber(value, value < 10 ? 1 : 0);
    case 'seconds':
      return durationText(value, t);
    case 'km':
    case 'hours':
      return t(`rules.units.${unit === 'km' ? 'km' : 'h'}`, {
        value: plainNumber(value, value < 10 ? 1 : 0),
      });
    case 'km/h':
      return t('rules.units.kmh', { value: plainNumber(value, 0) });
    case 'hour of day':
      return `${String(Math.trunc(value)).padStart(2, '0')}:00`;
    case 'standard deviations':
      return t('rules.units.deviations', { value: plainNumber(value, 1) });
    case 'degrees':
      return plainNumber(value, 4);
    default:
      return plainNumber(value, 2);
  }
}

const countUnits = new Set<FieldUnit>(['payments', 'entities']);
const lowerFirst = (text: string) =>
  /^.[a-z ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;

function reasonText(
  reason: Reason,
  t: Translate,
  value: RuleWords['value'],
  field: RuleWords['field'],
): string {
  const spec = reasonSpec(reason.code);
  if (spec) {
    const args: Record<string, string> = {};
    for (const key in spec) {
      args[key] = value(spec[key]!.unit, reason.values[key]);
      args[`${key}Known`] = args[key] === missing ? 'no' : 'yes';
    }
    return t(`reasons.${reason.code}`, args);
  }
  if (reason.code !== 'rule') return reason.code;
  const facts = Object.entries(reason.values)
    .filter(([name]) => findField(name))
    .map(([name, v]) => t('reasons.fact', { field: field(name), value: value(findField(name)!.unit, v) }));
  const name = String(reason.values.name ?? '');
  return facts.length === 0 ? name : t('reasons.rule', { name, facts: facts.join(', ') });
}

const symbol: Record<Comparison, string> = { eq: '=', ne: '≠', lt: '<', lte: '≤', gt: '>', gte: '≥' };

type Wording = { t: Translate; value: RuleWords['value']; label: (name: string) => string };

function compareText(f: Field, op: Comparison, value: Literal, w: Wording): string {
  const field = w.label(f.name);
  if (typeof value === 'boolean')
    return value === (op === 'eq') ? field : w.t('rules.sentence.no', { field });
  const shown = w.value(f.unit, value);
  const key = countUnits.has(f.unit) ? 'count' : 'compare';
  const scaled = f.unit === 'ratio' ? `${shown}${space}×` : shown;
  return w.t(`rules.sentence.${key}.${op}`, { field, value: scaled });
}

function leafText(c: LeafCondition, w: Wording): string {
  const f = findField(c.field);
  if (!f) return c.field;
  const field = w.label(c.field);
  if (c.op === 'missing' || c.op === 'present') return w.t(`rules.sentence.${c.op}`, { field });
  if (c.op === 'in' || c.op === 'notIn')
    return w.t(`rules.sentence.${c.op}`, {
      field,
      values: c.values.map((v) => w.value(f.unit, v)).join(', '),
    });
  if (c.op === 'between')
    return w.t('rules.sentence.between', {
      field,
      low: w.value(f.unit, c.low),
      high: w.value(f.unit, c.high),
    });
  if (!c.than) return compareText(f, c.op, c.value!, w);
  const times = c.than.times ?? 1;
  const other = w.label(c.than.field);
  const key = times === 1 ? 'fields' : 'fieldsTimes';
  return w.t(`rules.sentence.${key}`, { field, op: symbol[c.op], other, times: plainNumber(times) });
}

function sentence(c: Condition, w: Wording, nested: boolean): SentencePart[] {
  const plain = (text: string): SentencePart => ({ text, strong: false });
  if (c.op === 'not')
    return [plain(w.t('rules.sentence.notOpen')), ...sentence(c.condition, w, false), plain(')')];
  if (c.op !== 'all' && c.op !== 'any') return [{ text: leafText(c, w), strong: true }];
  const joiner = w.t(c.op === 'all' ? 'rules.sentence.and' : 'rules.sentence.or');
  const parts = c.conditions.flatMap((child, i) => [
    ...(i > 0 ? [plain(joiner)] : []),
    ...sentence(child, w, c.conditions.length > 1),
  ]);
  return nested && c.conditions.length > 1 ? [plain('('), ...parts, plain(')')] : parts;
}

/** Words for reasons, fields, values and conditions in one language; make it once and keep it. */
export function ruleWords(options: {
  locale: string;
  messages: Record<string, unknown>;
  /** ISO code of the base currency, in which money values are. */
  currency: string;
}): RuleWords {
  const { locale, currency } = options;
  const messages = options.messages as Parameters<typeof createTranslator>[0]['messages'];
  const t = createTranslator({ locale, messages, onError: () => {} }) as unknown as Translate;
  const value: RuleWords['value'] = (unit, v) => valueText(unit, v, t, currency);
  const field: RuleWords['field'] = (name) => {
    const known = findField(name);
    return known ? t(`features.${known.labelKey}`) : name;
  };
  const wording: Wording = { t, value, label: (name) => lowerFirst(field(name)) };
  return {
    field,
    value,
    reason: (reason) => reasonText(reason, t, value, field),
    condition: (condition) => sentence(condition, wording, false),
  };
}
