import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { queryId } from '@/domain/database/input';
import { getQuery } from '@/domain/database/queries';
import { QueryView } from './query-view';

type Props = { params: Promise<{ id: string }> };

export const generateMetadata = async (): Promise<Metadata> => ({
  title: (await getTranslations('database'))('query'),
});

/** One query with all that is known about it. */
export default async function QueryRoute({ params }: Props) {
  const actor = await requireActor();
  const id = decodeURIComponent((await params).id);
  // An address that cannot be an id is one that is not there.
  if (!queryId.safeParse(id).success) notFound();
  const query = await forPage(getQuery(actor, { queryId: id }));
  return <QueryView initial={query} mayExplain={may(actor.role, 'query:explain')} />;
}
