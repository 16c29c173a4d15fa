import type { MetricRange } from './input';

const minute = 60;
const hour = 60 * minute;
const day = 24 * hour;

/** How long each range is and how long a point of it; from a month on points are days, of the daily roll-up. */
const shapes: Record<MetricRange, { seconds: number; stepSeconds: number }> = {
  '1h': { seconds: hour, stepSeconds: minute },
  '24h': { seconds: day, stepSeconds: 15 * minute },
  '7d': { seconds: 7 * day, stepSeconds: 2 * hour },
  '30d': { seconds: 30 * day, stepSeconds: day },
  '90d': { seconds: 90 * day, stepSeconds: day },
};

export type MetricSteps = {
  stepSeconds: number;
  /** Beginning of every step, oldest first, on multiples of its length in UTC; the last is in progress. */
  starts: Date[];
  /** Samples are read from here on, up to `to`; what is older comes from the daily roll-up. */
  sampledFrom: Date;
  to: Date;
  /** Whether there is something older. */
  daily: boolean;
  /** As long a range before; whole days of the roll-up where its samples may be gone. */
  before: { from: Date; to: Date; daily: boolean };
};

/** The day before is rolled up some minutes into the next one, so its samples are read themselves. */
export const metricSteps = (range: MetricRange, now: Date): MetricSteps => {
  const { seconds, stepSeconds } = shapes[range];
  const last = Math.floor(now.getTime() / 1000 / stepSeconds) * stepSeconds;
  const count = seconds / stepSeconds;
  const starts = Array.from(
    { length: count },
    (_, i) => new Date((last - (count - 1 - i) * stepSeconds) * 1000),
  );
  const daily = stepSeconds === day;
  const sampledFrom = daily ? new Date((last - day) * 1000) : (starts[0] as Date);
  const begin = starts[0] as Date;
  const before = { from: new Date(begin.getTime() - seconds * 1000), to: begin, daily: seconds > day };
  return { stepSeconds, starts, sampledFrom, to: new Date(now.getTime() + minute * 1000), daily, before };
};
