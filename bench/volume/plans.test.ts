import { describe, expect, it } from 'vitest';
import { boundsOn, conjuncts, judgePlan, type Leaf, type PlanNode } from './plans';

const month = (number: number) => Date.UTC(2026, number - 1);
const leaf = (number: number, pages = 1000): [string, Leaf] => [
  `transactions_m${number}`,
  { table: 'transactions', key: 'transaction_timestamp', from: month(number), to: month(number + 1), pages },
];
const leaves = new Map([leaf(1), leaf(2), leaf(3)]);

/** `'2026-02-10'` as the server would read it; parameters have no value outside of their statement. */
const moment = async (expression: string) => {
  const at = /'([^']+)'/.exec(expression)?.[1];
  return at ? Date.parse(at) : null;
};

const scan = (number: number, more: Partial<PlanNode>): PlanNode => ({
  'Node Type': 'Index Scan',
  'Relation Name': `transactions_m${number}`,
  'Actual Loops': 1,
  'Actual Rows': 5,
  ...more,
});
const append = (...children: PlanNode[]) => ({ Plan: { 'Node Type': 'Append', Plans: children } });
const judge = (plan: { Plan: PlanNode }, notBefore?: number) => judgePlan(plan, leaves, moment, notBefore);

describe('conditions of a plan', () => {
  it('are taken apart where all must hold, and left whole where one of several may', () => {
    expect(conjuncts(`((a > 1) AND (b = 'x AND (y'::text) AND ((c)::text = 'd'::text))`)).toEqual([
      'a > 1',
      `b = 'x AND (y'::text`,
      `(c)::text = 'd'::text`,
    ]);
    expect(conjuncts('((a > 1) OR (b = 2))')).toEqual(['(a > 1) OR (b = 2)']);
    expect(conjuncts('((a > 1) AND ((b = 2) OR (c = 3)))')).toEqual(['a > 1', '(b = 2) OR (c = 3)']);
  });

  it('say what they bound a column by, alone or as the first of a row', () => {
    expect(boundsOn('at', `((at > (now() - '25:00:00'::interval)) AND (x.at <= now()))`)).toEqual([
      { operator: '>', expression: `(now() - '25:00:00'::interval)` },
      { operator: '<=', expression: 'now()' },
    ]);
    expect(boundsOn('at', `(ROW(at, id) < ROW('2026-02-10'::timestamptz, 'a,b'::text))`)).toEqual([
      { operator: '<=', expression: `'2026-02-10'::timestamptz` },
    ]);
    expect(boundsOn('at', `((at > '2026-01-01') OR (id = 'x'))`)).toEqual([]);
    expect(boundsOn('at', `(labelled_at > '2026-01-01')`)).toEqual([]);
  });
});

describe('a plan', () => {
  it('is fine when it opens what its condition wants', async () => {
    const condition = `(transaction_timestamp > '2026-02-10'::timestamptz)`;
    const plan = append(
      scan(1, { 'Index Cond': condition, 'Actual Loops': 0 }),
      scan(2, { 'Index Cond': condition }),
      scan(3, { Filter: condition, 'Node Type': 'Seq Scan' }),
    );
    expect(await judge(plan)).toEqual({
      faults: [],
      opened: [
        { leaf: 'transactions_m2', from: month(2), to: month(3), scan: 'Index Scan' },
        { leaf: 'transactions_m3', from: month(3), to: month(4), scan: 'Seq Scan' },
      ],
    });
  });

  it('has a fault when it opens a month that its own condition leaves out', async () => {
    const after = await judge(append(scan(1, { 'Index Cond': `(transaction_timestamp > '2026-02-10')` })));
    expect(after.faults).toEqual(['opens transactions_m1, which its condition leaves out']);
    const before = await judge(
      append(scan(3, { Filter: `(ROW(transaction_timestamp, id) < ROW('2026-02-10', 'a'))` })),
    );
    expect(before.faults).toEqual(['opens transactions_m3, which its condition leaves out']);
    const unknown = await judge(append(scan(1, { 'Index Cond': '(transaction_timestamp > $1)' })));
    expect(unknown.faults).toEqual([]);
  });

  it('has a fault when it opens what is older than the page needs', async () => {
    const plan = append(scan(1, {}), scan(3, {}));
    expect((await judge(plan, month(3))).faults).toEqual([
      'opens transactions_m1, which is older than it needs',
    ]);
  });

  it('has a fault when it reads a large month whole for few rows, not a small one and not for most of it', async () => {
    const whole = (removed: number, rows: number) =>
      append(scan(2, { 'Node Type': 'Seq Scan', 'Rows Removed by Filter': removed, 'Actual Rows': rows }));
    expect((await judge(whole(90_000, 3))).faults).toEqual([
      'reads all of transactions_m2 (1000 pages) for 3 rows',
    ]);
    expect((await judge(whole(3, 90_000))).faults).toEqual([]);
    const small = new Map([leaf(2, 10)]);
    expect((await judgePlan(whole(900, 3), small, moment)).faults).toEqual([]);
  });
});
