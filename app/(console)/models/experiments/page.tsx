import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listExperiments } from '@/domain/models/queries';
import { readParams, type SearchParams } from '../../security/search-params';
import { ExperimentsView } from './experiments-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('experiments'))('title') };
}

export default async function ExperimentsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const { cursor } = await readParams(searchParams);
  const page = await forPage(listExperiments(actor, { cursor }));
  return <ExperimentsView page={page} cursor={cursor} mayTrain={may(actor.role, 'experiment:start')} />;
}
