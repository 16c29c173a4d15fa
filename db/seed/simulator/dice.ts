import { seeded } from '@/domain/models/random';

/** Numbers that follow from a seed and a place in a sequence alone: the same on every machine, from any point. */
export const dice = (seed: number, ...at: (number | string)[]): (() => number) => {
  let state = seed >>> 0;
  for (const part of at)
    for (const char of `${part};`) state = Math.imul(state ^ char.charCodeAt(0), 0x01000193) >>> 0;
  return seeded(state);
};

export type Roll = () => number;

export const pick = <T>(list: readonly T[], roll: Roll): T => list[Math.floor(roll() * list.length)] as T;

export const hex = (roll: Roll, digits: number): string =>
  Array.from({ length: digits }, () => Math.floor(roll() * 16).toString(16)).join('');

/** About normal: mean 0, deviation 1. */
export const bell = (roll: Roll): number =>
  Math.sqrt(-2 * Math.log(1 - roll())) * Math.cos(2 * Math.PI * roll());

/** How many of a thing happen that happens `mean` times on average (Poisson). */
export const happens = (mean: number, roll: Roll): number => {
  const limit = Math.exp(-mean);
  let count = 0;
  for (let chance = roll(); chance > limit; chance *= roll()) count += 1;
  return count;
};

/** A place in `weights`, each as likely as it weighs. */
export const weighted = (weights: readonly number[], roll: Roll): number => {
  let left = roll() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [place, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return place;
  }
  return weights.length - 1;
};
