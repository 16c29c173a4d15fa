import { getField } from '@/domain/rules/fields';
import { type LogisticModel, type ModelInput, sigmoid, type Transform } from './logistic';
import type { Samples } from './samples';
import { solve } from './solve';

export type LogisticOptions = {
  /** Shrinks weights of standardised inputs; greater is simpler. */
  l2: number;
  /** How much rare frauds are lifted: each counts as (genuine ∕ frauds) to this power. 0 leaves them, 1 balances. */
  balance: number;
  maxIterations: number;
};

export const logisticDefaults: LogisticOptions = { l2: 1, balance: 0, maxIterations: 30 };

/** How a feature enters: money, counts, times and distances on a log scale, ratios by their logarithm. */
function kindOf(field: string): Transform['kind'] {
  const { type, unit } = getField(field);
  if (type === 'boolean') return 'flag';
  if (unit === 'ratio') return 'log';
  return unit === 'share' || unit === 'hours' || unit === 'hour of day' || unit === 'standard deviations'
    ? 'linear'
    : 'log1p';
}

const transformedBy = (kind: Transform['kind'], value: number): number =>
  kind === 'log1p'
    ? Math.log1p(Math.max(0, value))
    : kind === 'log'
      ? Math.max(-20, Math.log(Math.max(0, value)))
      : value;

type Prepared = { input: ModelInput; values: Float64Array };

/** Transforms, clamps at the outermost thousandths and standardises a column; null when it says nothing. */
function prepare(field: string, column: Float32Array): Prepared | null {
  const kind = kindOf(field);
  const known: number[] = [];
  for (const value of column) if (!Number.isNaN(value)) known.push(transformedBy(kind, value));
  if (known.length < column.length / 100) return null;
  const sorted = Float64Array.from(known).sort();
  const edge = Math.floor(sorted.length / 1000);
  const low = kind === 'flag' ? 0 : sorted[edge]!;
  const high = kind === 'flag' ? 1 : sorted[sorted.length - 1 - edge]!;
  const clamped = (x: number) => Math.min(high, Math.max(low, x));
  const mean = known.reduce((sum, x) => sum + clamped(x), 0) / known.length;
  const variance = known.reduce((sum, x) => sum + (clamped(x) - mean) ** 2, 0) / known.length;
  if (!(variance > 1e-12)) return null;
  const deviation = Math.sqrt(variance);
  const values = new Float64Array(column.length);
  for (let i = 0; i < column.length; i += 1)
    values[i] = Number.isNaN(column[i]!) ? 0 : (clamped(transformedBy(kind, column[i]!)) - mean) / deviation;
  const centre = Math.min(high, Math.max(low, mean));
  return { input: { field, transform: { kind, low, high }, centre, weight: 1 / deviation }, values };
}

type Fit = { intercept: number; weights: Float64Array };

/** Newton's method on the weighted, penalised log loss; the intercept is not penalised. */
async function newton(
  columns: readonly Float64Array[],
  labels: Uint8Array,
  fraudWeight: number,
  options: LogisticOptions,
  onStep: (done: number) => void | Promise<void>,
): Promise<Fit> {
  const n = labels.length;
  const d = columns.length + 1;
  const beta = new Float64Array(d);
  const row = new Float64Array(d);
  for (let step = 0; step < options.maxIterations; step += 1) {
    const gradient = new Float64Array(d);
    const hessian = Array.from({ length: d }, () => new Float64Array(d));
    for (let i = 0; i < n; i += 1) {
      row[0] = 1;
      let margin = beta[0]!;
      for (let j = 1; j < d; j += 1) {
        row[j] = columns[j - 1]![i]!;
        margin += beta[j]! * row[j]!;
      }
      const p = sigmoid(margin);
      const weight = labels[i] ? fraudWeight : 1;
      const g = weight * (p - labels[i]!);
      const h = weight * Math.max(p * (1 - p), 1e-10);
      for (let j = 0; j < d; j += 1) {
        gradient[j]! += g * row[j]!;
        const line = hessian[j]!;
        const part = h * row[j]!;
        if (part !== 0) for (let k = 0; k <= j; k += 1) line[k]! += part * row[k]!;
      }
    }
    for (let j = 1; j < d; j += 1) {
      gradient[j]! += options.l2 * beta[j]!;
      hessian[j]![j]! += options.l2;
    }
    hessian[0]![0]! += 1e-9;
    const change = solve(hessian, gradient);
    // A full step from far away can overshoot on separable data.
    const longest = change.reduce((most, c) => Math.max(most, Math.abs(c)), 0);
    const scale = longest > 4 ? 4 / longest : 1;
    for (let j = 0; j < d; j += 1) beta[j]! -= scale * change[j]!;
    await onStep((step + 1) / options.maxIterations);
    if (longest < 1e-6) break;
  }
  return { intercept: beta[0]!, weights: beta.slice(1) };
}

/**
 * Trains a logistic regression on transformed, standardised inputs. Lifting the frauds inflates probabilities, so a
 * second fit of one slope and one offset on the samples as they are (Platt) makes them honest again. No randomness:
 * the same samples and options give the same weights.
 * @param onStep told after each step, 0 … 1; throw from it to cancel
 */
export async function trainLogistic(
  samples: Samples,
  options: LogisticOptions,
  onStep: (done: number) => void | Promise<void> = () => {},
): Promise<Pick<LogisticModel, 'intercept' | 'inputs'>> {
  const { labels } = samples;
  const frauds = labels.reduce((sum, label) => sum + label, 0);
  if (frauds === 0 || frauds === labels.length) throw new RangeError('training needs payments of both kinds');
  const prepared = samples.fields.flatMap((field, i) => prepare(field, samples.columns[i]!) ?? []);
  const columns = prepared.map(({ values }) => values);
  const fraudWeight = ((labels.length - frauds) / frauds) ** options.balance;
  const fit = await newton(columns, labels, fraudWeight, options, onStep);
  const margins = new Float64Array(labels.length).fill(fit.intercept);
  columns.forEach((column, j) => {
    for (let i = 0; i < margins.length; i += 1) margins[i]! += fit.weights[j]! * column[i]!;
  });
  const platt = await newton([margins], labels, 1, { ...options, l2: 1e-6 }, () => {});
  const slope = platt.weights[0]!;
  return {
    intercept: platt.intercept + slope * fit.intercept,
    inputs: prepared.map(({ input }, j) => ({ ...input, weight: slope * fit.weights[j]! * input.weight })),
  };
}
