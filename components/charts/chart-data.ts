/** One hour (or day) of a lane: `value` now, `compare` the same hour of the period before. */
export type HourPoint = {
  /** ISO instant at which the hour begins. */
  at: string;
  [series: string]: number | string | null;
};

export type Series = {
  key: string;
  label: string;
  /** A token, `var(--vg-blocked)`. */
  color: string;
};

export type Limit = { value: number; label: string; tone: 'fraud' | 'review' };

/** Numbers rounded up to 1, 2, 2.5 or 5 × 10ⁿ, so that axes end on a name people can read. */
export function niceCeiling(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 2, 2.5, 5, 10];
  return (steps.find((step) => step * power >= value) ?? 10) * power;
}

/** Ticks from 0 to at least `max`, in about `steps` steps of a size people can read. */
export function niceTicks(max: number, steps = 3): number[] {
  const step = niceCeiling(max / (steps + 0.2));
  const count = Math.max(1, Math.ceil(max / step - 1e-9));
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** What an hour in progress comes to if it goes on like this; null in its first two minutes. */
export function projected(value: number | null, elapsedSeconds: number): number | null {
  if (value === null || elapsedSeconds < 120) return null;
  return Math.round((value * 3600) / Math.min(3600, elapsedSeconds));
}
