import { describe, expect, test } from 'vitest';
import { checks, judge, type Metric, measure } from './checks';
import { ranges } from './input';
import { timeSteps } from './time-range';

const named = (name: string) => checks.find((check) => check.name === name)!;

describe('judge', () => {
  test('at a limit counts as past it, both ways round', () => {
    const connections = named('connections');
    expect(judge(connections, { value: 69.9 }).status).toBe('ok');
    expect(judge(connections, { value: 70 }).status).toBe('warning');
    expect(judge(connections, { value: 90 }).status).toBe('critical');
    const runway = named('partitionRunway');
    expect(judge(runway, { value: 30 }).status).toBe('ok');
    expect(judge(runway, { value: 29.9 }).status).toBe('warning');
    expect(judge(runway, { value: -3 }).status).toBe('critical');
  });

  test.each(checks)('$name is never ok without a value', (check) => {
    expect(judge(check, { skipped: 'no_samples' })).toMatchObject({
      status: 'skipped',
      value: null,
      skipped: 'no_samples',
    });
  });

  test.each(checks)('$name becomes worse in one direction only', ({ warning, critical, ...check }) => {
    expect('below' in check ? critical < warning : critical > warning).toBe(true);
  });
});

describe('measure', () => {
  const metric = (name: string, value: number | null, limit: number | null = null): Metric => ({
    metric: name,
    value,
    unit: 'count',
    limit,
  });

  test('nothing measured gives nothing, never zero', () => {
    const measured = measure([], null);
    expect(Object.keys(measured).sort()).toEqual(checks.map((check) => check.name).sort());
    expect(Object.values(measured).every((one) => 'skipped' in one)).toBe(true);
  });

  test('connections are held against what the server allows', () => {
    expect(measure([metric('connections', 30, 150)], null).connections).toEqual({ value: 20 });
  });

  test('the cache is judged by the last hour, and not by a handful of blocks', () => {
    const growth = (hit: number, read: number) => ({
      seconds: 3600,
      grown: { blocks_hit: hit, blocks_read: read },
    });
    expect(measure([], growth(90_000, 10_000)).cacheHitRatio).toEqual({ value: 90 });
    expect(measure([], growth(90, 10)).cacheHitRatio).toEqual({ skipped: 'too_little' });
    expect(measure([], growth(0, 0)).cacheHitRatio).toEqual({ skipped: 'too_little' });
  });
});

describe('timeSteps', () => {
  const now = new Date('2026-11-22T17:43:21.123Z');

  test.each(ranges)('%s: bounded, even, the last step holds now', (range) => {
    for (const kind of ['line', 'bars'] as const) {
      const steps = timeSteps(range, kind, now);
      expect(steps.starts.length).toBeLessThanOrEqual(96);
      expect(steps.last.getTime()).toBeLessThanOrEqual(now.getTime());
      expect(steps.last.getTime() + steps.stepSeconds * 1000).toBeGreaterThan(now.getTime());
      const gaps = steps.starts
        .slice(1)
        .map((start, index) => start.getTime() - steps.starts[index]!.getTime());
      expect(new Set(gaps)).toEqual(new Set([steps.stepSeconds * 1000]));
    }
  });
});
