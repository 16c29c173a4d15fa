import { type Comparison, type Condition, fieldsOf, type LeafCondition } from './conditions';
import { type Field, type FieldType, getField, type RuleRow, type RuleValue } from './fields';

/** Whether a rule's condition is certainly true for a row; unknown (a missing value decides) is false. */
export type Test = (row: RuleRow) => boolean;

const opposite: Record<Comparison, Comparison> = {
  eq: 'ne',
  ne: 'eq',
  lt: 'gte',
  gte: 'lt',
  gt: 'lte',
  lte: 'gt',
};

const jsType: Record<FieldType, 'number' | 'string' | 'boolean'> = {
  number: 'number',
  text: 'string',
  boolean: 'boolean',
};

/** A value is present when it has the field's type; null, undefined, NaN and another type are missing. */
export const isPresent = (field: Field, value: RuleValue | undefined): boolean =>
  // biome-ignore lint/suspicious/noSelfCompare: NaN is the one value that differs from itself
  typeof value === jsType[field.type] && value === value;

function compareNumber(name: string, op: Comparison, limit: number): Test {
  switch (op) {
    case 'eq':
      return (row) => row[name] === limit;
    case 'ne':
      return (row) => {
        const v = row[name];
        // biome-ignore lint/suspicious/noSelfCompare: NaN is the one value that differs from itself
        return typeof v === 'number' && v === v && v !== limit;
      };
    case 'lt':
      return (row) => {
        const v = row[name];
        return typeof v === 'number' && v < limit;
      };
    case 'lte':
      return (row) => {
        const v = row[name];
        return typeof v === 'number' && v <= limit;
      };
    case 'gt':
      return (row) => {
        const v = row[name];
        return typeof v === 'number' && v > limit;
      };
    case 'gte':
      return (row) => {
        const v = row[name];
        return typeof v === 'number' && v >= limit;
      };
  }
}

const holds: Record<Comparison, (a: number, b: number) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  lt: (a, b) => a < b,
  lte: (a, b) => a <= b,
  gt: (a, b) => a > b,
  gte: (a, b) => a >= b,
};

function compareFields(field: Field, op: Comparison, other: Field, times: number): Test {
  const first = field.name;
  const second = other.name;
  if (field.type === 'number') {
    const test = holds[op];
    return (row) => {
      const a = row[first];
      const b = row[second];
      // biome-ignore lint/suspicious/noSelfCompare: NaN is the one value that differs from itself
      if (typeof a !== 'number' || typeof b !== 'number' || a !== a || b !== b) return false;
      return test(a, b * times);
    };
  }
  const equal = op === 'eq';
  return (row) =>
    isPresent(field, row[first]) && isPresent(other, row[second]) && (row[first] === row[second]) === equal;
}

function compileList(field: Field, values: (number | string)[], inside: boolean): Test {
  const { name } = field;
  const set = new Set<RuleValue | undefined>(values);
  if (inside) return (row) => set.has(row[name]);
  return (row) => isPresent(field, row[name]) && !set.has(row[name]);
}

function compileBetween(name: string, low: number, high: number, inside: boolean): Test {
  if (inside)
    return (row) => {
      const v = row[name];
      return typeof v === 'number' && v >= low && v <= high;
    };
  return (row) => {
    const v = row[name];
    return typeof v === 'number' && (v < low || v > high);
  };
}

function compileLeaf(c: LeafCondition, negated: boolean): Test {
  const field = getField(c.field);
  if (c.op === 'missing' || c.op === 'present') {
    const wanted = (c.op === 'present') !== negated;
    return (row) => isPresent(field, row[field.name]) === wanted;
  }
  if (c.op === 'in' || c.op === 'notIn') return compileList(field, c.values, (c.op === 'in') !== negated);
  if (c.op === 'between') return compileBetween(field.name, c.low, c.high, !negated);
  const op = negated ? opposite[c.op] : c.op;
  if (c.than) return compareFields(field, op, getField(c.than.field), c.than.times ?? 1);
  if (typeof c.value === 'number') return compareNumber(field.name, op, c.value);
  const { name } = field;
  const { value } = c;
  if (op === 'eq') return (row) => row[name] === value;
  return (row) => isPresent(field, row[name]) && row[name] !== value;
}

function every(tests: Test[]): Test {
  const [a, b] = tests;
  if (tests.length === 1) return a!;
  if (tests.length === 2) return (row) => a!(row) && b!(row);
  return (row) => {
    for (const test of tests) if (!test(row)) return false;
    return true;
  };
}

function some(tests: Test[]): Test {
  const [a, b] = tests;
  if (tests.length === 1) return a!;
  if (tests.length === 2) return (row) => a!(row) || b!(row);
  return (row) => {
    for (const test of tests) if (test(row)) return true;
    return false;
  };
}

/**
 * Compiles a valid condition to one closure, without eval. `not` is pushed down to the tests (De Morgan), where
 * both a test and its opposite are false on a missing value: that is exactly SQL's three-valued logic at the root.
 * Throws on a field that the catalogue does not know: parse the condition first.
 */
export function compileCondition(condition: Condition, negated = false): Test {
  if (condition.op === 'not') return compileCondition(condition.condition, !negated);
  if (condition.op === 'all' || condition.op === 'any') {
    const tests = condition.conditions.map((child) => compileCondition(child, negated));
    return (condition.op === 'all') !== negated ? every(tests) : some(tests);
  }
  return compileLeaf(condition, negated);
}

/** Compiles the reading of every field that a condition mentions: `{ 'card.count_10m': 7, channel: null }`. */
export function compileTrace(condition: Condition): (row: RuleRow) => Record<string, RuleValue> {
  const fields = fieldsOf(condition).map(getField);
  return (row) => {
    const seen: Record<string, RuleValue> = {};
    for (const field of fields) {
      const value = row[field.name];
      seen[field.name] = isPresent(field, value) ? (value as RuleValue) : null;
    }
    return seen;
  };
}
