import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listPatterns } from '@/domain/patterns/queries';
import { PatternsView } from './patterns-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('patterns'))('title') };
}

export default async function PatternsPage() {
  const actor = await requireActor();
  return (
    <PatternsView
      initial={await forPage(listPatterns(actor, {}))}
      mayChange={may(actor.role, 'pattern:edit')}
    />
  );
}
