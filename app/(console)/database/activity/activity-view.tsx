'use client';

import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PageHeader } from '@/components/page-header';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { HealthSeries } from '@/domain/database/queries';
import styles from '../database.module.css';
import { RangeControl, useRange } from '../range-control';
import own from './activity.module.css';
import { ActivityFigures } from './activity-figures';
import { activityInput, parseSessionKey } from './activity-params';
import { ConnectionChart } from './connection-chart';
import { GroupPanel } from './group-panel';
import { LockPanel } from './lock-panel';
import { SessionSheet } from './session-sheet';
import { SessionTable } from './session-table';
import { SignalDialog, type Signalling } from './signal-dialog';

type Props = {
  snapshot: ActivitySnapshot;
  series?: HealthSeries;
  mayCancel: boolean;
  mayTerminate: boolean;
};

const everyMs = 3000;
const params = {
  state: parseAsString,
  role: parseAsString,
  application: parseAsString,
  waiting: parseAsString,
  background: parseAsString,
};

/** Who is connected and who is in the way, read every three seconds while somebody looks. */
export function ActivityView(props: Props) {
  const t = useTranslations('activity');
  const [given] = useQueryStates(params);
  const [range] = useRange('1h');
  const open = useOpenRow();
  const [signalling, setSignalling] = useState<Signalling | null>(null);
  const asked = activityInput(given);
  const [held, setHeld] = useState<{ asked: string; snapshot: ActivitySnapshot } | null>(null);
  const paused = held !== null;
  const live = paused ? { topics: [], every: undefined } : { topics: ['health'] as const, every: everyMs };
  const newest = useLive<ActivitySnapshot>('activity.snapshot', asked, props.snapshot, live.topics, {
    every: live.every,
  });
  const series = useLive<HealthSeries>('database.health-series', { range }, props.series, ['health']);
  // What arrives while the page stands still, asked for before or on a new connection, does not move it.
  const still = held?.asked === JSON.stringify(asked) ? held.snapshot : null;
  const now = still ?? newest.data ?? props.snapshot;
  const snapshot = still ? ({ ...newest, data: still } as typeof newest) : newest;
  const setPaused = (next: boolean) => setHeld(next ? { asked: JSON.stringify(asked), snapshot: now } : null);
  const opened = parseSessionKey(open.key);
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          <span>
            {t.rich(paused ? 'pausedAt' : 'liveAt', { at: () => <Time at={now.at} style="clock" /> })}
          </span>
        }
      >
        <PauseButton paused={paused} set={setPaused} />
        <RangeControl usual="1h" />
      </PageHeader>
      <div className={styles.page}>
        {now.connections.unseen > 0 && (
          <Note tone="review" title={t('unseen', { count: now.connections.unseen })}>
            {t('unseenHint')}
          </Note>
        )}
        <ActivityFigures snapshot={now} series={series.data} />
        <LockPanel snapshot={snapshot} open={open.set} />
        <div className={own.pair}>
          <ConnectionChart series={series} now={now} />
          <GroupPanel snapshot={snapshot} />
        </div>
        <SessionTable snapshot={now} open={open} />
      </div>
      {opened && (
        <SessionSheet
          key={open.key}
          {...opened}
          snapshot={now}
          every={live.every}
          mayCancel={props.mayCancel}
          mayTerminate={props.mayTerminate}
          onClose={open.close}
          onSignal={setSignalling}
        />
      )}
      <SignalDialog
        signalling={signalling}
        onClose={() => setSignalling(null)}
        onDone={() => void newest.refetch()}
      />
    </>
  );
}

function PauseButton({ paused, set }: { paused: boolean; set: (paused: boolean) => void }) {
  const t = useTranslations('activity');
  const label = paused ? t('resume') : t('pause');
  useShortcuts([{ keys: 'p', label, group: t('title'), run: () => set(!paused) }]);
  return (
    <Button
      variant="default"
      leftSection={
        paused ? <IconPlayerPlay size={16} stroke={1.75} /> : <IconPlayerPause size={16} stroke={1.75} />
      }
      rightSection={<KeyHint keys="P" />}
      onClick={() => set(!paused)}
    >
      {label}
    </Button>
  );
}
