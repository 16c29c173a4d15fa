import { expect, test } from 'vitest';
import { binLabels } from './bin-labels';

const words = {
  value: (value: number) => `${value}`,
  below: (value: string) => `below ${value}`,
  from: (value: string) => `${value} and more`,
  any: 'any',
  missing: 'none',
};
const flags = { ...words, value: (value: number) => (value ? 'yes' : 'no') };

test.each([
  ['number', [2.5, 10], ['below 2.5', '2.5–10', '10 and more', 'none']],
  ['whole', [0.5, 1.5, 4.5], ['0', '1', '2–4', '5 and more', 'none']],
  ['whole', [4.5], ['0–4', '5 and more', 'none']],
  // Thinned out counts may be cut elsewhere.
  ['whole', [1, 4.5], ['below 1', '1–4.5', '4.5 and more', 'none']],
  ['number', [], ['any', 'none']],
] as const)('bins of a %s cut at %j', (kind, cuts, labels) =>
  expect(binLabels(cuts, kind, words)).toEqual(labels),
);

test('a flag is no or yes', () => expect(binLabels([0.5], 'boolean', flags)).toEqual(['no', 'yes', 'none']));
