import { systemActor } from '@/domain/actor';
import { activatePattern, createPattern } from '@/domain/patterns/commands';
import { expectValue } from './expect-value';

/** Weights of the default rules, by R-number. */
const patterns = [
  {
    name: 'Card testing ring',
    description: 'Stolen numbers are tried: small payments from few machines, often at one merchant.',
    rules: [
      { ruleId: 1, weight: 0.5 },
      { ruleId: 3, weight: 0.3 },
      { ruleId: 5, weight: 0.3 },
      { ruleId: 6, weight: 0.3 },
      { ruleId: 7, weight: 0.2 },
    ],
    reviewThreshold: 0.6,
    blockThreshold: 0.8,
  },
  {
    name: 'Account takeover',
    description: 'A known customer, but not their device, place or habit.',
    rules: [
      { ruleId: 2, weight: 0.4 },
      { ruleId: 9, weight: 0.3 },
      { ruleId: 10, weight: 0.4 },
      { ruleId: 11, weight: 0.3 },
      { ruleId: 12, weight: 0.2 },
    ],
    reviewThreshold: 0.6,
    blockThreshold: 1,
  },
  {
    name: 'Bot',
    description: 'No person pays like this: without a rest, from one machine, for many customers.',
    rules: [
      { ruleId: 15, weight: 0.5 },
      { ruleId: 8, weight: 0.3 },
      { ruleId: 4, weight: 0.3 },
      { ruleId: 6, weight: 0.2 },
    ],
    reviewThreshold: 0.6,
    blockThreshold: 0.8,
  },
];

/** The patterns of a new installation, active; only together with the default rules that they weigh. */
export const seedPatterns = async (): Promise<number> => {
  const actor = systemActor('Vigil');
  for (const pattern of patterns) {
    const { id, version } = expectValue(await createPattern(actor, pattern));
    expectValue(await activatePattern(actor, { id, version, reason: 'Shipped with Vigil' }));
  }
  return patterns.length;
};
