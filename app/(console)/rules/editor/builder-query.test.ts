import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Condition, comparisons, parseCondition } from '@/domain/rules/conditions';
import { defaultRules } from '@/domain/rules/defaults';
import { emptyOperand, errorsById, fromBuilder, operatorsFor, toBuilder } from './builder-query';

const number = fc.oneof(
  fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
  fc.integer({ min: -1000, max: 1000 }),
);
const text = fc.string({ minLength: 1, maxLength: 20 });
const leaf: fc.Arbitrary<Condition> = fc.oneof(
  fc.record({ op: fc.constantFrom(...comparisons), field: fc.constant('payment.amount'), value: number }),
  fc.record({ op: fc.constantFrom('eq', 'ne'), field: fc.constant('channel'), value: text }),
  fc.record({ op: fc.constantFrom('eq', 'ne'), field: fc.constant('payment.night'), value: fc.boolean() }),
  fc.record({
    op: fc.constantFrom(...comparisons),
    field: fc.constant('payment.amount'),
    than: fc.record({ field: fc.constant('user.mean_30d'), times: number }, { requiredKeys: ['field'] }),
  }),
  fc.record({
    op: fc.constantFrom('in', 'notIn'),
    field: fc.constant('channel'),
    values: fc.array(text, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({
    op: fc.constantFrom('in', 'notIn'),
    field: fc.constant('payment.hour'),
    values: fc.array(number, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ op: fc.constant('between'), field: fc.constant('payment.hour'), low: number, high: number }),
  fc.record({
    op: fc.constantFrom('missing', 'present'),
    field: fc.constantFrom('country', 'payment.night'),
  }),
) as fc.Arbitrary<Condition>;
const { condition } = fc.letrec<{ condition: Condition }>((tie) => ({
  condition: fc.oneof(
    { maxDepth: 4, depthSize: 'small' },
    leaf,
    fc.record({
      op: fc.constantFrom('all', 'any'),
      conditions: fc.array(tie('condition'), { minLength: 1, maxLength: 4 }),
    }) as fc.Arbitrary<Condition>,
    fc.record({ op: fc.constant('not'), condition: tie('condition') }) as fc.Arbitrary<Condition>,
  ),
}));
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('the editor’s tree', { timeout: 60_000 }, () => {
  it('gives every condition back as it was', () => {
    fc.assert(
      fc.property(condition, (c) => {
        expect(plain(fromBuilder(toBuilder(c)).raw)).toEqual(plain(c));
      }),
      { numRuns: 3000 },
    );
  });

  it.each(defaultRules.map((r) => [r.name, r.conditions] as const))('gives %s back as it was', (_, c) => {
    expect(fromBuilder(toBuilder(c)).raw).toEqual(c);
  });

  it('has ids that are the same each time, one for every node', () => {
    const c = defaultRules[0]!.conditions;
    expect(toBuilder(c)).toEqual(toBuilder(c));
    expect(new Set(JSON.stringify(toBuilder(c)).match(/"id":"c\d+"/g)).size).toBe(6);
  });

  it('becomes a real group once a second condition is added to a bare one', () => {
    const tree = toBuilder({ op: 'missing', field: 'country' });
    tree.rules.push({ id: 'x', field: 'channel', operator: 'missing', value: emptyOperand });
    expect(fromBuilder(tree).raw).toEqual({
      op: 'all',
      conditions: [
        { op: 'missing', field: 'country' },
        { op: 'missing', field: 'channel' },
      ],
    });
  });
});

describe('errorsById', () => {
  const faults = (change: (tree: ReturnType<typeof toBuilder>) => void) => {
    const tree = toBuilder({
      op: 'all',
      conditions: [
        { op: 'gte', field: 'payment.amount', value: 5 },
        { op: 'not', condition: { op: 'any', conditions: [{ op: 'eq', field: 'country', value: 'DE' }] } },
      ],
    });
    change(tree);
    const { raw, ids } = fromBuilder(tree);
    const parsed = parseCondition(raw);
    return Object.fromEntries(parsed.ok ? [] : errorsById(parsed.errors, ids));
  };
  const rule = (tree: ReturnType<typeof toBuilder>, i: number) =>
    tree.rules[i] as Extract<(typeof tree.rules)[number], { field: string }>;

  it('points at the row and the part that is wrong', () => {
    expect(faults((tree) => (rule(tree, 0).value = { ...rule(tree, 0).value, text: 'much' }))).toEqual({
      c1: { part: 'value', code: 'type_mismatch' },
    });
    expect(faults((tree) => (rule(tree, 0).value = { ...rule(tree, 0).value, text: ' ' }))).toEqual({
      c1: { part: 'value', code: 'required' },
    });
  });

  it('points into groups, through not', () => {
    const inner = (tree: ReturnType<typeof toBuilder>) => tree.rules[1] as ReturnType<typeof toBuilder>;
    expect(
      faults((tree) => (rule(inner(tree), 0).value = { ...rule(inner(tree), 0).value, text: 'de' })),
    ).toEqual({
      c3: { part: 'value', code: 'bad_text' },
    });
    expect(faults((tree) => (inner(tree).rules = []))).toEqual({
      c2: { part: 'conditions', code: 'empty_group' },
    });
  });
});

it('operators fit the field', () => {
  expect(operatorsFor('payment.night')).toEqual(['eq', 'ne', 'missing', 'present']);
  expect(operatorsFor('channel')).not.toContain('between');
  expect(operatorsFor('card.count_10m')[0]).toBe('gte');
});
