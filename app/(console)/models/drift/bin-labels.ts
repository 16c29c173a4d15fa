export type BinWords = {
  value: (value: number) => string;
  below: (value: string) => string;
  from: (value: string) => string;
  /** Of the only bin there is. */
  any: string;
  missing: string;
};

/** The value of a bin of whole numbers: `3`, `4–9`; every cut lies between two of them. */
const whole = (low: number, high: number, { value, from }: BinWords): string => {
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  if (!Number.isFinite(high)) return from(value(first));
  if (!Number.isFinite(low)) return last <= 0 ? value(last) : `${value(0)}–${value(last)}`;
  return first === last ? value(first) : `${value(first)}–${value(last)}`;
};

/**
 * Names of the bins of a distribution, that of the missing values last. Yes and no are named so where the words of a
 * value do; whole numbers by themselves, others by their ends.
 */
export function binLabels(
  cuts: readonly number[],
  kind: 'boolean' | 'whole' | 'number',
  words: BinWords,
): string[] {
  const ends = [Number.NEGATIVE_INFINITY, ...cuts, Number.POSITIVE_INFINITY];
  const label = (low: number, high: number): string => {
    if (kind === 'boolean') return words.value(low > 0 ? 1 : 0);
    if (kind === 'whole' && cuts.every((cut) => Math.abs((cut % 1) - 0.5) < 1e-6))
      return whole(low, high, words);
    if (!Number.isFinite(low)) return words.below(words.value(high));
    return Number.isFinite(high) ? `${words.value(low)}–${words.value(high)}` : words.from(words.value(low));
  };
  const named = cuts.length === 0 ? [words.any] : ends.slice(1).map((high, bin) => label(ends[bin]!, high));
  return [...named, words.missing];
}
