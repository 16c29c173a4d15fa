import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actionsSchema } from './actions';
import { conditionLimits, conditionSchema, fieldsOf, parseCondition } from './conditions';

const errorsOf = (raw: unknown) => {
  const parsed = parseCondition(raw);
  return parsed.ok ? [] : parsed.errors.map((e) => `${e.path.join('.')}:${e.code}`);
};
const group = (...conditions: unknown[]) => ({ op: 'all', conditions });
const good = { op: 'gte', field: 'card.count_10m', value: 3 };
const nested = (depth: number): unknown => (depth <= 1 ? good : { op: 'not', condition: nested(depth - 1) });

describe('parseCondition', () => {
  it.each([
    ['a comparison', good],
    ['a list', { op: 'in', field: 'channel', values: ['web', 'app'] }],
    ['a range of one value', { op: 'between', field: 'payment.hour', low: 3, high: 3 }],
    [
      'a field against a multiple of another',
      { op: 'gt', field: 'payment.amount', than: { field: 'user.mean_30d', times: 4 } },
    ],
    ['a flag', { op: 'eq', field: 'user.new_device_30d', value: false }],
    ['missing', { op: 'missing', field: 'country' }],
    ['the deepest tree', nested(conditionLimits.depth)],
  ])('takes %s', (_, raw) => {
    expect(parseCondition(raw)).toEqual({ ok: true, condition: raw });
  });

  it.each([
    ['nothing', null, ':unknown_operator'],
    ['a number', 7, ':unknown_operator'],
    ['an array', [good], ':unknown_operator'],
    ['an unknown operator', { op: 'like', field: 'channel', value: 'w%' }, 'op:unknown_operator'],
    ['a key too many', { ...good, colour: 'red' }, ':invalid'],
    ['an empty group', group(), 'conditions:empty_group'],
    ['a group without conditions', { op: 'any' }, 'conditions:empty_group'],
    ['an empty group inside', group(good, group()), 'conditions.1.conditions:empty_group'],
    ['an empty list', { op: 'in', field: 'channel', values: [] }, 'values:empty_list'],
    ['an unknown field', group(good, { ...good, field: 'card.colour' }), 'conditions.1.field:unknown_field'],
    ['a field of the prototype', { ...good, field: '__proto__' }, 'field:unknown_field'],
    ['text for a number', { ...good, value: '3' }, 'value:type_mismatch'],
    ['a number for text', { op: 'eq', field: 'channel', value: 3 }, 'value:type_mismatch'],
    ['a flag compared', { op: 'gt', field: 'payment.night', value: true }, 'op:operator_not_allowed'],
    ['text compared by size', { op: 'lt', field: 'channel', value: 'web' }, 'op:operator_not_allowed'],
    ['a flag in a list', { op: 'in', field: 'payment.night', values: ['a'] }, 'op:operator_not_allowed'],
    ['a mixed list', { op: 'in', field: 'channel', values: ['web', 3] }, 'values.1:type_mismatch'],
    ['NaN', { ...good, value: Number.NaN }, 'value:required'],
    [
      'an infinite bound',
      { op: 'between', field: 'payment.hour', low: 0, high: Infinity },
      'high:not_finite',
    ],
    [
      'a number out of bounds',
      { op: 'between', field: 'payment.hour', low: 0, high: 1e13 },
      'high:not_finite',
    ],
    ['low above high', { op: 'between', field: 'payment.hour', low: 5, high: 4 }, 'high:low_above_high'],
    ['between on text', { op: 'between', field: 'channel', low: 1, high: 2 }, 'op:operator_not_allowed'],
    ['no operand', { op: 'gte', field: 'card.count_10m' }, 'value:required'],
    ['two operands', { ...good, than: { field: 'card.count_1h' } }, 'value:one_operand'],
    [
      'an unknown other field',
      { op: 'gt', field: 'amount', than: { field: 'x' } },
      'than.field:unknown_field',
    ],
    [
      'the same field twice',
      { op: 'gt', field: 'amount', than: { field: 'amount' } },
      'than.field:same_field',
    ],
    [
      'a field of another type',
      { op: 'eq', field: 'channel', than: { field: 'amount' } },
      'than.field:type_mismatch',
    ],
    [
      'a multiple of text',
      { op: 'eq', field: 'channel', than: { field: 'currency', times: 2 } },
      'than.times:operator_not_allowed',
    ],
    [
      'nought times',
      { op: 'gt', field: 'amount', than: { field: 'user.mean_30d', times: 0 } },
      'than.times:not_finite',
    ],
    ['a country in small letters', { op: 'eq', field: 'country', value: 'tr' }, 'value:bad_text'],
    ['empty text', { op: 'in', field: 'channel', values: [''] }, 'values.0:required'],
    ['a tree too deep', nested(conditionLimits.depth + 1), ':too_deep'],
    [
      'a tree too large',
      group(...Array.from({ length: 10 }, () => group(...Array(10).fill(good)))),
      ':too_large',
    ],
    ['too many in a group', group(...Array(conditionLimits.children + 1).fill(good)), 'conditions:too_large'],
  ])('refuses %s and says where', (_, raw, error) => {
    expect(errorsOf(raw)).toContain(error);
  });

  it('says every fault, not only the first', () => {
    const raw = group({ ...good, value: 'x' }, { op: 'in', field: 'nope', values: ['a'] });
    expect(errorsOf(raw)).toEqual(['conditions.0.value:type_mismatch', 'conditions.1.field:unknown_field']);
  });

  it('survives a tree of a million levels and a self-referring one', { timeout: 60_000 }, () => {
    let deep: unknown = good;
    for (let i = 0; i < 1_000_000; i++) deep = { op: 'not', condition: deep };
    expect(errorsOf(deep)).toEqual([':too_deep']);
    const loop: { op: string; condition?: unknown } = { op: 'not' };
    loop.condition = loop;
    expect(errorsOf(loop)).toEqual([':too_deep']);
  });

  it('never throws, whatever JSON comes', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(fc.anything(), fc.jsonValue(), (anything, json) => {
        parseCondition(anything);
        parseCondition({ op: 'all', conditions: [json, anything] });
        parseCondition({ op: 'eq', field: json, value: anything });
      }),
      { numRuns: 1000 },
    );
  });
});

it('conditionSchema reports code and path as zod issues', () => {
  const result = conditionSchema.safeParse(group(good, { ...good, value: 'x' }));
  expect(result.error?.issues.map((i) => [i.path.join('.'), i.message])).toEqual([
    ['conditions.1.value', 'type_mismatch'],
  ]);
});

it('fieldsOf names each field once, other operands too', () => {
  const parsed = parseCondition(
    group(good, { op: 'gt', field: 'amount', than: { field: 'user.mean_30d' } }, good),
  );
  expect(parsed.ok && fieldsOf(parsed.condition)).toEqual(['card.count_10m', 'amount', 'user.mean_30d']);
});

describe('actionsSchema', () => {
  const codesOf = (raw: unknown) => actionsSchema.safeParse(raw).error?.issues.map((i) => i.message) ?? [];

  it('takes a full set', () => {
    const raw = { decision: 'BLOCK', points: -0.25, tags: ['card-testing'], alert: { severity: 'warning' } };
    expect(actionsSchema.parse(raw)).toEqual(raw);
  });

  it.each([
    ['nothing to do', {}, 'no_action'],
    ['no points', { points: 0 }, 'no_action'],
    ['too many points', { points: 1.01 }, 'points_range'],
    ['NaN points', { points: Number.NaN }, 'not_finite'],
    ['an unknown decision', { decision: 'MAYBE' }, 'invalid'],
    ['an unknown severity', { alert: { severity: 'PURPLE' } }, 'invalid'],
    ['a tag with spaces', { tags: ['card testing'] }, 'bad_tag'],
    ['six tags', { tags: ['a', 'b', 'c', 'd', 'e', 'f'] }, 'too_many_tags'],
  ])('refuses %s', (_, raw, code) => {
    expect(codesOf(raw)).toContain(code);
  });
});
