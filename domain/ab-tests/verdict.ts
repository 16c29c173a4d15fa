import { type Estimate, share } from '@/domain/models/quality';
import { z } from '@/domain/reports/proportion';
import type { Measure } from './input';

/** What measure_ab_test() knows of an arm (252_ab_tests.sql); values and variances are null of nothing. */
export type ArmSums = {
  payments: number;
  customers: number;
  judged: number;
  judgedCustomers: number;
  frauds: number;
  stopped: number;
  caught: number;
  fraudAmount: number;
  caughtAmount: number;
} & Record<Measure, { value: number | null; variance: number | null }>;

/** Challenger less champion. The interval and `p` hold however often and whenever somebody looks. */
export type Difference = { value: number; low: number; high: number; p: number };

/** `too-early`: an arm has not what it needs yet. */
export type Verdict = 'too-early' | 'challenger' | 'champion' | 'no-difference';

/** So many frauds, or stopped payments, an arm needs: fewer say nothing that the normal distribution knows. */
export const fewestEvents = 20;

/**
 * About how far apart two models are when one is worth having (ten points). It decides at which number of payments the
 * interval is narrowest, and not whether it holds.
 */
const usualDifference = 0.1;
const alpha = 0.05;

/** What a measure is a share of. */
const eventsOf = (arm: ArmSums, measure: Measure): number =>
  measure === 'precision' ? arm.stopped : arm.frauds;

/** Value and variance; where all or none of the events count, the variance of a share with two of each added. */
function spreadOf(arm: ArmSums, measure: Measure): { value: number; variance: number } | null {
  const { value, variance } = arm[measure];
  if (value === null || variance === null) return null;
  if (variance > 0) return { value, variance };
  const events = eventsOf(arm, measure) + 4;
  const middle = (value * (events - 4) + 2) / events;
  return { value, variance: (middle * (1 - middle)) / events };
}

/** One arm's figure with its 95 % interval, on the logit scale, so that it stays within 0 and 1; null of nothing. */
export function estimateOf(arm: ArmSums, measure: Measure): Estimate | null {
  const { value, variance } = arm[measure];
  if (value === null || variance === null) return null;
  const events = eventsOf(arm, measure);
  if (value <= 0 || value >= 1) return share(value * events, events);
  const logit = Math.log(value / (1 - value));
  const half = (z * Math.sqrt(variance)) / (value * (1 - value));
  const back = (x: number) => 1 / (1 + Math.exp(-x));
  return { value, low: back(logit - half), high: back(logit + half) };
}

/**
 * The difference of two arms with a 95 % confidence sequence and its p-value: a normal mixture over the true difference
 * (Robbins 1970; Johari, Pekelis and Walsh 2015), asymptotic (Waudby-Smith et al. 2021). A z-test that
 * is looked at every day decides more than one of five tests of equal models within two months.
 */
export function differenceOf(champion: ArmSums, challenger: ArmSums, measure: Measure): Difference | null {
  const [a, b] = [spreadOf(champion, measure), spreadOf(challenger, measure)];
  if (!a || !b) return null;
  const value = b.value - a.value;
  const variance = a.variance + b.variance;
  const mixed = variance + usualDifference ** 2;
  const evidence =
    0.5 * Math.log(variance / mixed) + (usualDifference ** 2 * value * value) / (2 * variance * mixed);
  const half = Math.sqrt(
    ((variance * mixed) / usualDifference ** 2) * (Math.log(mixed / variance) - 2 * Math.log(alpha)),
  );
  return {
    value,
    low: Math.max(-1, value - half),
    high: Math.min(1, value + half),
    p: Math.min(1, Math.exp(-evidence)),
  };
}

/** How far an arm is from what it needs for a verdict. */
export type Need = { judged: number; needed: number; events: number; eventsNeeded: number };

export const needOf = (arm: ArmSums | undefined, measure: Measure, minLabelled: number): Need => ({
  judged: arm?.judged ?? 0,
  needed: minLabelled,
  events: arm ? eventsOf(arm, measure) : 0,
  eventsNeeded: fewestEvents,
});

const isMet = (need: Need): boolean => need.judged >= need.needed && need.events >= need.eventsNeeded;

/** What the primary measure says. */
export function verdictOf(
  champion: ArmSums | undefined,
  challenger: ArmSums | undefined,
  measure: Measure,
  minLabelled: number,
): Verdict {
  if (![champion, challenger].every((arm) => isMet(needOf(arm, measure, minLabelled)))) return 'too-early';
  const difference = champion && challenger && differenceOf(champion, challenger, measure);
  if (!difference) return 'too-early';
  if (difference.p >= alpha) return 'no-difference';
  return difference.value > 0 ? 'challenger' : 'champion';
}
