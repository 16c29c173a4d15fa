import type { Figure, ModelQuality } from './performance';
import type { Estimate } from './quality';

/** A figure that has certainly fallen by so much is worse, or far worse; in parts of the whole, 0 … 1. */
export const fallLimits = { worse: 0.01, far: 0.05 } as const;
/** Fewer frauds than this judge nothing. */
export const fewestFrauds = 10;

/** What a verdict rests on: figures that do not move when fraud becomes rarer or more frequent. */
export type Fall = { figure: 'aucRoc' | 'recall'; before: Estimate; after: Estimate; least: number };
type Telling = Pick<ModelQuality, Fall['figure']>;

/**
 * By how much a figure has fallen at least: the lower end of the 95 % interval of the difference, made from the
 * intervals of both (Zou and Donner 2008). Negative or 0: it may as well not have fallen.
 */
export const leastFall = (then: Estimate, now: Estimate): number =>
  then.value - now.value - Math.hypot(then.value - then.low, now.high - now.value);

const estimate = (of: Figure | null): Estimate | null =>
  of && of.low !== null && of.high !== null ? { value: of.value, low: of.low, high: of.high } : null;

/** The figure that has fallen most, with what is certain about it; null when neither is known on both sides. */
export function worstFall(then: Telling, now: Telling): Fall | null {
  const falls = (['aucRoc', 'recall'] as const).flatMap((figure): Fall[] => {
    const [before, after] = [estimate(then[figure]), estimate(now[figure])];
    return before && after ? [{ figure, before, after, least: Math.max(0, leastFall(before, after)) }] : [];
  });
  return falls.sort((a, b) => b.least - a.least)[0] ?? null;
}

export type Standing = { baseline: ModelQuality; now: ModelQuality; fall: Fall };

/**
 * The newest judged week of a champion against its evaluation at promotion; a model that had none stands against its own
 * first week. Null while there is too little to compare.
 * @param live its judged weeks, the oldest first
 */
export function standingOf(training: ModelQuality | null, live: readonly ModelQuality[]): Standing | null {
  const now = live.at(-1);
  const first = live[0];
  const baseline = training ?? (first && now && first.to <= now.from ? first : null);
  const fall = baseline && now && worstFall(baseline, now);
  return fall ? { baseline, now, fall } : null;
}
