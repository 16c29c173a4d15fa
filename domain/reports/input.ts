import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { type AskedPeriods, lengthOf, mostDays } from './period';

const day = z.iso.date().refine((value) => value >= '2000-01-01' && value <= '2100-01-01', 'out_of_range');

const periodFields = {
  /** UTC days, both ends with it; what is left out is as in periodsOf. */
  from: day.optional(),
  to: day.optional(),
  againstFrom: day.optional(),
  againstTo: day.optional(),
};

const checkPeriods = (asked: AskedPeriods, context: z.RefinementCtx): void => {
  for (const [first, last] of [
    ['from', 'to'],
    ['againstFrom', 'againstTo'],
  ] as const) {
    const [from, to] = [asked[first], asked[last]];
    if (!from || !to) continue;
    if (to < from) context.addIssue({ code: 'custom', path: [last], message: 'before_from' });
    else if (lengthOf({ from, to }) > mostDays)
      context.addIssue({ code: 'custom', path: [last], message: 'too_many_days' });
  }
};

export const periodInput = z.strictObject(periodFields).superRefine(checkPeriods);

/** `rate`: most certainly the worst; `trend`: whose scores have risen most. */
export const merchantOrders = ['rate', 'trend'] as const;
export type MerchantOrder = (typeof merchantOrders)[number];
export const merchantsInput = z
  .strictObject({ ...periodFields, order: z.enum(merchantOrders).default('rate') })
  .superRefine(checkPeriods);

export const merchantExportInput = z
  .strictObject({
    ...periodFields,
    cursor: cursorInput,
    limit: z.number().int().min(1).max(1000).default(500),
  })
  .superRefine(checkPeriods);

/** What can be taken away as a file. */
export const reportNames = ['days', 'merchants', 'rules', 'analysts'] as const;
export type ReportName = (typeof reportNames)[number];
