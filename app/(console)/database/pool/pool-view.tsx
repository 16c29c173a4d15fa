'use client';

import { useTranslations } from 'next-intl';
import { formatDuration, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PageHeader } from '@/components/page-header';
import { Time } from '@/components/time';
import type { DatabaseHealth } from '@/domain/database/health';
import type { LastPoolTest, PoolSeries, PoolSnapshot } from '@/domain/pool/queries';
import { AreaChecks } from '../area-checks';
import styles from '../database.module.css';
import { RangeControl, useRange } from '../range-control';
import { ClientPanel } from './client-panel';
import { Instructions } from './instructions';
import { PoolCharts } from './pool-charts';
import { PoolFigures, wait } from './pool-figures';
import { PoolTable, severityOf } from './pool-table';
import { RoomPanel, ServerRoomPanel } from './room-panel';
import { TestPanel } from './test-panel';

type Props = {
  snapshot: PoolSnapshot;
  series?: PoolSeries;
  tested?: LastPoolTest;
  health?: DatabaseHealth;
  mayTest: boolean;
};

const everyMs = 5000;

/** PgBouncer's pools: do clients wait, how full is each, has the server room for them, and what do they keep? */
export function PoolView(props: Props) {
  const t = useTranslations('pool');
  const [range] = useRange('1h');
  const live = useLive<PoolSnapshot>('pool.snapshot', {}, props.snapshot, ['health'], { every: everyMs });
  const series = useLive<PoolSeries>('pool.series', { range }, props.series, ['health']);
  const snapshot = live.data ?? props.snapshot;
  const read = snapshot.state === 'read' ? snapshot : null;
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          read && (
            <span>
              {t.rich('server', {
                version: read.reading.version,
                mode: t(`modes.${read.reading.limits.mode}`),
                at: () => <Time at={read.at} style="clock" />,
              })}
            </span>
          )
        }
      >
        {snapshot.state !== 'none' && <RangeControl usual="1h" />}
      </PageHeader>
      <div className={styles.page}>
        {snapshot.state === 'none' && <Instructions />}
        {snapshot.state === 'away' && (
          <Note tone="fraud" title={t('away')}>
            {t('awayHint')}
          </Note>
        )}
        {snapshot.state !== 'read' && snapshot.room && <ServerRoomPanel room={snapshot.room} />}
        {read && <Problems snapshot={read} />}
        {read && <PoolFigures snapshot={read} series={series.data} />}
        {snapshot.state !== 'none' && <PoolCharts series={series} snapshot={read} />}
        {read && <PoolTable live={live} snapshot={read} />}
        {read && (
          <div className={styles.two}>
            <RoomPanel live={live} snapshot={read} />
            <ClientPanel live={live} snapshot={read} />
          </div>
        )}
        {snapshot.state !== 'none' && <AreaChecks area="pool" health={props.health} />}
        {snapshot.state !== 'none' && <TestPanel tested={props.tested} mayTest={props.mayTest} />}
      </div>
    </>
  );
}

type Read = Extract<PoolSnapshot, { state: 'read' }>;

/** What needs a person, in sentences: who waits, and whether the server could give all that the pools may ask for. */
function Problems({ snapshot }: { snapshot: Read }) {
  const t = useTranslations('pool');
  const { sum, reading, capacity } = snapshot;
  const waiting = reading.pools.filter((pool) => pool.clientsWaiting > 0);
  const paused = reading.databases.filter((database) => database.paused || database.disabled);
  return (
    <>
      {waiting.length > 0 && (
        <Note
          tone={waiting.some((pool) => severityOf(pool) === 'critical') ? 'fraud' : 'review'}
          title={t('waits', {
            count: sum.clientsWaiting,
            logins: waiting.map((pool) => pool.login).join(', '),
            age: wait(sum.maxWaitSeconds),
          })}
        >
          {t('waitsHint', { limit: formatDuration(reading.limits.waitTimeoutSeconds) })}
        </Note>
      )}
      {!capacity.fits && (
        <Note
          tone="review"
          title={t('tooLarge', {
            possible: formatNumber(capacity.possible),
            direct: formatNumber(capacity.direct),
            allowed: formatNumber(capacity.allowed),
          })}
        >
          {t('tooLargeHint')}
        </Note>
      )}
      {paused.map((database) => (
        <Note key={database.name} tone="review" title={t('paused', { name: database.name })}>
          {t('pausedHint')}
        </Note>
      ))}
    </>
  );
}
