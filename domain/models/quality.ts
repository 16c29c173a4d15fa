import { proportion, z } from '@/domain/reports/proportion';

/** A figure with its 95 % interval. */
export type Estimate = { value: number; low: number; high: number };

export type Quality = {
  threshold: number;
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
  precision: Estimate | null;
  recall: Estimate | null;
  f1: number | null;
  aucRoc: Estimate | null;
  averagePrecision: Estimate | null;
  /** Mean negative log-likelihood: how honest the probabilities are. */
  logLoss: number;
};

/** Share of `part` in `whole` with its Wilson interval; null of nothing. */
export function share(part: number, whole: number): Estimate | null {
  const found = proportion(part, whole);
  return found && { value: found.value, low: found.low, high: found.high };
}

/** Rows from the highest score to the lowest; equal scores are one group, so that their order says nothing. */
const descending = (scores: ArrayLike<number>): Int32Array =>
  Int32Array.from({ length: scores.length }, (_, i) => i).sort((a, b) => scores[b]! - scores[a]!);

/**
 * Area under the ROC curve by ranks, ties counted half, with DeLong's interval on the logit scale (DeLong et al. 1988).
 * Null unless both kinds occur.
 */
export function aucRoc(scores: ArrayLike<number>, labels: ArrayLike<number>): Estimate | null {
  const order = descending(scores);
  const frauds = order.reduce((sum, row) => sum + labels[row]!, 0);
  const genuine = order.length - frauds;
  if (frauds === 0 || genuine === 0) return null;
  // For each fraud the share of genuine below it, for each genuine the share of frauds above it.
  let [seenFrauds, seenGenuine, sum, sumSquares, other] = [0, 0, 0, 0, 0];
  for (let i = 0; i < order.length; ) {
    let f = 0;
    let j = i;
    for (; j < order.length && scores[order[j]!] === scores[order[i]!]; j += 1) f += labels[order[j]!]!;
    const g = j - i - f;
    const above = (genuine - seenGenuine - g / 2) / genuine;
    const below = (seenFrauds + f / 2) / frauds;
    sum += f * above;
    sumSquares += f * above * above;
    other += g * below * below;
    seenFrauds += f;
    seenGenuine += g;
    i = j;
  }
  const auc = sum / frauds;
  const variance =
    (sumSquares / frauds - auc * auc) / Math.max(1, frauds - 1) +
    (other / genuine - auc * auc) / Math.max(1, genuine - 1);
  return logitInterval(auc, Math.sqrt(Math.max(0, variance)));
}

function logitInterval(value: number, error: number): Estimate {
  if (value <= 0 || value >= 1) return { value, low: value, high: value };
  const logit = Math.log(value / (1 - value));
  const half = (z * error) / (value * (1 - value));
  const back = (x: number) => 1 / (1 + Math.exp(-x));
  return { value, low: back(logit - half), high: back(logit + half) };
}

/**
 * Average precision (area under the steps of precision over recall); ties are one step. Null without a fraud.
 * @param kept the share of the genuine ones that is here; each stands for 1 ∕ kept
 */
export function averagePrecision(
  scores: ArrayLike<number>,
  labels: ArrayLike<number>,
  kept = 1,
): Estimate | null {
  const order = descending(scores);
  const frauds = order.reduce((sum, row) => sum + labels[row]!, 0);
  if (frauds === 0) return null;
  let [caught, area] = [0, 0];
  for (let i = 0; i < order.length; ) {
    let j = i;
    let here = 0;
    for (; j < order.length && scores[order[j]!] === scores[order[i]!]; j += 1) here += labels[order[j]!]!;
    caught += here;
    area += (here / frauds) * (caught / (caught + (j - caught) / kept));
    i = j;
  }
  // As of a share of the frauds (after Boyd, Eng and Page, 2013), which holds near 0 and 1 too.
  return share(area * frauds, frauds);
}

/**
 * All figures of probabilities against labels; a payment at or above the threshold counts as flagged.
 * @param kept the share of the genuine ones that is here; each stands for 1 ∕ kept
 */
export function qualityOf(
  probabilities: ArrayLike<number>,
  labels: ArrayLike<number>,
  threshold: number,
  kept = 1,
): Quality {
  let [tp, fp, tn, fn, loss] = [0, 0, 0, 0, 0];
  for (let i = 0; i < labels.length; i += 1) {
    const p = Math.min(1 - 1e-7, Math.max(1e-7, probabilities[i]!));
    const flagged = probabilities[i]! >= threshold ? 1 : 0;
    const fraud = labels[i]!;
    loss -= fraud ? Math.log(p) : Math.log(1 - p) / kept;
    tp += flagged * fraud;
    fp += flagged * (1 - fraud);
    fn += (1 - flagged) * fraud;
    tn += (1 - flagged) * (1 - fraud);
  }
  const [allFp, allTn] = [Math.round(fp / kept), Math.round(tn / kept)];
  const all = tp + allFp + allTn + fn;
  // The interval is that of as many flagged payments as were seen.
  const flagged = tp + fp;
  return {
    threshold,
    truePositives: tp,
    falsePositives: allFp,
    trueNegatives: allTn,
    falseNegatives: fn,
    precision: share(flagged === 0 ? 0 : (tp / (tp + fp / kept)) * flagged, flagged),
    recall: share(tp, tp + fn),
    f1: tp + allFp + fn === 0 ? null : (2 * tp) / (2 * tp + allFp + fn),
    aucRoc: aucRoc(probabilities, labels),
    averagePrecision: averagePrecision(probabilities, labels, kept),
    logLoss: all === 0 ? 0 : loss / all,
  };
}

export type Judged = { day: number; user: string; score: number; fraud: boolean };

/**
 * Card precision at k: of the k customers with the highest score of a day, the share that had a fraud that day, as a
 * mean over days. A customer once caught is not looked at again.
 */
export function cardPrecisionAt(k: number, payments: readonly Judged[]): number | null {
  const days = new Map<number, Judged[]>();
  for (const payment of payments) {
    const of = days.get(payment.day) ?? [];
    of.push(payment);
    days.set(payment.day, of);
  }
  const caught = new Set<string>();
  let sum = 0;
  for (const [, of] of [...days].sort(([a], [b]) => a - b)) {
    const customers = new Map<string, { score: number; fraud: boolean }>();
    for (const { user, score, fraud } of of) {
      if (caught.has(user)) continue;
      const seen = customers.get(user);
      customers.set(user, {
        score: Math.max(score, seen?.score ?? Number.NEGATIVE_INFINITY),
        fraud: fraud || (seen?.fraud ?? false),
      });
    }
    const top = [...customers].sort(([, a], [, b]) => b.score - a.score).slice(0, k);
    for (const [user, { fraud }] of top) if (fraud) caught.add(user);
    sum += top.filter(([, { fraud }]) => fraud).length / k;
  }
  return days.size === 0 ? null : sum / days.size;
}
