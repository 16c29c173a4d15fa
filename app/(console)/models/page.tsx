import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listModels } from '@/domain/models/queries';
import { ModelsView } from './models-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('models'))('title') };
}

export default async function ModelsPage() {
  const actor = await requireActor();
  const models = await forPage(listModels(actor, {}));
  return <ModelsView models={models} mayPromote={may(actor.role, 'model:promote')} />;
}
