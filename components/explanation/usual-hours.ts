/** Fewer payments than this are no habit. */
const habitMinimum = 5;

export type UsualHours = { from: number; to: number; includes: (hour: number) => boolean };

/**
 * The shortest stretch of the clock (hours 0 to 23) that holds all the hours given; it may pass midnight. Null for
 * fewer than five payments, and where the stretch is nearly the whole day.
 */
export function usualHours(hours: readonly number[]): UsualHours | null {
  if (hours.length < habitMinimum) return null;
  const seen = [...new Set(hours)].sort((a, b) => a - b);
  let from = seen[0] ?? 0;
  let widest = 0;
  seen.forEach((hour, i) => {
    const next = seen[(i + 1) % seen.length] ?? hour;
    const gap = seen.length === 1 ? 24 : (next - hour + 24) % 24;
    if (gap > widest) {
      widest = gap;
      from = next;
    }
  });
  if (widest <= 3) return null;
  const length = 24 - widest;
  return { from, to: (from + length) % 24, includes: (hour) => (hour - from + 24) % 24 <= length };
}
