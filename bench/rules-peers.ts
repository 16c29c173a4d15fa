import { ZenEngine } from '@gorules/zen-engine';
import { LogicEngine } from 'json-logic-engine';
import { Engine } from 'json-rules-engine';
import type { Comparison, Condition, LeafCondition } from '@/domain/rules/conditions';
import { getField, type RuleRow } from '@/domain/rules/fields';

/** Runs all rules over an object of columns and says which are true, in order. */
export type Peer = {
  name: string;
  concurrency: number;
  run: (object: RuleRow) => boolean[] | Promise<boolean[]>;
};

const column = (name: string) => getField(name).column;
const isGroup = (c: Condition): c is Extract<Condition, { op: 'all' | 'any' }> =>
  c.op === 'all' || c.op === 'any';

type Logic = boolean | number | string | Logic[] | { [operator: string]: Logic };
const logicSigns: Record<Comparison, string> = {
  eq: '===',
  ne: '!==',
  lt: '<',
  lte: '<=',
  gt: '>',
  gte: '>=',
};

function leafToLogic(c: LeafCondition): Logic {
  const read = { var: column(c.field) };
  switch (c.op) {
    case 'in':
      return { in: [read, c.values] };
    case 'notIn':
      return { '!': { in: [read, c.values] } };
    case 'between':
      return { '<=': [c.low, read, c.high] };
    case 'missing':
    case 'present':
      throw new Error('no missing values in this measurement');
    default:
      return { [logicSigns[c.op]]: [read, c.than ? { var: column(c.than.field) } : c.value!] };
  }
}

function toLogic(c: Condition): Logic {
  if (isGroup(c)) return { [c.op === 'all' ? 'and' : 'or']: c.conditions.map(toLogic) };
  return c.op === 'not' ? { '!': toLogic(c.condition) } : leafToLogic(c);
}

export function jsonLogic(rules: readonly Condition[]): Peer[] {
  const engine = new LogicEngine();
  const logic = rules.map(toLogic);
  const built = logic.map((rule) => engine.build(rule));
  return [
    {
      name: 'json-logic-engine, built (generates code, new Function)',
      concurrency: 1,
      run: (object) => built.map((test) => Boolean((test as (o: RuleRow) => unknown)(object))),
    },
    {
      name: 'json-logic-engine, interpreted',
      concurrency: 1,
      run: (object) => logic.map((rule) => Boolean(engine.run(rule, object))),
    },
  ];
}

const ruleOperators: Record<Comparison, string> = {
  eq: 'equal',
  ne: 'notEqual',
  lt: 'lessThan',
  lte: 'lessThanInclusive',
  gt: 'greaterThan',
  gte: 'greaterThanInclusive',
};

function toRule(c: Condition): Record<string, unknown> {
  if (isGroup(c)) return { [c.op]: c.conditions.map(toRule) };
  if (c.op === 'not') return { not: toRule(c.condition) };
  const fact = column(c.field);
  const test = (operator: string, value: unknown) => ({ fact, operator, value });
  if (c.op === 'in' || c.op === 'notIn') return test(c.op, c.values);
  if (c.op === 'between')
    return { all: [test('greaterThanInclusive', c.low), test('lessThanInclusive', c.high)] };
  if (c.op === 'missing' || c.op === 'present') throw new Error('no missing values in this measurement');
  return test(ruleOperators[c.op], c.than ? { fact: column(c.than.field) } : c.value);
}

export function jsonRules(rules: readonly Condition[]): Peer {
  const engine = new Engine();
  for (const [i, rule] of rules.entries()) {
    const conditions = toRule(isGroup(rule) || rule.op === 'not' ? rule : { op: 'all', conditions: [rule] });
    engine.addRule({ conditions: conditions as never, event: { type: String(i) } });
  }
  return {
    name: 'json-rules-engine',
    concurrency: 1,
    run: async (object) => {
      const { events } = await engine.run(object as Record<string, unknown>);
      const fired = new Set(events.map((event) => event.type));
      return rules.map((_, i) => fired.has(String(i)));
    },
  };
}

const zenSigns: Record<Comparison, string> = { eq: '==', ne: '!=', lt: '<', lte: '<=', gt: '>', gte: '>=' };

function toZen(c: Condition): string {
  if (isGroup(c)) return `(${c.conditions.map(toZen).join(c.op === 'all' ? ' and ' : ' or ')})`;
  if (c.op === 'not') return `not (${toZen(c.condition)})`;
  const name = column(c.field);
  if (c.op === 'in' || c.op === 'notIn')
    return `(${name} ${c.op === 'in' ? 'in' : 'not in'} ${JSON.stringify(c.values)})`;
  if (c.op === 'between') return `(${name} >= ${c.low} and ${name} <= ${c.high})`;
  if (c.op === 'missing' || c.op === 'present') throw new Error('no missing values in this measurement');
  return `(${name} ${zenSigns[c.op]} ${c.than ? column(c.than.field) : JSON.stringify(c.value)})`;
}

export function zen(rules: readonly Condition[]): Peer[] {
  const decision = new ZenEngine().createDecision({
    nodes: [
      { id: 'in', name: 'in', type: 'inputNode', position: { x: 0, y: 0 } },
      {
        id: 'rules',
        name: 'rules',
        type: 'expressionNode',
        position: { x: 0, y: 0 },
        content: {
          expressions: rules.map((rule, i) => ({ id: `r${i}`, key: `r${i}`, value: toZen(rule) })),
        },
      },
      { id: 'out', name: 'out', type: 'outputNode', position: { x: 0, y: 0 } },
    ],
    edges: [
      { id: 'a', sourceId: 'in', targetId: 'rules', type: 'edge' },
      { id: 'b', sourceId: 'rules', targetId: 'out', type: 'edge' },
    ],
  });
  const run = async (object: RuleRow) => {
    const { result } = await decision.evaluate(object);
    return rules.map((_, i) => result[`r${i}`] === true);
  };
  return [
    { name: 'zen-engine decision, one at a time', concurrency: 1, run },
    { name: 'zen-engine decision, 50 at once', concurrency: 50, run },
  ];
}
