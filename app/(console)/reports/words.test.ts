import { expect, it } from 'vitest';
import { periodWords } from './words';

it.each([
  ['2026-10-26', '2026-11-24', '26 Oct – 24 Nov 2026'],
  ['2025-12-30', '2026-01-02', '30 Dec 2025 – 2 Jan 2026'],
  ['2026-11-24', '2026-11-24', '24 Nov 2026'],
])('%s to %s reads %s', (from, to, words) => {
  expect(periodWords({ from, to })).toBe(words);
});
