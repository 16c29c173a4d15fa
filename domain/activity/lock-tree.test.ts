import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LockWait, lockTree } from './lock-tree';

const wait = (pid: number, blockers: number[], more: Partial<LockWait> = {}): LockWait => ({
  pid,
  blockers,
  lockType: 'relation',
  mode: 'AccessExclusiveLock',
  relation: 'users',
  object: `object of ${pid}`,
  holds: false,
  seconds: 1000 - pid,
  ...more,
});

/** `pid` indented by depth, `*` where it stands again, and how many it blocks. */
const drawn = (waits: LockWait[], limit = 300): string[] =>
  lockTree(waits, limit).rows.map((row) =>
    row.kind === 'more'
      ? `${'  '.repeat(row.depth)}+${row.count}`
      : `${'  '.repeat(row.depth)}${row.pid}${row.again ? '*' : ''} ${row.blocks}`,
  );

test('nobody waits', () => {
  expect(lockTree([], 300)).toEqual({ rows: [], more: 0, waiting: 0, roots: [] });
});

test('a chain, and beside it a root that blocks fewer', () => {
  const waits = [wait(2, [1]), wait(3, [2]), wait(4, [3]), wait(12, [11])];
  expect(drawn(waits)).toEqual(['1 3', '  2 2', '    3 1', '      4 0', '11 1', '  12 0']);
  expect(lockTree(waits, 300).roots).toEqual([1, 11]);
});

test('one that waits for two roots stands under both, with what it blocks under the first', () => {
  expect(drawn([wait(3, [1, 2]), wait(4, [3]), wait(5, [2])])).toEqual([
    '2 3',
    '  3 1',
    '    4 0',
    '  5 0',
    '1 2',
    '  3* 1',
  ]);
});

test('a queue for one holder is flat: who stands ahead there is no parent', () => {
  const queue = (pid: number, ahead: number[]) => wait(pid, [1, ...ahead], { object: 'users' });
  expect(drawn([queue(2, []), queue(3, [2]), queue(4, [2, 3])])).toEqual(['1 3', '  2 0', '  3 0', '  4 0']);
});

test('readers behind a change of the table stand under it, not under the reader that it waits for', () => {
  const change = wait(2, [1], { object: 'users' });
  const reader = (pid: number) => wait(pid, [2], { object: 'users', mode: 'AccessShareLock' });
  expect(drawn([change, reader(3), reader(4)])).toEqual(['1 3', '  2 2', '    3 0', '    4 0']);
});

test('one ahead that holds something there already, or waits for somebody else as well, stays a parent', () => {
  const upgrade = wait(2, [1], { object: 'users', holds: true });
  expect(drawn([upgrade, wait(3, [1, 2], { object: 'users' })])).toEqual([
    '1 2',
    '  2 1',
    '    3 0',
    '  3* 0',
  ]);
  const elsewhere = wait(2, [1, 9], { object: 'users' });
  expect(drawn([elsewhere, wait(3, [1, 2], { object: 'users' })])).toEqual([
    '1 2',
    '  2 1',
    '    3 0',
    '  3* 0',
    '9 2',
    '  2* 1',
  ]);
});

test('a prepared transaction, which has no session, and a pid that is named twice', () => {
  expect(drawn([wait(2, [0, 0, 0])])).toEqual(['0 1', '  2 0']);
});

test('a circle begins with whoever has waited longest and ends', () => {
  const tree = lockTree([wait(2, [3]), wait(3, [2]), wait(4, [3])], 300);
  expect(tree.roots).toEqual([]);
  expect(
    tree.rows.map((row) => row.kind === 'session' && [row.pid, row.depth, row.circle, row.again]),
  ).toEqual([
    [2, 0, true, false],
    [3, 1, true, false],
    [2, 2, true, true],
    [4, 2, false, false],
  ]);
});

describe('hundreds of waiters', () => {
  test('the longest waiting are shown and the rest counted', () => {
    const queue = Array.from({ length: 500 }, (_, i) =>
      wait(i + 2, [1, ...Array.from({ length: i }, (_, ahead) => ahead + 2)], { object: 'users' }),
    );
    const tree = lockTree(queue, 300);
    expect(tree.rows).toHaveLength(27);
    expect(tree.rows[0]).toMatchObject({ pid: 1, blocks: 500 });
    expect(tree.rows[1]).toMatchObject({ pid: 2, depth: 1 });
    expect(tree.rows.at(-1)).toEqual({ kind: 'more', parent: 1, depth: 1, count: 475 });
  });

  test('a chain of them is cut at the limit, and says so', () => {
    const chain = Array.from({ length: 500 }, (_, i) => wait(i + 2, [i + 1]));
    const tree = lockTree(chain, 300);
    expect(tree.rows).toHaveLength(300);
    expect(tree).toMatchObject({ more: 201, waiting: 500, roots: [1] });
  });
});

test('on any graph: each waiter is under everyone it waits for, counts are right, nothing is lost', () => {
  const edge = fc.tuple(
    fc.integer({ min: 1, max: 12 }),
    fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
  );
  fc.assert(
    fc.property(fc.uniqueArray(edge, { selector: ([pid]) => pid, maxLength: 10 }), (edges) => {
      const waits = edges
        .map(([pid, blockers]) =>
          wait(
            pid,
            blockers.filter((one) => one !== pid),
          ),
        )
        .filter(({ blockers }) => blockers.length > 0);
      const tree = lockTree(waits, 1000);
      const rows = tree.rows.filter((row) => row.kind === 'session');
      const everyone = new Set(waits.flatMap(({ pid, blockers }) => [pid, ...blockers]));
      expect(new Set(rows.map((row) => row.pid))).toEqual(everyone);
      // As it is said: who cannot go on before this one lets go.
      const waitsOn = (pid: number, target: number, seen = new Set<number>()): boolean =>
        (waits.find((one) => one.pid === pid)?.blockers ?? []).some((blocker) => {
          if (blocker === target) return true;
          if (seen.has(blocker)) return false;
          seen.add(blocker);
          return waitsOn(blocker, target, seen);
        });
      for (const row of rows)
        expect(row.blocks).toBe([...everyone].filter((pid) => waitsOn(pid, row.pid)).length);
      for (const { pid, blockers } of waits)
        expect(new Set(rows.find((row) => row.pid === pid)?.waitsFor)).toEqual(new Set(blockers));
    }),
  );
});
