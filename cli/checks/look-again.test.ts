import { expect, test } from 'vitest';
import { lookAgain } from './look-again';
import type { Count } from './run';

const failing = (n: number, places = n): Count => ({
  passed: 10,
  failed: n,
  failures: Array.from({ length: n }, (_, i) => `test ${i}`),
  places: Array.from({ length: places }, () => 'a.test.ts'),
});
const good: Count = { passed: 4, failed: 0, failures: [], places: [] };

const look = async (first: Count, second: Count) => {
  const asked: string[][] = [];
  const result = await lookAgain(first, async (places) => {
    asked.push(places);
    return second;
  });
  return { ...result, asked };
};

test('what passes alone is unsteady, and named', async () => {
  expect(await look(failing(2), good)).toEqual({
    count: { passed: 12, failed: 0, failures: [], places: [] },
    unsteady: ['test 0', 'test 1'],
    asked: [['a.test.ts']],
  });
});

test.each([
  ['what fails again', failing(2), failing(1), 1],
  ['what was not found again', failing(1), { ...good, passed: 0 }, 1],
  ['more than a few', failing(6), good, 0],
  ['what is no test', failing(2, 1), good, 0],
])('%s has failed', async (_, first, second, runs) => {
  const { count, unsteady, asked } = await look(first, second);
  expect(count).toEqual(first);
  expect(unsteady).toEqual([]);
  expect(asked.length).toBe(runs);
});

test('a good run is not looked at again', async () => {
  expect(await look(good, failing(1))).toMatchObject({ count: good, unsteady: [], asked: [] });
});
