import { command } from '@/domain/operation';
import { exportTransactionsInput } from './list-input';

/** An export holds at most so many payments, the newest that match. */
export const exportLimit = 50_000;

/**
 * Puts an export on the record before its first row leaves: the filters as asked for. The rows themselves are read
 * through exportTransactionsPage, page by page, until `limit`.
 */
export const exportTransactions = command({
  name: 'transaction:export',
  can: 'transaction:export',
  input: exportTransactionsInput,
  run: async ({ input }) => ({
    value: { filters: input, limit: exportLimit },
    audit: { resourceType: 'transaction', resourceId: null, after: { filters: input, limit: exportLimit } },
  }),
});
