import type { Estimate } from '@/domain/models/quality';
import { type Arm, arms, type Measure, measures } from './input';
import {
  type ArmSums,
  type Difference,
  differenceOf,
  estimateOf,
  type Need,
  needOf,
  type Verdict,
  verdictOf,
} from './verdict';

/** `model_ab_tests.results`: the sums of the last measuring, and from its end on what they said. */
export type Measured = {
  measuredAt: string;
  arms: Partial<Record<Arm, ArmSums>>;
  report?: AbTestReport;
};

type Counts = Omit<ArmSums, Measure>;

/** What is known of a test. An arm is null while it has no payment. */
export type AbTestReport = {
  measuredAt: string | null;
  verdict: Verdict;
  /** What each arm has of what a verdict needs. */
  needs: Record<Arm, Need>;
  arms: Record<Arm, (Counts & Record<Measure, Estimate | null>) | null>;
  /** Challenger less champion. */
  differences: Record<Measure, Difference | null>;
};

const byMeasure = <T>(of: (measure: Measure) => T): Record<Measure, T> =>
  Object.fromEntries(measures.map((measure) => [measure, of(measure)])) as Record<Measure, T>;
const byArm = <T>(of: (arm: Arm) => T): Record<Arm, T> =>
  Object.fromEntries(arms.map((arm) => [arm, of(arm)])) as Record<Arm, T>;

/** What the sums of a test say; of a test that has ended, what they said then. */
export function reportOf(results: Measured | null, measure: Measure, minLabelled: number): AbTestReport {
  if (results?.report) return results.report;
  const { champion, challenger } = results?.arms ?? {};
  const sums: Record<Arm, ArmSums | undefined> = { champion, challenger };
  return {
    measuredAt: results?.measuredAt ?? null,
    verdict: verdictOf(champion, challenger, measure, minLabelled),
    needs: byArm((arm) => needOf(sums[arm], measure, minLabelled)),
    arms: byArm((arm) => {
      const of = sums[arm];
      return of ? { ...of, ...byMeasure((one) => estimateOf(of, one)) } : null;
    }),
    differences: byMeasure((one) =>
      champion && challenger ? differenceOf(champion, challenger, one) : null,
    ),
  };
}
