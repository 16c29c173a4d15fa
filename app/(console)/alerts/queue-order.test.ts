import { expect, test } from 'vitest';
import type { AlertList } from '@/domain/alerts/queries';
import type { AlertRow } from '@/domain/alerts/rows';
import { neighbour, queueGroups } from './queue-order';

const row = (id: number, merchantId = `shop-${id}`) => ({ id, merchantId, merchantName: null }) as AlertRow;
const rows = Array.from({ length: 12 }, (_, i) => row(i + 1, i < 7 ? 'hit' : undefined));
const list: AlertList = {
  rows,
  next: null,
  baseCurrency: 'EUR',
  counts: { mine: 0, open: 12, escalated: 0, matching: 12 },
  attacks: [{ merchantId: 'hit', merchantName: 'Hit', count: 7, rows: rows.slice(0, 7) }],
};
const ids = (group: { rows: AlertRow[] } | undefined) => group?.rows.map(({ id }) => id);

test('an attack shows five rows until it is opened, and its alerts are not in the rest again', () => {
  const [attack, rest] = queueGroups(list, new Set(), new Set());
  expect(attack).toMatchObject({ merchant: 'Hit', count: 7, hidden: 2 });
  expect(ids(attack)).toEqual([1, 2, 3, 4, 5]);
  expect(rest).toMatchObject({ merchant: null, count: 5 });
  expect(ids(rest)).toEqual([8, 9, 10, 11, 12]);
  expect(ids(queueGroups(list, new Set(['hit']), new Set())[0])).toEqual([1, 2, 3, 4, 5, 6, 7]);
});

test('what was decided here has left at once, from its group and from the count', () => {
  const [attack, rest] = queueGroups(list, new Set(), new Set([2, 9]));
  expect(ids(attack)).toEqual([1, 3, 4, 5, 6]);
  expect(attack).toMatchObject({ count: 6, hidden: 1 });
  expect(ids(rest)).toEqual([8, 10, 11, 12]);
});

test('the next one is the one after, at the end the one before', () => {
  expect(neighbour(rows, 3)).toBe(4);
  expect(neighbour(rows, 12)).toBe(11);
  expect(neighbour(rows, 99)).toBe(1);
  expect(neighbour([row(5)], 5)).toBeNull();
});
