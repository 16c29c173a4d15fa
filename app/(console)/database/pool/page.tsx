import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { databaseHealth } from '@/domain/database/queries';
import { lastPoolTest, poolSeries, poolSnapshot } from '@/domain/pool/queries';
import { rangeOf } from '../range';
import { PoolView } from './pool-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('pool'))('title') };
}

type Props = { searchParams: Promise<{ range?: string }> };

export default async function PoolPage({ searchParams }: Props) {
  const actor = await requireActor();
  const range = rangeOf((await searchParams).range, '1h');
  const snapshot = await forPage(poolSnapshot(actor, {}));
  // A panel that cannot be read says so alone, and tries again from the browser.
  const [series, tested, health] = await Promise.all([
    poolSeries(actor, { range }).catch(() => undefined),
    lastPoolTest(actor, {}).catch(() => undefined),
    databaseHealth(actor, {}).catch(() => undefined),
  ]);
  return (
    <PoolView
      snapshot={snapshot}
      series={series}
      tested={tested}
      health={health}
      mayTest={may(actor.role, 'pool:test')}
    />
  );
}
