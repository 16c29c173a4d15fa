import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, comparisons, parseCondition } from './conditions';
import { compileCondition, compileTrace } from './evaluate';
import { type Field, findField, type RuleRow, type RuleValue, ruleFields } from './fields';

const numbers = ruleFields.filter((f) => f.type === 'number').slice(0, 6);
const texts = ruleFields.filter((f) => f.type === 'text' && !f.pattern).slice(0, 3);
const booleans = ruleFields.filter((f) => f.type === 'boolean').slice(0, 3);

const numberValue = fc.constantFrom(-2, -1, -0, 0, 0.5, 1, 2, 3);
const textValue = fc.constantFrom('a', 'b', 'web', '%', '_', "'");
const literal = (field: Field): fc.Arbitrary<number | string | boolean> =>
  field.type === 'number' ? numberValue : field.type === 'text' ? textValue : fc.boolean();

const anyField = fc.constantFrom(...numbers, ...texts, ...booleans);
const operator = (field: Field) =>
  fc.constantFrom(...(field.type === 'number' ? comparisons : (['eq', 'ne'] as const)));

const against = anyField.chain((field) =>
  fc.record({ op: operator(field), value: literal(field) }).map((c) => ({ ...c, field: field.name })),
);
const fieldAgainstField = fc.constantFrom(numbers, texts, booleans).chain((fields) =>
  fc
    .record({
      op: operator(fields[0]!),
      times:
        fields === numbers
          ? fc.option(fc.constantFrom(-1, 0.5, 2), { nil: undefined })
          : fc.constant(undefined),
    })
    .map(({ op, times }) => ({
      op,
      field: fields[0]!.name,
      than: times === undefined ? { field: fields[1]!.name } : { field: fields[1]!.name, times },
    })),
);
const inList = fc.constantFrom(...numbers, ...texts).chain((field) =>
  fc.record({
    op: fc.constantFrom('in' as const, 'notIn' as const),
    field: fc.constant(field.name),
    values: fc.array(literal(field) as fc.Arbitrary<number | string>, { minLength: 1, maxLength: 3 }),
  }),
);
const between = fc
  .tuple(fc.constantFrom(...numbers), numberValue, numberValue)
  .map(([f, a, b]) => ({ op: 'between' as const, field: f.name, low: Math.min(a, b), high: Math.max(a, b) }));
const presence = fc.record({
  op: fc.constantFrom('missing' as const, 'present' as const),
  field: anyField.map((f) => f.name),
});

const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    fc.oneof(against, fieldAgainstField, inList, between, presence) as fc.Arbitrary<Condition>,
    fc.record({
      op: fc.constantFrom('all' as const, 'any' as const),
      conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 4 }),
    }) as fc.Arbitrary<Condition>,
    fc.record({ op: fc.constant('not' as const), condition: tie('condition') }) as fc.Arbitrary<Condition>,
  ),
}));

const row: fc.Arbitrary<RuleRow> = fc
  .tuple(
    ...[...numbers, ...texts, ...booleans].map((field) =>
      fc.oneof(
        { weight: 4, arbitrary: literal(field) as fc.Arbitrary<RuleValue | undefined> },
        { weight: 1, arbitrary: fc.constantFrom(null, undefined, Number.NaN) },
      ),
    ),
  )
  .map((values) =>
    Object.fromEntries([...numbers, ...texts, ...booleans].map((field, i) => [field.name, values[i]])),
  );

const known = (value: RuleValue | undefined): value is number | string | boolean =>
  value !== null && value !== undefined && !Number.isNaN(value);

const verdict = (op: string, a: number | string | boolean, b: number | string | boolean): boolean =>
  ({ eq: a === b, ne: a !== b, lt: a < b, lte: a <= b, gt: a > b, gte: a >= b })[op]!;

/** The meaning in the plainest words: three-valued, null is unknown, by recursion over the tree. */
function naive(c: Condition, r: RuleRow): boolean | null {
  if (c.op === 'not') {
    const inner = naive(c.condition, r);
    return inner === null ? null : !inner;
  }
  if (c.op === 'all' || c.op === 'any') {
    const results = c.conditions.map((child) => naive(child, r));
    const decisive = c.op === 'any';
    if (results.includes(decisive)) return decisive;
    return results.includes(null) ? null : !decisive;
  }
  const value = r[c.field];
  if (c.op === 'missing') return !known(value);
  if (c.op === 'present') return known(value);
  if (!known(value)) return null;
  if (c.op === 'in') return c.values.some((v) => v === value);
  if (c.op === 'notIn') return c.values.every((v) => v !== value);
  if (c.op === 'between') return c.low <= Number(value) && Number(value) <= c.high;
  if (!c.than) return verdict(c.op, value, c.value!);
  const other = r[c.than.field];
  if (!known(other)) return null;
  return verdict(c.op, value, typeof other === 'number' ? other * (c.than.times ?? 1) : other);
}

describe('compileCondition', { timeout: 60_000 }, () => {
  it('fires exactly where a naive three-valued interpreter says true, nulls included', () => {
    fc.assert(
      fc.property(condition, row, (c, r) => {
        expect(compileCondition(c)(r)).toBe(naive(c, r) === true);
      }),
      { numRuns: 5000 },
    );
  });

  it('a condition and its negation never fire together, and one fires where nothing is missing', () => {
    fc.assert(
      fc.property(condition, row, (c, r) => {
        const plain = compileCondition(c)(r);
        const negated = compileCondition({ op: 'not', condition: c })(r);
        expect(plain && negated).toBe(false);
        const complete = [...numbers, ...texts, ...booleans].every((f) => known(r[f.name]));
        if (complete) expect(plain || negated).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it('every generated condition survives JSON and the parser unchanged', () => {
    fc.assert(
      fc.property(condition, (c) => {
        const parsed = parseCondition(JSON.parse(JSON.stringify(c)));
        if (parsed.ok) expect(parsed.condition).toEqual(JSON.parse(JSON.stringify(c)));
        else expect(parsed.errors.every((e) => e.code === 'too_deep' || e.code === 'too_large')).toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  it('a value of another type counts as missing', () => {
    const atLeast: Condition = { op: 'gte', field: 'card.count_10m', value: 3 };
    expect(compileCondition(atLeast)({ 'card.count_10m': '7' })).toBe(false);
    expect(compileCondition({ op: 'not', condition: atLeast })({ 'card.count_10m': '1' })).toBe(false);
    expect(compileCondition({ op: 'missing', field: 'card.count_10m' })({ 'card.count_10m': '7' })).toBe(
      true,
    );
  });

  it('throws on a field that nobody knows', () => {
    expect(() => compileCondition({ op: 'gte', field: 'card.colour', value: 3 })).toThrow(RangeError);
  });
});

describe('compileTrace', () => {
  it('reads every field that the condition mentions, once, missing ones as null', () => {
    const c: Condition = {
      op: 'all',
      conditions: [
        { op: 'gte', field: 'card.count_10m', value: 3 },
        { op: 'not', condition: { op: 'in', field: 'channel', values: ['web'] } },
        { op: 'gt', field: 'payment.amount', than: { field: 'user.mean_30d', times: 4 } },
        { op: 'lt', field: 'card.count_10m', value: 30 },
      ],
    };
    expect(compileTrace(c)({ 'card.count_10m': 7, 'payment.amount': 12.5, 'user.count_1h': 3 })).toEqual({
      'card.count_10m': 7,
      channel: null,
      'payment.amount': 12.5,
      'user.mean_30d': null,
    });
  });
});

it('the catalogue has unique names, and every name is found', () => {
  expect(new Set(ruleFields.map((f) => f.name)).size).toBe(ruleFields.length);
  expect(new Set(ruleFields.map((f) => f.labelKey)).size).toBe(ruleFields.length);
  for (const field of ruleFields) expect(findField(field.name)).toBe(field);
});
