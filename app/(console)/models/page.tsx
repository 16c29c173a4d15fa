import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { getDrift, getQuality, listModels } from '@/domain/models/queries';

import { ModelsView } from './models-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('models'))('title') };
}

export default async function ModelsPage() {
  const actor = await requireActor();
  // A panel whose first read failed reads again by itself.
  const alone = <T,>(read: Promise<T>) => read.catch(() => undefined);
  const [models, drift, quality] = await Promise.all([
    forPage(listModels(actor, {})),
    alone(getDrift(actor, {})),
    alone(getQuality(actor, {})),
  ]);
  return (
    <ModelsView
      models={models}
      drift={drift}
      quality={quality}
      mayPromote={may(actor.role, 'model:promote')}
    />
  );
}
