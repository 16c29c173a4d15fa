import type { FieldIssue } from '@/domain/errors';

/** Why a payment that is well formed cannot be decided. */
export type Misfit = 'no_rate' | 'in_future' | 'outside_partitions' | 'amount_too_large';

const fields: Record<Misfit, string> = {
  no_rate: 'currency',
  in_future: 'transaction_timestamp',
  outside_partitions: 'transaction_timestamp',
  amount_too_large: 'amount',
};

export const misfitIssue = (misfit: Misfit): FieldIssue => ({ field: fields[misfit], rule: misfit });

/** The id is taken by another payment, or by one whose answer is kept no longer. */
export const conflictIssue: FieldIssue = { field: 'transaction_id', rule: 'other_body' };
