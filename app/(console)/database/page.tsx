import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { databaseHealth, healthSeries, listCapabilities } from '@/domain/database/queries';
import { HealthView } from './health-view';
import { rangeOf } from './range';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('database'))('healthTitle') };
}

type Props = { searchParams: Promise<{ range?: string }> };

export default async function DatabasePage({ searchParams }: Props) {
  const actor = await requireActor();
  const range = rangeOf((await searchParams).range, '1h');
  const capabilities = await forPage(listCapabilities(actor, {}));
  // A panel that cannot be read says so alone, and tries again from the browser.
  const [health, series] = await Promise.all([
    databaseHealth(actor, {}).catch(() => undefined),
    healthSeries(actor, { range }).catch(() => undefined),
  ]);
  return (
    <HealthView
      mayCheck={may(actor.role, 'database:check')}
      capabilities={capabilities}
      health={health}
      series={series}
    />
  );
}
