import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { requireActor } from '@/app/_server/actor';
import { forPage } from '@/app/_server/respond';
import { may } from '@/domain/access';
import { listRequests } from '@/domain/maintenance/queries';
import {
  archivePreview,
  diskUse,
  listIndexes,
  listTables,
  missingPartitions,
  storageOverview,
  storageTimeline,
} from '@/domain/storage/queries';
import { tableOf, tabOf } from './params';
import { StorageView } from './storage-view';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('storage'))('title') };
}

type Props = { searchParams: Promise<{ tab?: string; table?: string }> };

export default async function StoragePage({ searchParams }: Props) {
  const actor = await requireActor();
  const params = await searchParams;
  const tab = tabOf(params.tab);
  const overview = await forPage(storageOverview(actor, {}));
  const on = <T,>(wanted: boolean, read: () => Promise<T>) =>
    wanted ? read().catch(() => undefined) : undefined;
  // A panel that cannot be read says so alone, and tries again from the browser.
  const [timeline, missing, archive, disk, tables, indexes, requests] = await Promise.all([
    on(tab === 'partitions', () => storageTimeline(actor, { table: tableOf(params.table) })),
    on(tab === 'partitions', () => missingPartitions(actor, {})),
    on(tab === 'partitions', () => archivePreview(actor, {})),
    on(true, () => diskUse(actor, {})),
    on(tab === 'tables', () => listTables(actor, {})),
    on(tab === 'indexes', () => listIndexes(actor, {})),
    on(true, () => listRequests(actor, { limit: 8 })),
  ]);
  return (
    <StorageView
      tab={tab}
      initial={{ overview, timeline, missing, archive, disk, tables, indexes, requests }}
      rights={{
        partitions: may(actor.role, 'partition:make'),
        archive: may(actor.role, 'partition:archive'),
        hold: may(actor.role, 'partition:hold'),
        indexes: may(actor.role, 'index:drop'),
        cancel: may(actor.role, 'maintenance:cancel'),
      }}
    />
  );
}
