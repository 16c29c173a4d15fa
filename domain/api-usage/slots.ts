const hour = 3600;
const day = 24 * hour;

export const usageRanges = ['1h', '24h', '7d', '30d'] as const;
export type UsageRange = (typeof usageRanges)[number];

/** Which counts answer a range (`slot_seconds` of api_usage_slots), how long it is and how long a bar of its chart. */
const shapes: Record<UsageRange, { slotSeconds: 300 | 3600; seconds: number; stepSeconds: number }> = {
  '1h': { slotSeconds: 300, seconds: hour, stepSeconds: 300 },
  '24h': { slotSeconds: 3600, seconds: day, stepSeconds: hour },
  '7d': { slotSeconds: 3600, seconds: 7 * day, stepSeconds: 6 * hour },
  '30d': { slotSeconds: 3600, seconds: 30 * day, stepSeconds: day },
};

export type UsageSteps = {
  slotSeconds: number;
  stepSeconds: number;
  /** Beginning of the range and of as long a range before it; both end where the next begins, the range now. */
  from: Date;
  before: Date;
  /** Beginning of every step, oldest first, on multiples of its length in UTC; the last is in progress. */
  starts: Date[];
};

export const usageSteps = (range: UsageRange, now: Date): UsageSteps => {
  const { slotSeconds, seconds, stepSeconds } = shapes[range];
  const last = Math.floor(now.getTime() / 1000 / stepSeconds) * stepSeconds;
  const count = seconds / stepSeconds;
  const starts = Array.from(
    { length: count },
    (_, i) => new Date((last - (count - 1 - i) * stepSeconds) * 1000),
  );
  const from = starts[0] as Date;
  return { slotSeconds, stepSeconds, from, before: new Date(from.getTime() - seconds * 1000), starts };
};
