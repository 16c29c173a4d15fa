import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { id, name, reason, version } from '@/domain/models/input';

export const arms = ['champion', 'challenger'] as const;
export type Arm = (typeof arms)[number];

/** What a test is decided by. */
export const measures = ['recall', 'precision', 'averagePrecision', 'aucRoc'] as const;
export type Measure = (typeof measures)[number];

export const testStates = ['ACTIVE', 'CONCLUDED', 'STOPPED'] as const;
export type TestState = (typeof testStates)[number];

export const startAbTestInput = z.strictObject({
  name,
  challenger: name,
  challengerVersion: version,
  /** Percent of the customers whose payments the challenger scores. */
  splitPercent: z.number().int().min(1).max(50),
  measure: z.enum(measures),
  /** Judged payments that each arm needs before there is a verdict. */
  minLabelled: z.number().int().min(100).max(10_000_000),
  /** A payment without a label counts as genuine after so many days; null leaves it out. */
  matureDays: z.number().int().min(1).max(365).nullable(),
});
export const stopAbTestInput = z.strictObject({ id, reason });
export const concludeAbTestInput = z.strictObject({ id, winner: z.enum(arms), reason });
export const listAbTestsInput = z.strictObject({
  cursor: cursorInput,
  limit: z.number().int().min(1).max(100).default(50),
});
