import { Cron } from 'croner';

/** Counting stops here: who was away for so long need not know it to the minute. */
const most = 10_000;

export const cronOf = (pattern: string): Cron => new Cron(pattern, { paused: true, timezone: 'UTC' });

/** The planned moments between two times, both left out: how many, the first and the last of them. */
export const momentsBetween = (
  cron: Cron,
  after: Date,
  before: Date,
): { count: number; first: Date; last: Date } | null => {
  let first: Date | null = null;
  let last = after;
  let count = 0;
  for (; count < most; count += 1) {
    const next = cron.nextRun(last);
    if (!next || next >= before) break;
    first ??= next;
    last = next;
  }
  return first && { count, first, last };
};

/** The next planned moment of a pattern (UTC), or null where it is none that we can read. */
export const nextMoment = (pattern: string, now: Date): Date | null => {
  try {
    return cronOf(pattern).nextRun(now);
  } catch {
    return null;
  }
};
