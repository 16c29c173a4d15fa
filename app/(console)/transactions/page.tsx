import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { readParams, type SearchParams } from '@/app/_server/search-params';
import { may } from '@/domain/access';
import { AppError } from '@/domain/errors';
import { listTransactions } from '@/domain/transactions/queries';
import { TransactionList } from './transaction-list';
import { transactionSearch } from './transaction-search';

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations('transactions'))('title'),
});

/** Every payment, the newest first, by filter. */
export default async function TransactionsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const asked = transactionSearch(await readParams(searchParams));
  const read = (input: typeof asked) => listTransactions(actor, input).then((page) => ({ input, page }));
  // A cursor that is not one of ours is an old or a broken address: the first page is what it meant.
  const { input, page } = await forPage(
    read(asked).catch((error: unknown) => {
      if (!(error instanceof AppError) || error.failure.field !== 'cursor') throw error;
      return read({ ...asked, cursor: undefined });
    }),
  );
  return <TransactionList input={input} page={page} mayExport={may(actor.role, 'transaction:export')} />;
}
