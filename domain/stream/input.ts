import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { outsideId } from '@/domain/transactions/input';
import { streamErrorCodes } from './error-codes';
import { listedStatuses } from './statuses';

/** One command takes so many rows by name, and so many of one error. */
export const mostIds = 200;
export const mostOfOneError = 10_000;

const id = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const errorCode = z.enum(streamErrorCodes);

export const listStreamInput = z
  .strictObject({
    status: z.enum(listedStatuses).default('DEAD'),
    errorCode: errorCode.optional(),
    /** The whole id of a payment. */
    transactionId: outsideId.optional(),
    cursor: cursorInput,
    limit: z.number().int().min(1).max(100).default(50),
  })
  .default({ status: 'DEAD', limit: 50 });

export const getStreamInput = z.strictObject({ id });

const chosen = {
  /** Rows of transaction_stream … */
  ids: z.array(id).min(1).max(mostIds).optional(),
  /** … or all dead letters of one error, at most `mostOfOneError` at a time. */
  errorCode: errorCode.optional(),
  /** With `errorCode`: only those given up by then (ISO 8601), so that nobody acts on what they have not seen. */
  until: z.iso.datetime({ offset: true }).optional(),
};
type Chosen = { ids?: number[]; errorCode?: string; until?: string };

const oneChoice = ({ ids, errorCode: code }: Chosen): boolean => (ids === undefined) !== (code === undefined);
const choice = { message: 'one_choice', path: ['ids'] };

export const redriveInput = z.strictObject(chosen).refine(oneChoice, choice);
export const discardInput = z
  .strictObject({ ...chosen, reason: z.string().trim().min(3).max(500) })
  .refine(oneChoice, choice);
