import { expect, test } from 'vitest';
import { planTree, tablesOf } from './plan-tree';

const scan = (relation: string, cost: number, type = 'Seq Scan') => ({
  'Node Type': type,
  'Relation Name': relation,
  'Plan Rows': 10,
  'Startup Cost': 0,
  'Total Cost': cost,
  Filter: '(n = $1)',
});
const above = (type: string, cost: number, Plans: object[]) => ({
  'Node Type': type,
  'Plan Rows': 1,
  'Startup Cost': 1,
  'Total Cost': cost,
  Plans,
});

test('each node has its own part of the whole cost', () => {
  const tree = planTree(
    above('Aggregate', 100, [above('Append', 95, [scan('a', 80), scan('b', 5)])]),
    new Map(),
  );
  expect(tree.share).toBeCloseTo(0.05);
  expect(tree.children[0]!.share).toBeCloseTo(0.1);
  expect(tree.children[0]!.children.map((node) => node.share)).toEqual([0.8, 0.05]);
  expect(tree.children[0]!.children[0]!.details).toEqual([{ key: 'Filter', text: '(n = $1)' }]);
});

test('of many partitions the dearest are shown, in their order, and the rest counted', () => {
  const parts = Array.from({ length: 20 }, (_, i) => scan(`part_${i}`, i === 3 ? 500 : i));
  const tree = planTree(above('Append', 1_000, parts), new Map());
  expect(tree.children.map((node) => node.relation)).toEqual([
    'part_3',
    'part_15',
    'part_16',
    'part_17',
    'part_18',
    'part_19',
  ]);
  expect(tree.hidden).toBe(14);
  const few = planTree(above('Append', 1_000, parts.slice(0, 7)), new Map());
  expect([few.children.length, few.hidden]).toEqual([7, 0]);
});

test('reading a whole table is worth a word once the table is large, by rows or by bytes', () => {
  const sizes = new Map([
    ['small', { rows: 99_999, bytes: 1 }],
    ['long', { rows: 100_000, bytes: 1 }],
    ['wide', { rows: 1, bytes: 64_000_000 }],
  ]);
  const tree = planTree(
    above('Append', 10, [scan('small', 1), scan('long', 1), scan('wide', 1), scan('unknown', 1)]),
    sizes,
  );
  expect(tree.children.map((node) => node.warning?.table ?? null)).toEqual([null, 'long', 'wide', null]);
  expect(planTree(scan('long', 1, 'Index Scan'), sizes).warning).toBeNull();
  expect(tablesOf(above('Append', 10, [scan('a', 1), scan('b', 1), scan('a', 1)]))).toEqual(['a', 'b']);
});
