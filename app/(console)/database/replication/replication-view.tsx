'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { AnalyticsReading } from '@/db/analytics';
import type { DatabaseHealth } from '@/domain/database/health';
import type { Publication } from '@/domain/replication/publication';
import type { ReplicationSeries, ReplicationSnapshot } from '@/domain/replication/queries';
import type { Slot } from '@/domain/replication/slots';
import { AreaChecks } from '../area-checks';
import styles from '../database.module.css';
import { RangeControl, useRange } from '../range-control';
import { AnalyticsPanel } from './analytics-panel';
import { DropDialog } from './drop-dialog';
import { Instructions } from './instructions';
import { Problems } from './problems';
import { PublicationPanel } from './publication-panel';
import { ReceiverTable } from './receiver-table';
import own from './replication.module.css';
import { ReplicationCharts } from './replication-charts';
import { ReplicationFigures } from './replication-figures';
import { ServerPanel } from './server-panel';
import { SlotSheet } from './slot-sheet';
import { SlotTable } from './slot-table';

type Props = {
  snapshot: ReplicationSnapshot;
  series?: ReplicationSeries;
  analytics?: AnalyticsReading;
  publication?: Publication | null;
  health?: DatabaseHealth;
  mayDrop: boolean;
};

const everyMs = 5000;

/** Who follows this server and how far behind, what that costs it, and what others are offered. */
export function ReplicationView(props: Props) {
  const t = useTranslations('replication');
  const [range] = useRange('1h');
  const open = useOpenRow();
  const [dropping, setDropping] = useState<Slot | null>(null);
  const often = { every: everyMs };
  const live = useLive<ReplicationSnapshot>('replication.snapshot', {}, props.snapshot, ['health'], often);
  const analytics = useLive<AnalyticsReading>(
    'replication.analytics',
    {},
    props.analytics,
    ['health'],
    often,
  );
  const publication = useLive<Publication | null>('replication.publication', {}, props.publication, [
    'health',
  ]);
  const series = useLive<ReplicationSeries>('replication.series', { range }, props.series, ['health']);
  const now = live.data ?? props.snapshot;
  const { server, receivers, slots } = now;
  const nobody = receivers.length === 0 && slots.length === 0 && (analytics.data?.state ?? 'none') === 'none';
  const opened = slots.find((slot) => slot.slot === open.key);
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          <span>
            {t.rich('server', {
              role: t(`roles.${server.role}`),
              version: server.version,
              at: () => <Time at={now.at} style="clock" />,
            })}
          </span>
        }
      >
        {!nobody && <RangeControl usual="1h" />}
      </PageHeader>
      <div className={styles.page}>
        {nobody && <Instructions server={server} />}
        <Problems snapshot={now} analytics={analytics.data} publication={publication.data} />
        {!nobody && (
          <>
            <ReplicationFigures snapshot={now} series={series.data} analytics={analytics.data} />
            <ReplicationCharts series={series} server={server} />
            <ReceiverTable live={live} receivers={receivers} monitor={server.monitor} />
            <SlotTable live={live} slots={slots} open={open} />
            <AreaChecks area="replication" health={props.health} />
          </>
        )}
        <div className={own.panels}>
          <PublicationPanel live={publication} slots={slots} />
          <AnalyticsPanel live={analytics} />
        </div>
        <ServerPanel live={live} snapshot={now} />
      </div>
      {opened && (
        <SlotSheet
          slot={opened}
          receiver={receivers.find((one) => one.slot === opened.slot)}
          points={series.data?.points ?? []}
          mayDrop={props.mayDrop}
          onDrop={setDropping}
          onClose={open.close}
        />
      )}
      <DropDialog slot={dropping} onClose={() => setDropping(null)} onDone={() => void live.refetch()} />
    </>
  );
}
