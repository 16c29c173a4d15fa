import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { indexColumns, month, objectName } from './kinds';

const reason = z.string().trim().min(3).max(500);
/** A hold that ends within five years, or has no end. */
const longestMs = 5 * 366 * 86_400_000;
const until = z
  .union([z.iso.datetime({ offset: true }), z.null()])
  .refine((at) => at === null || Date.parse(at) > Date.now(), { message: 'in_past' })
  .refine((at) => at === null || Date.parse(at) < Date.now() + longestMs, { message: 'too_far' });

export const makePartitionsInput = z
  .strictObject({ from: month.nullable().default(null), to: month.nullable().default(null) })
  .refine(({ from, to }) => from === null || to === null || from <= to, { message: 'order', path: ['to'] });
export const archiveMonthInput = z.strictObject({ month, reason });
export const bringBackMonthInput = z.strictObject({ month, reason, until });
export const holdMonthInput = z.strictObject({ month, reason, until });
export const releaseMonthInput = z.strictObject({ month, reason });
export const createIndexInput = z.strictObject({ table: objectName, columns: indexColumns, reason });
export const restoreIndexInput = z.strictObject({ request: z.number().int().positive(), reason });
export const rebuildIndexInput = z.strictObject({ index: objectName, reason });
export const dropIndexInput = z.strictObject({ index: objectName, reason });
export const cancelRequestInput = z.strictObject({ id: z.number().int().positive() });

export const listRequestsInput = z
  .strictObject({ cursor: cursorInput, limit: z.number().int().min(1).max(100).default(20) })
  .default({ limit: 20 });
