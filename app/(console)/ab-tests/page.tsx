import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { listAbTests } from '@/domain/ab-tests/queries';
import { may } from '@/domain/access';
import { readParams, type SearchParams } from '../security/search-params';
import { AbTestsView } from './ab-tests-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('abTests'))('title') };
}

export default async function AbTestsPage({ searchParams }: { searchParams: SearchParams }) {
  const actor = await requireActor();
  const { cursor } = await readParams(searchParams);
  const page = await forPage(listAbTests(actor, { cursor }));
  return <AbTestsView page={page} cursor={cursor} mayTest={may(actor.role, 'ab-test:start')} />;
}
