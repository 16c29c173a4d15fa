/** Who pays in a filled database: a larger one has more customers and merchants, each as busy as before. */
export type VolumeWorld = {
  /** Payments over the whole time. */
  rows: number;
  users: number;
  merchants: number;
  /** Whole months before the current one. */
  months: number;
  /** Payments of the newest so many months carry an embedding. */
  embeddingMonths: number;
};

export const volumeWorld = (rows: number, months: number, embeddingMonths: number): VolumeWorld => ({
  rows,
  users: Math.max(100, Math.round(rows / 50)),
  merchants: Math.max(40, Math.round(rows / 500)),
  months,
  embeddingMonths,
});

/** The merchant with one payment in a hundred. */
export const busyMerchant = 'm0';
/** People who sign in. */
export const consolePeople = 50;

export type Span = { from: Date; to: Date };

/** The months from `world.months` before the current one up to `now`, oldest first; the last one ends with `now`. */
export const monthsUntil = (world: VolumeWorld, now: Date): Span[] => {
  const start = (back: number) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - back));
  return Array.from({ length: world.months + 1 }, (_, i) => {
    const back = world.months - i;
    return { from: start(back), to: back === 0 ? now : start(back - 1) };
  });
};

/** How many payments fall into a stretch of time when all are spread evenly over the months. */
export const paymentsIn = (world: VolumeWorld, span: Span): number => {
  const month = (365.25 * 86_400_000) / 12;
  const share = (span.to.getTime() - span.from.getTime()) / (world.months * month);
  return Math.max(1, Math.round(world.rows * share));
};
