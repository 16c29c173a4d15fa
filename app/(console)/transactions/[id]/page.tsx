import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { getTransaction } from '@/domain/transactions/queries';
import { TransactionDetailView } from './transaction-detail';

type Props = { params: Promise<{ id: string }> };

export const generateMetadata = async ({ params }: Props): Promise<Metadata> => {
  const t = await getTranslations('transactions');
  return { title: `${t('payment')} ${decodeURIComponent((await params).id)}` };
};

/** One payment: its decision explained, all that went into it, and the payments that share something with it. */
export default async function TransactionRoute({ params }: Props) {
  const actor = await requireActor();
  const id = decodeURIComponent((await params).id);
  const detail = await forPage(getTransaction(actor, { id }));
  return <TransactionDetailView initial={detail} />;
}
