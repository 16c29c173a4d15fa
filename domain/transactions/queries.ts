import { sql } from 'drizzle-orm';
import { AppError } from '@/domain/errors';
import { query } from '@/domain/operation';
import { type Explanation, explainPayment, type SimilarPayment, similarPayments } from './explain';
import { listTransactionsInput, sameInput, transactionInput } from './list-input';
import { paymentsSharing, type Shared, searchPayments } from './search';

const notFound = (id: string) =>
  new AppError('not_found', { detail: 'transaction.not_found', values: { id } });

/**
 * Payments, the newest first, by filter. Rows of a search that no index serves may be fewer than asked for: `searched`
 * says how far back it looked within two seconds, and `next` continues there. Cards by their last four only.
 */
export const listTransactions = query({
  name: 'transaction.list',
  can: 'transaction:read',
  input: listTransactionsInput,
  live: true,
  run: ({ db, input }) => searchPayments(db, input),
});

/** The same, page by page for a file: long, and off the primary where a standby keeps up. */
export const exportTransactionsPage = query({
  name: 'transaction.export-page',
  can: 'transaction:export',
  input: listTransactionsInput,
  long: true,
  run: ({ db, input }) => searchPayments(db, input),
});

export type TransactionDetail = Explanation & {
  /** The alert that the payment raised. */
  alert: { id: number; status: string; disposition: string | null } | null;
};

/** One payment with its decision explained, archived ones too. @throws AppError `not_found` */
export const getTransaction = query({
  name: 'transaction.get',
  can: 'transaction:read',
  input: transactionInput,
  live: true,
  run: async ({ db, input }): Promise<TransactionDetail> => {
    const [explanation, [alert]] = await Promise.all([
      explainPayment(db, input.id, input.at ?? null),
      db.execute<{ id: string; status: string; disposition: string | null }>(
        sql`select id, status, disposition from fraud_alerts where transaction_id = ${input.id}`,
      ),
    ]);
    if (!explanation) throw notFound(input.id);
    return { ...explanation, alert: alert ? { ...alert, id: Number(alert.id) } : null };
  },
});

const sameBy = (shared: Shared) =>
  query({
    name: `transaction.same-${shared}`,
    can: 'transaction:read',
    input: sameInput,
    live: true,
    run: async ({ db, input }) => {
      const { found, ...page } = await paymentsSharing(db, shared, input);
      if (!found) throw notFound(input.id);
      return page;
    },
  });

/** Payments of the same customer, card, device, IP address or merchant as one payment, the newest first. */
export const sameUser = sameBy('user');
export const sameCard = sameBy('card');
export const sameDevice = sameBy('device');
export const sameIp = sameBy('ip');
export const sameMerchant = sameBy('merchant');

/** The twelve payments most like this one, of the 30 days before it, with how they turned out. */
export const listSimilar = query({
  name: 'transaction.similar',
  can: 'transaction:read',
  input: transactionInput,
  live: true,
  run: async ({ db, input }): Promise<SimilarPayment[]> => {
    const when = input.at ? sql`and transaction_timestamp = ${input.at}::timestamptz` : sql``;
    const [row] = await db.execute<{
      at: string;
    }>(sql`select transaction_timestamp::text as at from transactions_all
      where transaction_id = ${input.id} ${when} order by transaction_timestamp desc limit 1`);
    if (!row) throw notFound(input.id);
    return similarPayments(db, input.id, row.at, 12);
  },
});
