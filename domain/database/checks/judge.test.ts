import { describe, expect, test } from 'vitest';
import type { CheckDefinition } from './definition';
import { definitions } from './definitions';
import { withoutValues } from './group';
import { judge, mostEvidence, type Reading } from './judge';

const above: CheckDefinition = {
  name: 'above',
  area: 'work',
  unit: 'percent',
  warning: 70,
  critical: 90,
  examines: 'samples',
  columns: ['name'],
};
const below: CheckDefinition = { ...above, unit: 'days', warning: 30, critical: 7, below: true };
const of = (value: number, more: object = {}): Reading => ({ value, examined: 3, ...more });

describe('judge', () => {
  test.each([
    [above, 69.9, 'ok'],
    [above, 70, 'warning'],
    [above, 90, 'critical'],
    [below, 30, 'ok'],
    [below, 29.9, 'warning'],
    [below, 7, 'warning'],
    [below, -3, 'critical'],
    [{ ...above, critical: null }, 1_000, 'warning'],
    [{ ...above, warning: null, critical: null }, 1_000, 'ok'],
  ] as const)('at a limit counts as past it: %#', (definition, value, status) => {
    expect(judge(definition, of(value)).status).toBe(status);
  });

  test('a fault that is grave by its kind is never milder than that', () => {
    expect(judge(above, of(0, { atLeast: 'warning' })).status).toBe('warning');
    expect(judge(above, of(95, { atLeast: 'warning' })).status).toBe('critical');
  });

  test.each(definitions)('$name is never ok without anything examined', (definition: CheckDefinition) => {
    const good = definition.below ? Number.MAX_SAFE_INTEGER : 0;
    expect(judge(definition, { value: good, examined: 0 })).toMatchObject({
      status: 'skipped',
      reason: 'none_there',
    });
    expect(judge(definition, { value: good, examined: 1 }).status).toBe('ok');
    expect(judge(definition, { skipped: 'timed_out' })).toMatchObject({ status: 'skipped', value: null });
    expect(judge(definition, { tooLittle: 'no_samples' })).toMatchObject({
      status: 'too_little',
      value: null,
    });
  });

  test('what is kept is bounded, and nothing that is well has statements to copy', () => {
    const evidence = Array.from({ length: 100 }, (_, i) => [`row ${i} ${'x'.repeat(1_000)}`]);
    const found = judge(above, of(80, { evidence, sql: Array.from({ length: 50 }, () => 'SELECT 1;') }));
    expect(found.evidence).toHaveLength(mostEvidence);
    expect(String(found.evidence[0]?.[0])).toHaveLength(300);
    expect(found.sql).toHaveLength(10);
    expect(judge(above, of(1, { sql: ['SELECT 1;'] })).sql).toEqual([]);
  });
});

describe('the definitions', () => {
  test('each becomes worse in one direction only, and shows something', () => {
    for (const one of definitions as readonly CheckDefinition[]) {
      if (one.warning !== null && one.critical !== null)
        expect(one.below ? one.critical <= one.warning : one.critical >= one.warning, one.name).toBe(true);
      expect(one.warning ?? one.critical, one.name).not.toBeNull();
      expect(one.columns.length, one.name).toBeGreaterThan(0);
    }
  });

  test('each has a name of its own', () => {
    const names = definitions.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    expect(names.length).toBeGreaterThanOrEqual(45);
  });
});

test.each([
  [`update users set name = 'O''Hara' where id = 42`, "update users set name = '…' where id = …"],
  ['select $tag$secret$tag$', 'select …'],
  [`alter role x password 'half`, "alter role x password '…'"],
  ['select /* vigil:sample */\n  1.5, x1 from t2', 'select …, x1 from t2'],
])('a statement is shown without its values: %s', (statement, shown) => {
  expect(withoutValues(statement)).toBe(shown);
});
