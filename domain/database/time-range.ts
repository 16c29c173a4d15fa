import type { Range } from './input';

const hour = 3600;
const lengths: Record<Range, number> = { '1h': hour, '24h': 24 * hour, '7d': 7 * 24 * hour };

/** Seconds a point: lines have about a hundred points, bars about twenty-four. */
const lineSteps: Record<Range, number> = { '1h': 60, '24h': 900, '7d': 2 * hour };
const barSteps: Record<Range, number> = { '1h': 300, '24h': hour, '7d': 6 * hour };

export type TimeSteps = {
  /** Beginning of the first step and of the one in progress. */
  from: Date;
  last: Date;
  stepSeconds: number;
  /** Beginning of every step, oldest first. */
  starts: Date[];
};

/** The steps of a range that ends at `now`, each beginning on a multiple of its length in UTC. */
export const timeSteps = (range: Range, kind: 'line' | 'bars', now: Date): TimeSteps => {
  const stepSeconds = (kind === 'line' ? lineSteps : barSteps)[range];
  const count = lengths[range] / stepSeconds;
  const last = Math.floor(now.getTime() / 1000 / stepSeconds) * stepSeconds;
  const starts = Array.from(
    { length: count },
    (_, index) => new Date((last - (count - 1 - index) * stepSeconds) * 1000),
  );
  return { from: starts[0]!, last: starts.at(-1)!, stepSeconds, starts };
};
