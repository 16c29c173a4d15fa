/**
 * Decimals of each currency as ISO 4217 has them. Intl follows CLDR instead, which gives 0 for currencies whose
 * small coins have merely fallen out of use (HUF, IQD, RSD), so the exceptions from 2 are listed here.
 */
const exceptions: Readonly<Record<string, number>> = Object.fromEntries([
  ...'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF'
    .split(' ')
    .map((code) => [code, 0]),
  ...'BHD IQD JOD KWD LYD OMR TND'.split(' ').map((code) => [code, 3]),
  ...'CLF UYW'.split(' ').map((code) => [code, 4]),
]);

/** Decimals that an amount in this currency (ISO 4217 code) may have. */
export const minorUnits = (currency: string): number => exceptions[currency] ?? 2;

/** Decimals that the column keeps, whatever the currency. */
export const keptDecimals = 2;
/** The largest amount that numeric(15,2) keeps. */
export const largestAmount = '9999999999999.99';

const decimal = /^(0|[1-9]\d*)(?:\.(\d+))?$/;

export type AmountProblem =
  | { rule: 'invalid_amount' }
  | { rule: 'negative' }
  | { rule: 'amount_too_large'; values: { maximum: string } }
  | { rule: 'too_many_decimals'; values: { maximum: number } };

/** `0.1` as JavaScript writes it, `1e-7` and `1e21` written out. */
const written = (amount: string | number): string => {
  if (typeof amount === 'string') return amount;
  const text = String(amount);
  if (!text.includes('e')) return text;
  return Math.abs(amount) < 1 ? amount.toFixed(20).replace(/0+$/, '') : BigInt(amount).toString();
};

/**
 * Reads an amount of a currency exactly.
 * Decimals count as they are written, so `10.000` EUR is refused: it may mean ten thousand to who wrote it.
 * @returns `{ amount }` with two decimals (`57.16`, `100.00`), or the rule it breaks
 */
export const readAmount = (raw: string | number, currency: string): { amount: string } | AmountProblem => {
  if (typeof raw === 'number' && !Number.isFinite(raw)) return { rule: 'invalid_amount' };
  const text = written(raw);
  if (text.length > 400) return { rule: 'invalid_amount' };
  if (/^-\d/.test(text) && decimal.test(text.slice(1))) return { rule: 'negative' };
  const match = decimal.exec(text);
  if (!match) return { rule: 'invalid_amount' };
  const [, whole = '', fraction = ''] = match;
  if (whole.length > 13) return { rule: 'amount_too_large', values: { maximum: largestAmount } };
  const allowed = minorUnits(currency);
  if (fraction.length > allowed) return { rule: 'too_many_decimals', values: { maximum: allowed } };
  // A third decimal that is zero can be kept; another would be lost without a word.
  if (/[1-9]/.test(fraction.slice(keptDecimals)))
    return { rule: 'too_many_decimals', values: { maximum: keptDecimals } };
  return { amount: `${whole}.${fraction.slice(0, keptDecimals).padEnd(keptDecimals, '0')}` };
};
