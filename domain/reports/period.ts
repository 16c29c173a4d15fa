/** A UTC day, `2026-11-24`. */
export type Day = string;
export type Period = { from: Day; to: Day };
/** What is asked for: a period and the one it stands against. */
export type AskedPeriods = Partial<Record<'from' | 'to' | 'againstFrom' | 'againstTo', Day>>;
export type Periods = { period: Period; against: Period };

const dayMs = 86_400_000;
/** The longest period that is read. */
export const mostDays = 366;
/** The period that is shown unasked, today with it. */
export const usualDays = 30;

export const dayOf = (at: Date): Day => at.toISOString().slice(0, 10);
export const addDays = (day: Day, days: number): Day => dayOf(new Date(Date.parse(day) + days * dayMs));
/** Days of a period, its first and its last one with it. */
export const lengthOf = ({ from, to }: Period): number =>
  Math.round((Date.parse(to) - Date.parse(from)) / dayMs) + 1;
export const daysOf = (period: Period): Day[] =>
  Array.from({ length: lengthOf(period) }, (_, i) => addDays(period.from, i));

/**
 * What is left open filled in: the 30 days that end with today, against as many days just before them. One end alone
 * is the beginning or the end of the usual length; days to come are left out.
 */
export const periodsOf = (asked: AskedPeriods, now: Date): Periods => {
  const today = dayOf(now);
  const end = asked.to ?? (asked.from ? addDays(asked.from, usualDays - 1) : today);
  const from = asked.from ?? addDays(end, 1 - usualDays);
  const period = { from, to: end > today ? (from > today ? from : today) : end };
  const length = lengthOf(period);
  const againstTo =
    asked.againstTo ?? addDays(asked.againstFrom ?? period.from, asked.againstFrom ? length - 1 : -1);
  return { period, against: { from: asked.againstFrom ?? addDays(againstTo, 1 - length), to: againstTo } };
};
