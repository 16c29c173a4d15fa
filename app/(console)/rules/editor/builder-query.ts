import type { RuleGroupType, RuleType } from 'react-querybuilder';
import type { Comparison, Condition, ConditionError, LeafCondition } from '@/domain/rules/conditions';
import { findField } from '@/domain/rules/fields';

/** What stands in the fields beside an operator, as typed: nothing is lost while it is not yet valid. */
export type Operand = {
  text: string;
  high: string;
  list: string[];
  /** The field compared with, where it is not a literal; null for a literal. */
  other: string | null;
  times: string;
};
export type Operator = LeafCondition['op'];
export type BuilderRule = RuleType<string, string, Operand>;
/** `bare`: the group stands for its single condition, not for an all/any of one. */
export type BuilderGroup = RuleGroupType<BuilderRule> & { bare?: boolean };

export const emptyOperand: Operand = { text: '', high: '', list: [], other: null, times: '' };

const orders: Operator[] = ['gte', 'gt', 'lt', 'lte', 'eq', 'ne', 'between', 'in', 'notIn'];
const presence: Operator[] = ['missing', 'present'];

/** The operators that a field takes, the usual one first. */
export function operatorsFor(fieldName: string): Operator[] {
  const type = findField(fieldName)?.type ?? 'number';
  if (type === 'number') return [...orders, ...presence];
  return type === 'text' ? ['eq', 'ne', 'in', 'notIn', ...presence] : ['eq', 'ne', ...presence];
}

type Ids = () => string;
/** Ids that are the same on server and browser: `c0`, `c1`, … */
export const countingIds = (prefix = 'c'): Ids => {
  let next = 0;
  return () => `${prefix}${next++}`;
};

function operandOf(c: LeafCondition): Operand {
  switch (c.op) {
    case 'in':
    case 'notIn':
      return { ...emptyOperand, list: c.values.map(String) };
    case 'between':
      return { ...emptyOperand, text: String(c.low), high: String(c.high) };
    case 'missing':
    case 'present':
      return emptyOperand;
    default:
      return c.than
        ? {
            ...emptyOperand,
            other: c.than.field,
            times: c.than.times === undefined ? '' : String(c.than.times),
          }
        : { ...emptyOperand, text: String(c.value) };
  }
}

const isGroup = (c: Condition): c is Extract<Condition, { op: 'all' | 'any' }> =>
  c.op === 'all' || c.op === 'any';

function groupOf(c: Condition, ids: Ids, not: boolean): BuilderGroup {
  const id = ids();
  if (isGroup(c))
    return {
      id,
      combinator: c.op === 'all' ? 'and' : 'or',
      not,
      rules: c.conditions.map((child) => nodeOf(child, ids)),
    };
  return { id, combinator: 'and', not, bare: true, rules: [nodeOf(c, ids)] };
}

function nodeOf(c: Condition, ids: Ids): BuilderGroup | BuilderRule {
  if (c.op === 'not') return groupOf(c.condition, ids, true);
  if (isGroup(c)) return groupOf(c, ids, false);
  return { id: ids(), field: c.field, operator: c.op, value: operandOf(c) };
}

/** A condition as the editor's tree; the root is always a group. */
export function toBuilder(condition: Condition, ids: Ids = countingIds()): BuilderGroup {
  return condition.op === 'not' ? groupOf(condition.condition, ids, true) : groupOf(condition, ids, false);
}

/** Digits with a point; a comma is refused and not guessed at: "1,000" could be one or a thousand. */
const number = (text: string): number | string | undefined => {
  const trimmed = text.trim().replace('−', '-');
  if (trimmed === '') return undefined;
  return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(trimmed) ? Number(trimmed) : text;
};

function literal(type: string, text: string): unknown {
  if (type === 'number') return number(text);
  if (type === 'boolean') return text === 'true' ? true : text === 'false' ? false : undefined;
  return text === '' ? undefined : text;
}

function leafOf({ field, operator, value }: BuilderRule): unknown {
  const type = findField(field)?.type ?? 'text';
  const op = operator as Operator;
  if (op === 'missing' || op === 'present') return { op, field };
  if (op === 'in' || op === 'notIn')
    return { op, field, values: value.list.map((text) => literal(type, text)) };
  if (op === 'between') return { op, field, low: number(value.text), high: number(value.high) };
  const compare: Comparison = op;
  if (value.other === null) return { op: compare, field, value: literal(type, value.text) };
  const times = number(value.times);
  return {
    op: compare,
    field,
    than: times === undefined ? { field: value.other } : { field: value.other, times },
  };
}

const isBuilderGroup = (node: BuilderGroup | BuilderRule): node is BuilderGroup => 'rules' in node;

/**
 * The editor's tree as a raw condition (to be parsed: what was typed may be wrong), and the editor id behind each
 * path of it, so that an error can be shown where it was made.
 */
export function fromBuilder(root: BuilderGroup): { raw: unknown; ids: Map<string, string> } {
  const ids = new Map<string, string>();
  const walk = (node: BuilderGroup | BuilderRule, path: string[]): unknown => {
    if (!isBuilderGroup(node)) {
      ids.set(path.join('.'), node.id!);
      return leafOf(node);
    }
    if (node.not) {
      ids.set(path.join('.'), node.id!);
      return { op: 'not', condition: group(node, [...path, 'condition']) };
    }
    return group(node, path);
  };
  const group = (node: BuilderGroup, path: string[]): unknown => {
    ids.set(path.join('.'), node.id!);
    const [only] = node.rules as (BuilderGroup | BuilderRule)[];
    if (node.bare && node.rules.length === 1 && only) return walk(only, path);
    const op = node.combinator === 'or' ? 'any' : 'all';
    const conditions = (node.rules as (BuilderGroup | BuilderRule)[]).map((child, i) =>
      walk(child, [...path, 'conditions', String(i)]),
    );
    return { op, conditions };
  };
  return { raw: walk(root, []), ids };
}

/** Errors by editor id: which part of the row is wrong (`value`, `high`, `than.field`, …) and why. */
export function errorsById(
  errors: readonly ConditionError[],
  ids: ReadonlyMap<string, string>,
): Map<string, { part: string; code: string }> {
  const found = new Map<string, { part: string; code: string }>();
  for (const { path, code } of errors) {
    for (let length = path.length; length >= 0; length--) {
      const id = ids.get(path.slice(0, length).join('.'));
      if (id === undefined) continue;
      if (!found.has(id)) found.set(id, { part: path.slice(length).join('.'), code });
      break;
    }
  }
  return found;
}
