/** A share of what was counted, with the interval in which the true one lies in 19 of 20 cases. */
export type Proportion = { value: number; low: number; high: number; hits: number; of: number };

/** The two-sided 95 % point of the normal distribution. */
export const z = 1.959963984540054;

/** `hits` of `of` with Wilson's score interval, which holds for few and for none as well; null of nothing. */
export const proportion = (hits: number, of: number): Proportion | null => {
  if (of <= 0) return null;
  const value = hits / of;
  const spread = z * Math.sqrt((value * (1 - value)) / of + (z * z) / (4 * of * of));
  const centre = value + (z * z) / (2 * of);
  const whole = 1 + (z * z) / of;
  return {
    value,
    low: hits === 0 ? 0 : (centre - spread) / whole,
    high: hits === of ? 1 : (centre + spread) / whole,
    hits,
    of,
  };
};
