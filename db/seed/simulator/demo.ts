import { dayMs } from './habits';
import type { SimulatorOptions } from './timeline';

const minute = 60_000;

/** How long before its first start the demo's past begins, at most. */
export const demoDays = 30;

/** A bank tried Vigil with a few customers, then with more, and two days ago brought them all. */
const rolledOut = (begun: number) => (at: number) => {
  const days = (begun - at) / dayMs;
  if (days > 7) return 0.05;
  return days > 2 ? 0.2 : 1;
};

/**
 * The traffic of the demo, past and present one story: who pays now has paid before.
 * @param begun when the demo was started first, in milliseconds since 1970
 */
export const demoTraffic = (begun: number): SimulatorOptions => ({
  seed: 20_240,
  prefix: 'pay-',
  customers: 4000,
  perDay: 12_000,
  fraudShare: 0.008,
  share: rolledOut(begun),
  attackAt: begun - 25 * minute,
});
