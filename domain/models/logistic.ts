import { getField, type RuleRow } from '@/domain/rules/fields';

/**
 * How a feature becomes an input. `log1p` is ln(1 + max(0, value)), `log` is ln(value) of a ratio, `linear` the
 * value itself, `flag` 1 for true and 0 for false. The result is clamped to [low, high].
 */
export type Transform = { kind: 'log1p' | 'log' | 'linear' | 'flag'; low: number; high: number };

export type ModelInput = {
  /** A number or boolean of the rule field catalogue. */
  field: string;
  transform: Transform;
  /** Typical value after the transform; a payment there contributes nothing. */
  centre: number;
  /** Log-odds per unit of the transformed value. */
  weight: number;
  /** Counts only where the customer has at least so many payments in 30 days: to a newcomer everything is new. */
  fromHistory?: number;
};

export type LogisticModel = {
  name: string;
  version: string;
  /** Where the weights come from. */
  source: string;
  /** Log-odds of a payment at all centres: the base rate. */
  intercept: number;
  inputs: readonly ModelInput[];
};

export type Prediction = {
  /** Probability of fraud, 0 … 1. */
  probability: number;
  logOdds: number;
  base: number;
  /** Log-odds that each input adds, in the order of the model's inputs. */
  contributions: number[];
};

/** The value of one input after its transform, before the weight; null where the feature is missing. */
export function transformed(input: ModelInput, row: RuleRow): number | null {
  const value = row[input.field];
  if (typeof value !== 'number' && typeof value !== 'boolean') return null;
  if (Number.isNaN(value)) return null;
  if (input.fromHistory !== undefined) {
    const history = row['user.count_30d'];
    if (typeof history !== 'number' || history < input.fromHistory) return null;
  }
  const { kind, low, high } = input.transform;
  const raw = Number(value);
  const x =
    kind === 'log1p' ? Math.log1p(Math.max(0, raw)) : kind === 'log' ? Math.log(Math.max(0, raw)) : raw;
  return Math.min(high, Math.max(low, x));
}

/** What one input adds to the log-odds; a missing feature adds nothing. */
function contribution(input: ModelInput, row: RuleRow): number {
  const x = transformed(input, row);
  return x === null ? 0 : Math.fround(input.weight * (x - input.centre));
}

export const sigmoid = (logOdds: number): number => 1 / (1 + Math.exp(-logOdds));

/**
 * Scores a row (`ruleRow`, or a stored one). Every number is rounded to 32 bits before it is summed, as the columns
 * of `model_predictions` keep it, so that base + contributions, read back, give exactly the same log-odds.
 */
export function predict(model: LogisticModel, row: RuleRow): Prediction {
  const contributions = model.inputs.map((input) => contribution(input, row));
  return fromContributions(Math.fround(model.intercept), contributions);
}

/** A prediction from what is stored of it: base log-odds and contributions. */
export function fromContributions(base: number, contributions: readonly number[]): Prediction {
  let logOdds = base;
  for (const c of contributions) logOdds += c;
  return { probability: Math.fround(sigmoid(logOdds)), logOdds, base, contributions: [...contributions] };
}

/**
 * Checks a model that comes from elsewhere (a table, a training run): known fields of a fitting type, each once,
 * finite numbers, low ≤ centre ≤ high. Throws a RangeError that names the input.
 */
export function checkModel(model: LogisticModel): LogisticModel {
  const seen = new Set<string>();
  for (const { field, transform, centre, weight } of model.inputs) {
    const { type } = getField(field);
    const numbers = [transform.low, transform.high, centre, weight];
    const fits =
      type === 'boolean' ? transform.kind === 'flag' : type === 'number' && transform.kind !== 'flag';
    const ordered = transform.low <= centre && centre <= transform.high;
    if (!fits || !ordered || seen.has(field) || !numbers.every(Number.isFinite))
      throw new RangeError(`model ${model.name} ${model.version}: input ${field} is invalid`);
    seen.add(field);
  }
  if (!Number.isFinite(model.intercept)) throw new RangeError(`model ${model.name}: intercept is invalid`);
  return model;
}
