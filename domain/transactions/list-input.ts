import { isIP } from 'node:net';
import { z } from 'zod';
import { riskLevels } from '@/domain/alerts/input';
import { cursorInput } from '@/domain/cursor';
import { channels } from './input';

export const paymentDecisions = ['ALLOW', 'REVIEW', 'BLOCK'] as const;
export const labels = ['fraud', 'genuine', 'unknown'] as const;

const outsideKey = z.string().trim().min(1).max(100);
const money = z.coerce.number().min(0).max(1e13);
const score = z.coerce.number().min(0).max(1);
const moment = z.iso.datetime({ offset: true });
const address = z
  .string()
  .trim()
  .refine((value) => isIP(value) > 0, 'not_an_address');

const filters = {
  /** From, inclusive, and to, exclusive: ISO 8601 with an offset. */
  from: moment.optional(),
  to: moment.optional(),
  decision: z.array(z.enum(paymentDecisions)).max(3).optional(),
  risk: z.array(z.enum(riskLevels)).max(5).optional(),
  user: outsideKey.optional(),
  merchant: outsideKey.optional(),
  /** A whole token, or its last four characters. */
  card: outsideKey.optional(),
  device: outsideKey.optional(),
  ip: address.optional(),
  country: z
    .string()
    .trim()
    .toUpperCase()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  channel: z.array(z.enum(channels)).max(channels.length).optional(),
  /** In the base currency. */
  amountFrom: money.optional(),
  amountTo: money.optional(),
  scoreFrom: score.optional(),
  scoreTo: score.optional(),
  label: z.array(z.enum(labels)).max(3).optional(),
  id: outsideKey.optional(),
};

export const listTransactionsInput = z.strictObject({
  ...filters,
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(500).default(50),
});
export type ListTransactionsInput = z.input<typeof listTransactionsInput>;
export type TransactionFilters = z.output<typeof listTransactionsInput>;

export const exportTransactionsInput = z.strictObject(filters);
export const transactionInput = z.strictObject({
  id: outsideKey,
  /** The payment's timestamp, which finds it in one partition. */
  at: moment.optional(),
});
export const sameInput = z.strictObject({
  ...transactionInput.shape,
  cursor: cursorInput,
  limit: z.coerce.number().int().min(1).max(200).default(20),
});
