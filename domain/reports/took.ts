/**
 * How long things took, as counts by bucket of seconds (analyst_analytics): bucket 0 is under a second, bucket b from
 * 2^((b-1)/16) to 2^(b/16), so that each is 4.4 % wide. A bucket may stand more than once.
 */
export type Took = readonly (readonly [bucket: number, count: number])[];

const edge = (bucket: number): number => (bucket <= 0 ? 0 : 2 ** ((bucket - 1) / 16));

/** The value of the n-th smallest (0 is the first), taken as spread evenly over its bucket. */
const nth = (took: Took, n: number): number => {
  let before = 0;
  for (const [bucket, count] of took) {
    if (n < before + count) {
      const low = edge(bucket);
      return low + ((edge(bucket + 1) - low) * (n - before + 0.5)) / count;
    }
    before += count;
  }
  return Number.NaN;
};

/** Seconds below which this share lies, between two neighbours where it falls there; null of nothing. */
export const quantile = (parts: Took, share: number): number | null => {
  const counts = new Map<number, number>();
  for (const [bucket, n] of parts) counts.set(bucket, (counts.get(bucket) ?? 0) + n);
  const took = [...counts].sort(([a], [b]) => a - b);
  const count = took.reduce((sum, [, n]) => sum + n, 0);
  if (count === 0) return null;
  const rank = share * (count - 1);
  const low = nth(took, Math.floor(rank));
  return low + (nth(took, Math.ceil(rank)) - low) * (rank - Math.floor(rank));
};
