import { expect, test } from 'vitest';
import { metricRanges } from './input';
import { metricSteps } from './steps';

test.each(metricRanges)('steps of %s are even, bounded, and the last one holds now', (range) => {
  const now = new Date('2026-11-22T17:43:21.123Z');
  const { starts, stepSeconds } = metricSteps(range, now);
  expect(starts.length).toBeLessThanOrEqual(96);
  expect(starts.at(-1)!.getTime()).toBeLessThanOrEqual(now.getTime());
  expect(starts.at(-1)!.getTime() + stepSeconds * 1000).toBeGreaterThan(now.getTime());
  for (const [i, start] of starts.slice(1).entries())
    expect(start.getTime() - starts[i]!.getTime()).toBe(stepSeconds * 1000);
});
