import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { databaseHealth } from '@/domain/database/queries';
import {
  analyticsServer,
  publication,
  replicationSeries,
  replicationSnapshot,
} from '@/domain/replication/queries';
import { rangeOf } from '../range';
import { ReplicationView } from './replication-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('replication'))('title') };
}

type Props = { searchParams: Promise<{ range?: string }> };

export default async function ReplicationPage({ searchParams }: Props) {
  const actor = await requireActor();
  const range = rangeOf((await searchParams).range, '1h');
  const snapshot = await forPage(replicationSnapshot(actor, {}));
  // A panel that cannot be read says so alone, and tries again from the browser.
  const [series, analytics, published, health] = await Promise.all([
    replicationSeries(actor, { range }).catch(() => undefined),
    analyticsServer(actor, {}).catch(() => undefined),
    publication(actor, {}).catch(() => undefined),
    databaseHealth(actor, {}).catch(() => undefined),
  ]);
  return (
    <ReplicationView
      snapshot={snapshot}
      series={series}
      analytics={analytics}
      publication={published}
      health={health}
      mayDrop={may(actor.role, 'slot:drop')}
    />
  );
}
