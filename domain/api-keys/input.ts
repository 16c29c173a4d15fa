import { z } from 'zod';
import { apiScopes } from '../access';

/** Bounds of a key's rate, as in the CHECK of `api_keys`; the initial values are what a new key gets. */
export const rateLimits = {
  ratePerSecond: { minimum: 1, maximum: 100_000, initial: 1000 },
  burst: { minimum: 1, maximum: 1_000_000, initial: 2000 },
} as const;
/** A key without an end is allowed; one with an end has it within five years. */
const longestMs = 5 * 366 * 86_400_000;

const name = z
  .string()
  .trim()
  .min(1)
  .max(100)
  .regex(/^[^\p{Cc}\p{Cf}\p{Cs}]*$/u);
const whole = ({ minimum, maximum }: { minimum: number; maximum: number }) =>
  z.number().int().min(minimum).max(maximum);
const reason = z.string().trim().min(3).max(500);
const id = z.number().int().positive().max(2_147_483_647);

const expiry = z
  .union([z.iso.datetime({ offset: true }), z.null()])
  .refine((at) => at === null || Date.parse(at) > Date.now(), { message: 'in_past' })
  .refine((at) => at === null || Date.parse(at) < Date.now() + longestMs, { message: 'too_far' });

export const createKeyInput = z.strictObject({
  name,
  scopes: z.array(z.enum(apiScopes)).min(1).max(apiScopes.length),
  ratePerSecond: whole(rateLimits.ratePerSecond).default(rateLimits.ratePerSecond.initial),
  burst: whole(rateLimits.burst).default(rateLimits.burst.initial),
  /** ISO 8601, or null for a key that does not expire. */
  expiresAt: expiry,
});

export const changeKeyInput = z.strictObject({
  id,
  name,
  ratePerSecond: whole(rateLimits.ratePerSecond),
  burst: whole(rateLimits.burst),
  expiresAt: expiry,
  reason,
});

export const revokeKeyInput = z.strictObject({ id, reason });

export const getKeyInput = z.strictObject({ id });

export const listKeysInput = z
  .strictObject({
    /** Keys in force, or also those that were revoked or have expired. */
    show: z.enum(['active', 'all']).default('active'),
    cursor: z.string().max(600).optional(),
    limit: z.number().int().min(1).max(100).default(50),
  })
  .default({ show: 'active', limit: 50 });
