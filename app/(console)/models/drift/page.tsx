import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { getDrift } from '@/domain/models/queries';
import { DriftView } from './drift-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('drift'))('title') };
}

export default async function DriftPage() {
  const actor = await requireActor();
  return <DriftView drift={await forPage(getDrift(actor, {}))} />;
}
