import { z } from 'zod';

/** As many as a decision looks at; each costs it a few additions. */
export const mostPatterns = 100;
export const mostRules = 20;

const hundredths = (value: number) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6;
const id = z.number().int().positive().max(2_147_483_647);
const version = z.number().int().positive().max(2_147_483_647);
const weight = z.number().min(0.01).max(1).refine(hundredths, 'two_decimals');
const threshold = z.number().min(0.01).max(9.99).refine(hundredths, 'two_decimals');
const text = (most: number, least = 0) =>
  z
    .string()
    .trim()
    .min(least)
    .max(most)
    .refine((value) => !value.includes('\0'), 'invalid_text');
const reason = text(500, 3);

/** Weights added up in hundredths, so that 0.7 and 0.1 reach 0.8. */
export const totalOf = (rules: readonly { weight: number }[]): number =>
  rules.reduce((sum, rule) => sum + Math.round(rule.weight * 100), 0) / 100;

const written = {
  description: text(500).default(''),
  rules: z
    .array(z.strictObject({ ruleId: id, weight }))
    .min(1)
    .max(mostRules),
  reviewThreshold: threshold,
  blockThreshold: threshold,
};

type Written = {
  rules: { ruleId: number; weight: number }[];
  reviewThreshold: number;
  blockThreshold: number;
};

const check = (pattern: Written, context: z.RefinementCtx): void => {
  const issue = (field: string, message: string) =>
    context.addIssue({ code: 'custom', path: [field], message });
  if (new Set(pattern.rules.map((rule) => rule.ruleId)).size < pattern.rules.length)
    issue('rules', 'repeated');
  if (pattern.blockThreshold < pattern.reviewThreshold) issue('blockThreshold', 'below_review');
  if (pattern.reviewThreshold > totalOf(pattern.rules)) issue('reviewThreshold', 'out_of_reach');
};

/** The name stays: alerts are found by it. */
export const createPatternInput = z.strictObject({ name: text(100, 3), ...written }).superRefine(check);
export const editPatternInput = z.strictObject({ id, version, ...written, reason }).superRefine(check);
export const stepPatternInput = z.strictObject({ id, version, reason });
export const patternHitsInput = z.strictObject({ name: text(100, 1) });
