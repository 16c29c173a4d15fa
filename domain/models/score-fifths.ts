/**
 * Shares of a day's scores that lie in each fifth of the reference, the lowest first. Bins go to the fifth in which
 * their middle lies, so where many scores are equal a fifth may be empty. Missing values, the last count, are none.
 */
export function fifthsOf(reference: readonly number[], counts: readonly number[]): number[] {
  const bins = reference.length - 1;
  const sum = (of: readonly number[]) => of.slice(0, bins).reduce((total, count) => total + count, 0);
  const [all, payments] = [sum(reference), sum(counts)];
  const shares = [0, 0, 0, 0, 0];
  if (all === 0 || payments === 0) return shares;
  let below = 0;
  for (let bin = 0; bin < bins; bin += 1) {
    const middle = (below + reference[bin]! / 2) / all;
    shares[Math.min(4, Math.floor(middle * 5))]! += counts[bin]! / payments;
    below += reference[bin]!;
  }
  return shares;
}
