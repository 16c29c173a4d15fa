import { expect, test } from 'vitest';
import { usualHours } from './usual-hours';

test.each([
  [[9, 12, 15, 20, 22], 9, 22, [9, 15, 22], [8, 23, 3]],
  [[22, 23, 0, 1, 2], 22, 2, [22, 0, 2], [3, 12, 21]],
  [[7, 7, 7, 7, 7], 7, 7, [7], [6, 8]],
])('%j is from %i to %i', (hours, from, to, inside, outside) => {
  const usual = usualHours(hours);
  expect(usual).toMatchObject({ from, to });
  for (const hour of inside) expect(usual?.includes(hour)).toBe(true);
  for (const hour of outside) expect(usual?.includes(hour)).toBe(false);
});

test('few payments and payments round the clock are no habit', () => {
  expect(usualHours([1, 2, 3, 4])).toBeNull();
  expect(usualHours([0, 3, 6, 9, 12, 15, 18, 21])).toBeNull();
});
