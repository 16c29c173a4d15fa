/** Labelled payments, column by column: what trainers learn from. Missing values are NaN; a flag is 1 or 0. */
export type Samples = {
  /** Fields of the rule catalogue, one a column. */
  fields: readonly string[];
  columns: readonly Float32Array[];
  /** 1 for fraud. */
  labels: Uint8Array;
};

/** The same rows, fewer: those at `rows`, in that order. */
export function samplesAt(samples: Samples, rows: ArrayLike<number>): Samples {
  const pick = <T extends Float32Array | Uint8Array>(from: T, to: T): T => {
    for (let i = 0; i < rows.length; i += 1) to[i] = from[rows[i]!]!;
    return to;
  };
  return {
    fields: samples.fields,
    columns: samples.columns.map((column) => pick(column, new Float32Array(rows.length))),
    labels: pick(samples.labels, new Uint8Array(rows.length)),
  };
}
