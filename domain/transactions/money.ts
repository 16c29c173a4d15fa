/** A decimal number as digits and how many of them stand after the point. */
type Decimal = { digits: bigint; scale: number };

function parseDecimal(text: string): Decimal {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (!match) throw new RangeError(`not a decimal number: ${text}`);
  const fraction = match[2] ?? '';
  return { digits: BigInt(match[1] + fraction), scale: fraction.length };
}

/** The shortest decimal that reads back as this number, without an exponent. */
const plain = (value: number): string => {
  const text = String(value);
  return text.includes('e') ? value.toFixed(20).replace(/0+$/, '').replace(/\.$/, '') : text;
};

/**
 * Converts an amount to the base currency, exactly, rounded half up to cents.
 * @param amount decimal string, not negative
 * @param rate what one unit of its currency is worth in the base currency
 * @returns decimal string with two decimals
 */
export function toBase(amount: string, rate: number): string {
  const a = parseDecimal(amount);
  const r = parseDecimal(plain(rate));
  const scale = a.scale + r.scale;
  const product = a.digits * r.digits;
  const cents =
    scale <= 2
      ? product * 10n ** BigInt(2 - scale)
      : (product * 2n + 10n ** BigInt(scale - 2)) / (2n * 10n ** BigInt(scale - 2));
  const text = cents.toString().padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}

/** Digits, point and decimals of the largest amount that `transactions.amount_base` takes. */
const longestAmount = '9999999999999.99'.length;

/** What keeps an amount from being summed in the base currency, or null: what fits its own column may be too much there. */
export function amountMisfit(
  { amount, currency }: { amount: string; currency: string },
  rates: Readonly<Record<string, number>>,
): 'no_rate' | 'amount_too_large' | null {
  const rate = rates[currency];
  if (rate === undefined) return 'no_rate';
  return toBase(amount, rate).length > longestAmount ? 'amount_too_large' : null;
}
