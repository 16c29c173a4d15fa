/** Bin of a missing value; values take 0 … 254. */
export const missingBin = 255;

/**
 * Values of a column as bins of about equal counts. A value is in bin b when it is not below cuts[b − 1] and below
 * cuts[b]; each cut lies between two values that occur, as the 32-bit number that scoring compares with.
 */
export type BinnedColumn = { bins: Uint8Array; cuts: Float32Array };

/** Cuts of a column: between all distinct values where there are few, else at quantiles. */
function cutsOf(column: Float32Array, maxBins: number): Float32Array {
  const sorted = column.filter((value) => !Number.isNaN(value)).sort();
  const cuts: number[] = [];
  const step = sorted.length / maxBins;
  let since = 0;
  let distinct = 1;
  for (let i = 1; i < sorted.length; i += 1) if (sorted[i] !== sorted[i - 1]) distinct += 1;
  for (let i = 1; i < sorted.length; i += 1) {
    const here = sorted[i]!;
    const before = sorted[i - 1]!;
    if (here === before || (distinct > maxBins && i - since < step)) continue;
    const middle = Math.fround(before + (here - before) / 2);
    cuts.push(middle > before ? middle : here);
    since = i;
  }
  return Float32Array.from(cuts.slice(0, maxBins - 1));
}

function binOf(cuts: Float32Array, value: number): number {
  let low = 0;
  let high = cuts.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (value < cuts[middle]!) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** @param maxBins at most 255 */
export function binColumn(column: Float32Array, maxBins: number): BinnedColumn {
  const cuts = cutsOf(column, maxBins);
  const bins = new Uint8Array(column.length);
  for (let i = 0; i < column.length; i += 1) {
    const value = column[i]!;
    bins[i] = Number.isNaN(value) ? missingBin : binOf(cuts, value);
  }
  return { bins, cuts };
}
