/** A figure with its 95 % interval, where it was computed. */
export type Figure = { value: number; low: number | null; high: number | null };

export type ModelQuality = {
  from: string;
  to: string;
  payments: number;
  frauds: number;
  threshold: number;
  aucRoc: Figure | null;
  averagePrecision: Figure | null;
  precision: Figure | null;
  recall: Figure | null;
  f1: number | null;
  logLoss: number | null;
};

/** A stored moment as an ISO instant. */
export const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();
export const number = (value: unknown): number | null =>
  value === null || value === undefined ? null : Number(value);

const figure = (value: unknown, interval: unknown): Figure | null => {
  const at = number(value);
  if (at === null) return null;
  const [low, high] = Array.isArray(interval) ? interval : [];
  return { value: at, low: number(low), high: number(high) };
};

/** A row of `ml_model_performance`; null where it is not there. */
export const storedQuality = (row: Record<string, unknown>): ModelQuality | null => {
  if (row.window_start === null || row.window_start === undefined) return null;
  const intervals = (row.intervals ?? {}) as Record<string, unknown>;
  return {
    from: iso(row.window_start) as string,
    to: iso(row.window_end) as string,
    payments: Number(row.sample_size),
    frauds: Number(row.true_positives) + Number(row.false_negatives),
    threshold: Number(row.threshold),
    aucRoc: figure(row.auc_roc, intervals.aucRoc),
    averagePrecision: figure(row.average_precision, intervals.averagePrecision),
    precision: figure(row.precision, intervals.precision),
    recall: figure(row.recall, intervals.recall),
    f1: number(row.f1_score),
    logLoss: number(row.log_loss),
  };
};

/** The columns that it reads. */
export const qualityColumns = `window_start, window_end, sample_size, true_positives, false_negatives, threshold, auc_roc,
  average_precision, precision, recall, f1_score, log_loss, intervals`;
