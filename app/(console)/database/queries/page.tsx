import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listQueries, queryTime, slowQueries } from '@/domain/database/queries';
import { QueriesView } from './queries-view';
import { type QueryParams, queryInput } from './query-input';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('database'))('queriesTitle') };
}

export default async function QueriesPage({ searchParams }: { searchParams: Promise<QueryParams> }) {
  const actor = await requireActor();
  const params = await searchParams;
  const input = queryInput(params);
  const slow = await forPage(slowQueries(actor, {}));
  const [page, time] = await Promise.all([
    listQueries(actor, input).catch(() => undefined),
    queryTime(actor, { range: input.range }).catch(() => undefined),
  ]);
  return <QueriesView slow={slow} page={page} time={time} mayExplain={may(actor.role, 'query:explain')} />;
}
