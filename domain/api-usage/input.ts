import { z } from 'zod';
import { usageRanges } from './slots';

export const statusClasses = ['2xx', '3xx', '4xx', '5xx'] as const;
export type StatusClass = (typeof statusClasses)[number];

/** What is looked at: a range, and within it one route, key or class of answers. */
const looking = {
  range: z.enum(usageRanges).default('24h'),
  /** A route as the API describes it, `/api/v1/transactions/{id}`. */
  endpoint: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}]*$/u)
    .optional(),
  /** Id of an API key; 0 for calls without one. */
  key: z.number().int().min(0).max(2_147_483_647).optional(),
  status: z.enum(statusClasses).optional(),
};

export const apiUsageInput = z.strictObject(looking).default({ range: '24h' });
