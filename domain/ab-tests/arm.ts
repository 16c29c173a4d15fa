import { createHash } from 'node:crypto';
import type { Model } from '@/domain/models/model';
import type { Arm } from './input';

/** The test that runs: `split` is the challenger's share of the customers, 0 to 1. */
export type RunningTest = { id: number; split: number; challenger: Model };

/**
 * Which arm a customer is in. The same for the whole test, and independent of any other test: the hash is salted with the
 * test's number.
 */
export function armOf(testId: number, userId: string, split: number): Arm {
  const hash = createHash('sha256').update(`${testId}:${userId}`).digest().readUInt32BE(0);
  return hash / 0x1_0000_0000 < split ? 'challenger' : 'champion';
}

/** The model that scores a customer's payment, and as what. */
export function scoredBy(
  champion: Model,
  test: RunningTest | null,
  userId: string,
): { model: Model; arm: Arm; testId: number | null } {
  if (!test) return { model: champion, arm: 'champion', testId: null };
  const arm = armOf(test.id, userId, test.split);
  return { model: arm === 'challenger' ? test.challenger : champion, arm, testId: test.id };
}
