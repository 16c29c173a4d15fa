/** Upper bounds of latency classes, ms: each is 1.4 times the one before, so a quantile is at most that much too high. */
export const latencyBounds = [
  1, 2, 3, 4, 6, 8, 11, 16, 23, 32, 45, 64, 90, 128, 181, 256, 362, 512, 724, 1024, 1448, 2048, 2896, 4096,
  5793, 8192, 11_585, 16_384, 60_000,
] as const;

/** The bound of the class that a latency falls into; what is slower than all is in the last. */
export const latencyBound = (ms: number): number =>
  latencyBounds.find((bound) => ms <= bound) ?? (latencyBounds.at(-1) as number);

/** Calls by the upper bound of their latency. */
export type LatencyCounts = ReadonlyMap<number, number>;

/** The bound under which this share (0…1) of the calls stayed, ms; null without calls. Never less than the true quantile. */
export const latencyQuantile = (counts: LatencyCounts, share: number): number | null => {
  const all = [...counts.values()].reduce((sum, calls) => sum + calls, 0);
  if (all === 0) return null;
  let below = 0;
  for (const bound of [...counts.keys()].sort((a, b) => a - b)) {
    below += counts.get(bound) as number;
    if (below >= share * all) return bound;
  }
  return null;
};
