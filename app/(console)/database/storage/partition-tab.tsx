'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { parseAsString, useQueryStates } from 'nuqs';
import { type LiveError, useLive } from '@/components/live';
import type { ArchivePreview } from '@/domain/storage/archive';
import type { Disk } from '@/domain/storage/disk';
import type { MissingPartitions, StorageOverview, Timeline } from '@/domain/storage/queries';
import { ArchivePanel } from './archive-panel';
import { DiskPanel } from './disk-panel';
import { MissingPanel } from './missing-panel';
import { tableOf } from './params';
import { PartitionedPanel } from './partitioned-panel';
import { SpanSheet } from './span-sheet';
import styles from './storage.module.css';
import type { Initial, Rights } from './storage-view';
import { TimelinePanel } from './timeline-panel';
import { every } from './words';

type Props = {
  initial: Initial;
  overview: UseQueryResult<StorageOverview, LiveError>;
  disk: UseQueryResult<Disk, LiveError>;
  rights: Rights;
};

/** One table over time, every partitioned table, what is missing, and what the archive takes next. */
export function PartitionTab({ initial, overview, disk, rights }: Props) {
  const [params, set] = useQueryStates({ table: parseAsString, open: parseAsString }, { history: 'replace' });
  const table = tableOf(params.table);
  const same = initial.timeline?.table === table ? initial.timeline : undefined;
  const timeline = useLive<Timeline>('storage.timeline', { table }, same, ['storage'], { every });
  const missing = useLive<MissingPartitions>('storage.missing', {}, initial.missing, ['storage'], { every });
  const archive = useLive<ArchivePreview>('storage.archive', {}, initial.archive, ['storage'], { every });
  const spans = timeline.data?.table === table ? timeline.data.spans : [];
  const opened = spans.find((span) => span.key === params.open);
  return (
    <>
      <TimelinePanel
        timeline={timeline}
        table={table}
        open={params.open}
        onOpen={(open) => void set({ open })}
      />
      <div className={styles.frame}>
        <div className={styles.columns}>
          <div className={styles.column}>
            <PartitionedPanel
              overview={overview}
              selected={table}
              onSelect={(next) => void set({ table: next === 'transactions' ? null : next, open: null })}
            />
            <DiskPanel disk={disk} />
          </div>
          <div className={styles.column}>
            <MissingPanel missing={missing} mayMake={rights.partitions} />
            <ArchivePanel archive={archive} mayMove={rights.archive} />
          </div>
        </div>
      </div>
      {opened && (
        <SpanSheet
          key={opened.key}
          span={opened}
          spans={spans}
          table={table}
          archive={archive.data}
          mayMove={rights.archive}
          mayHold={rights.hold}
          onOpen={(open) => void set({ open })}
        />
      )}
    </>
  );
}
