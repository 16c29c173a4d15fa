import { binColumn, missingBin } from './bins';

/** The score among the features that are watched. */
export const scoreFeature = 'score';
/** From here on a shift is moderate, or significant: the usual reading of the population stability index. */
export const driftLimits = { moderate: 0.1, significant: 0.25 } as const;
/** Fewer payments in a day say nothing: chance alone moves the index by about (bins − 1) ∕ payments. */
export const fewestPayments = 500;
const mostBins = 10;

/**
 * How values spread over bins of about equal counts. A value is in bin b when it is not below cuts[b − 1] and below
 * cuts[b]; the last count, one more than there are bins, is of missing values.
 */
export type Distribution = { cuts: number[]; counts: number[] };

/** Bins a column at its deciles, and counts. Missing values are NaN. */
export function distributionOf(column: Float32Array): Distribution {
  const { bins, cuts } = binColumn(column, mostBins);
  const counts = new Array<number>(cuts.length + 2).fill(0);
  for (const bin of bins) counts[bin === missingBin ? cuts.length + 1 : bin]! += 1;
  return { cuts: [...cuts], counts };
}

/**
 * Population stability index: the sum over bins of (share now − share then) · ln(share now ∕ share then). Half a payment
 * is added to each bin, so that an empty one has a logarithm; bins that are empty on both sides are left out.
 * @returns 0 for equal shares, null when either side is empty
 */
export function psi(then: readonly number[], now: readonly number[]): number | null {
  const used = then.flatMap((count, bin) => (count > 0 || now[bin]! > 0 ? [bin] : []));
  const total = (counts: readonly number[]) => used.reduce((sum, bin) => sum + counts[bin]!, 0);
  const [thenTotal, nowTotal] = [total(then), total(now)];
  if (thenTotal === 0 || nowTotal === 0) return null;
  const share = (count: number, all: number) => (count + 0.5) / (all + 0.5 * used.length);
  return used.reduce((sum, bin) => {
    const [before, after] = [share(then[bin]!, thenTotal), share(now[bin]!, nowTotal)];
    return sum + (after - before) * Math.log(after / before);
  }, 0);
}

export type DriftVerdict = 'stable' | 'moderate' | 'significant' | 'too_little';

/** What an index says; null is too little data. */
export const driftVerdict = (index: number | null): DriftVerdict =>
  index === null
    ? 'too_little'
    : index >= driftLimits.significant
      ? 'significant'
      : index >= driftLimits.moderate
        ? 'moderate'
        : 'stable';
