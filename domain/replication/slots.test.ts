import { expect, test } from 'vitest';
import { secondsLeft } from './slots';

test.each([
  ['the mean of what was sampled', 9_000, [100, null, 200], 60],
  ['no limit', null, [100], null],
  ['past the limit', -5, [100], null],
  ['nothing sampled', 9_000, [null, null], null],
  ['nothing at all', 9_000, [], null],
  ['nothing written', 9_000, [0, 0], null],
])('a forecast from %s', (_, left, rates, seconds) => {
  expect(secondsLeft({ left }, rates)).toBe(seconds);
});
