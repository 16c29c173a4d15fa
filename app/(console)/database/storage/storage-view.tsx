'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import type { Page } from '@/domain/cursor';
import type { RequestRow } from '@/domain/maintenance/queries';
import type { ArchivePreview } from '@/domain/storage/archive';
import type { Disk } from '@/domain/storage/disk';
import type { IndexList, MissingPartitions, StorageOverview, Timeline } from '@/domain/storage/queries';
import type { TableRow } from '@/domain/storage/tables';
import page from '../database.module.css';
import { Figures } from './figures';
import { IndexTab } from './index-tab';
import { type Tab, tabOf, tabs } from './params';
import { PartitionTab } from './partition-tab';
import { RequestPanel } from './request-panel';
import { TableTab } from './table-tab';
import { every } from './words';

/** What the person may do here. */
export type Rights = {
  partitions: boolean;
  archive: boolean;
  hold: boolean;
  indexes: boolean;
  cancel: boolean;
};
export type Initial = {
  overview: StorageOverview;
  timeline?: Timeline;
  missing?: MissingPartitions;
  archive?: ArchivePreview;
  disk?: Disk;
  tables?: { at: string; rows: TableRow[] };
  indexes?: IndexList;
  requests?: Page<RequestRow>;
};
type Props = { tab: Tab; initial: Initial; rights: Rights };

/** What lies where: partitions and the archive, tables, indexes; and what the worker was asked to do about it. */
export function StorageView({ initial, rights, ...props }: Props) {
  const t = useTranslations('storage');
  const [params, set] = useQueryStates(
    { tab: parseAsString, open: parseAsString, sort: parseAsString },
    { history: 'push' },
  );
  const tab = tabOf(params.tab ?? props.tab);
  const overview = useLive<StorageOverview>('storage.overview', {}, initial.overview, ['storage'], { every });
  const disk = useLive<Disk>('storage.disk', {}, initial.disk, ['storage'], { every });
  const [limit, setLimit] = useState(8);
  const requests = useLive<Page<RequestRow>>('maintenance.list', { limit }, initial.requests, ['storage']);
  const unused = overview.data?.unused.count ?? 0;
  const server = overview.data?.server ?? initial.overview.server;
  const asked = (few: number) => (
    <RequestPanel
      requests={requests}
      mayCancel={rights.cancel}
      mayRestore={rights.indexes}
      few={few}
      onMore={() => setLimit(100)}
    />
  );
  return (
    <>
      <PageHeader title={t('title')} meta={t('server', server)}>
        <SegmentedControl
          aria-label={t('view')}
          value={tab}
          onChange={(value) =>
            void set({ tab: value === 'partitions' ? null : value, open: null, sort: null })
          }
          data={tabs.map((value) => ({
            value,
            label:
              value === 'indexes' && unused > 0
                ? t('tabs.indexesUnused', { count: unused })
                : t(`tabs.${value}`),
          }))}
        />
      </PageHeader>
      <div className={page.page}>
        {overview.data && <Figures overview={overview.data} disk={disk.data} />}
        {tab === 'partitions' && (
          <PartitionTab initial={initial} overview={overview} disk={disk} rights={rights} />
        )}
        {tab === 'tables' && <TableTab initial={initial.tables} />}
        {tab === 'indexes' && asked(3)}
        {tab === 'indexes' && <IndexTab initial={initial.indexes} mayChange={rights.indexes} />}
        {tab !== 'indexes' && asked(8)}
      </div>
    </>
  );
}
