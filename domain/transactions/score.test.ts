import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RuleActions } from '@/domain/rules/actions';
import type { RuleHit } from '@/domain/rules/ruleset';
import { alertFor, fraudScoreOf, riskLevelOf, score, type Thresholds } from './score';

const thresholds: Thresholds = {
  reviewAt: 0.5,
  blockAt: 0.85,
  bands: { low: 0.2, medium: 0.4, high: 0.6, critical: 0.8 },
};
const hit = (actions: RuleActions, ruleId = 1): RuleHit => ({
  ruleId,
  versionId: ruleId,
  name: 'a rule',
  priority: 1,
  actions,
  seen: {},
  reasonCode: 'rule',
  values: {},
});

describe('score', () => {
  it('is the probability plus the points, clamped, to four decimals', () => {
    expect(fraudScoreOf(0.3, [0.2, 0.05])).toBe(0.55);
    expect(fraudScoreOf(0.9, [0.6])).toBe(1);
    expect(fraudScoreOf(0.1, [-0.5])).toBe(0);
    expect(fraudScoreOf(0.123_449, [])).toBe(0.1234);
  });

  it('comes back from a single-precision column unchanged', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), (probability) => {
        const stored = Number(String(Math.fround(probability)));
        expect(fraudScoreOf(stored, [])).toBe(fraudScoreOf(probability, []));
      }),
    );
  });

  it.each([
    [0, 'MINIMAL'],
    [0.1999, 'MINIMAL'],
    [0.2, 'LOW'],
    [0.4, 'MEDIUM'],
    [0.6, 'HIGH'],
    [0.7999, 'HIGH'],
    [0.8, 'CRITICAL'],
    [1, 'CRITICAL'],
  ])('of %d is %s', (value, level) => {
    expect(riskLevelOf(value, thresholds.bands)).toBe(level);
  });

  it('decides by the most severe of thresholds and rules', () => {
    expect(score(0.49, [], thresholds).decision).toBe('ALLOW');
    expect(score(0.5, [], thresholds).decision).toBe('REVIEW');
    expect(score(0.85, [], thresholds).decision).toBe('BLOCK');
    expect(score(0.1, [hit({ decision: 'REVIEW' }), hit({ decision: 'BLOCK' })], thresholds).decision).toBe(
      'BLOCK',
    );
    expect(score(0.9, [hit({ decision: 'REVIEW' })], thresholds).decision).toBe('BLOCK');
    expect(score(0.4, [hit({ points: 0.2 })], thresholds)).toMatchObject({
      decision: 'REVIEW',
      riskLevel: 'HIGH',
    });
  });

  it('lets an explicit allow rule win over everything', () => {
    const hits = [hit({ decision: 'BLOCK' }), hit({ decision: 'ALLOW' })];
    expect(score(0.99, hits, thresholds)).toMatchObject({
      decision: 'ALLOW',
      fraudScore: 0.99,
      riskLevel: 'CRITICAL',
    });
  });

  it('reaches a threshold that the weights add up to in decimals', () => {
    const pattern = {
      name: 'two of two',
      rules: [
        { ruleId: 1, weight: 0.7 },
        { ruleId: 2, weight: 0.1 },
      ],
      reviewThreshold: 0.8,
      blockThreshold: 9,
    };
    expect(score(0, [hit({}, 1), hit({}, 2)], thresholds, [pattern])).toMatchObject({
      decision: 'REVIEW',
      patterns: ['two of two'],
    });
  });

  it('adds the weights of a pattern over its rules that fired', () => {
    const pattern = {
      name: 'card testing ring',
      rules: [
        { ruleId: 1, weight: 0.5 },
        { ruleId: 2, weight: 0.4 },
      ],
      reviewThreshold: 0.5,
      blockThreshold: 0.9,
    };
    const one = score(0, [hit({ tags: ['x'] }, 1)], thresholds, [pattern]);
    expect(one).toMatchObject({ decision: 'REVIEW', patterns: ['card testing ring'] });
    expect(score(0, [hit({ tags: ['x'] }, 2)], thresholds, [pattern])).toMatchObject({
      decision: 'ALLOW',
      patterns: [],
    });
    expect(score(0, [hit({}, 1), hit({}, 2)], thresholds, [pattern]).decision).toBe('BLOCK');
  });
});

describe('alert', () => {
  const sla = { critical: 15, warning: 60, info: 240 };
  const of = (probability: number, hits: RuleHit[] = [], amount = 100) =>
    alertFor(score(probability, hits, thresholds), hits, amount, sla);

  it('is opened for review and block, and for an allowed payment only when a rule asks', () => {
    expect(of(0.1)).toBeNull();
    expect(of(0.1, [hit({ alert: { severity: 'warning' } })])?.severity).toBe('warning');
    expect(of(0.55)?.severity).toBe('info');
    expect(of(0.65)?.severity).toBe('warning');
    expect(of(0.9)?.severity).toBe('critical');
    expect(of(0.1, [hit({ decision: 'BLOCK' })])?.severity).toBe('warning');
    expect(of(0.55, [hit({ alert: { severity: 'critical' } })])).toMatchObject({
      severity: 'critical',
      slaSeconds: 900,
    });
  });

  it('is brought forward by score and money, never behind its deadline or before now', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.5, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1e9, noNaN: true }),
        (p, amount) => {
          const alert = of(p, [], amount)!;
          expect(alert.queueSeconds).toBeGreaterThanOrEqual(0);
          expect(alert.queueSeconds).toBeLessThanOrEqual(alert.slaSeconds);
        },
      ),
    );
    expect(of(0.9, [], 5000)!.queueSeconds).toBeLessThan(of(0.9, [], 50)!.queueSeconds);
  });
});
