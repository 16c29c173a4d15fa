import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';

export const ranges = ['1h', '24h', '7d'] as const;
export type Range = (typeof ranges)[number];
const range = z.enum(ranges).default('24h');
/** No text of PostgreSQL holds a NUL. */
const words = (most: number) =>
  z
    .string()
    .trim()
    .max(most)
    .refine((text) => !text.includes('\0'), 'invalid_text');

/** A query's id: a signed 64-bit number as text, since JavaScript's numbers end sooner. */
export const queryId = z
  .string()
  .refine(
    (text) => /^-?\d{1,19}$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text),
    'invalid_id',
  );

export const querySorts = ['time', 'calls', 'mean', 'rows', 'hit'] as const;

export const healthSeriesInput = z.strictObject({ range });
export const listQueriesInput = z.strictObject({
  range,
  view: z.enum(['all', 'slow']).default('all'),
  q: words(200).optional(),
  role: words(63).optional(),
  sort: z.enum(querySorts).default('time'),
  order: z.enum(['desc', 'asc']).default('desc'),
  cursor: cursorInput,
});
export const queryTimeInput = z.strictObject({ range, selected: queryId.optional() });
export const getQueryInput = z.strictObject({ queryId });
export const querySeriesInput = z.strictObject({ queryId, range: z.enum(ranges).default('7d') });
