'use client';

import { IconCircleCheck, IconClock, IconCopy, IconPlayerPlay } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import { formatBytes } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { ReplicationSnapshot } from '@/domain/replication/queries';
import type { Receiver } from '@/domain/replication/receivers';
import styles from './replication.module.css';
import { delay } from './words';

type Props = {
  live: UseQueryResult<ReplicationSnapshot, LiveError>;
  receivers: Receiver[];
  monitor: boolean;
};

const looks: Record<string, { tone: Tone; icon: typeof IconCircleCheck }> = {
  streaming: { tone: 'ok', icon: IconCircleCheck },
  catchup: { tone: 'review', icon: IconClock },
  startup: { tone: 'plain', icon: IconPlayerPlay },
  backup: { tone: 'allowed', icon: IconCopy },
  stopping: { tone: 'review', icon: IconClock },
};

/** Who receives the log, and at which stage what they lack is held up. */
export function ReceiverTable({ live, receivers, monitor }: Props) {
  const t = useTranslations('replication');
  return (
    <Panel
      title={t('receiversTitle')}
      question={t('receiversQuestion')}
      live={live}
      flush
      height={96}
      empty={receivers.length === 0 && { title: t('noReceivers'), hint: t('noReceiversHint') }}
      table={{
        head: csvHead,
        rows: receivers.map((one) => [
          one.application,
          one.kind,
          one.client,
          one.slot,
          one.state,
          one.sync,
          one.unsent,
          one.unwritten,
          one.unflushed,
          one.lag,
          one.writeSeconds,
          one.flushSeconds,
          one.seconds,
        ]),
      }}
      csvName="receivers"
    >
      <div className={styles.narrowing}>
        <DataTable
          name="receivers"
          label={t('receiversTitle')}
          columns={useColumns()}
          rows={receivers}
          rowKey={(row) => String(row.pid)}
          foot={monitor ? t('stagesFoot') : t('hiddenFoot')}
          inPanel
        />
      </div>
    </Panel>
  );
}

const csvHead = [
  'application',
  'kind',
  'client',
  'slot',
  'state',
  'sync',
  'unsent_bytes',
  'unwritten_bytes',
  'unflushed_bytes',
  'unapplied_bytes',
  'write_s',
  'flush_s',
  'replay_s',
];

function useColumns(): Column<Receiver>[] {
  const t = useTranslations('replication');
  const bytes = (
    id: 'unsent' | 'unwritten' | 'unflushed' | 'lag',
    wide?: true | 'very',
  ): Column<Receiver> => ({
    id,
    head: t(`columns.${id}`),
    align: 'right',
    width: 112,
    wide,
    cell: (row) => (row[id] === null ? t('hidden') : formatBytes(Math.max(0, row[id]))),
  });
  return [
    {
      id: 'application',
      head: t('columns.application'),
      cell: (row) => <span className="vg-mono">{row.application || '–'}</span>,
    },
    { id: 'kind', head: t('columns.kind'), width: 100, wide: true, cell: (row) => t(`kinds.${row.kind}`) },
    {
      id: 'client',
      head: t('columns.client'),
      width: 120,
      wide: 'very',
      cell: (row) => <span className="vg-mono">{row.client ?? '–'}</span>,
    },
    {
      id: 'state',
      head: t('columns.state'),
      width: 128,
      wide: true,
      cell: (row) => (row.state === null ? t('hidden') : <StateBadge state={row.state} />),
    },
    {
      id: 'sync',
      head: t('columns.sync'),
      width: 110,
      wide: 'very',
      cell: (row) => (row.sync === null ? t('hidden') : t(`syncs.${row.sync}`)),
    },
    bytes('unsent', true),
    bytes('unwritten', 'very'),
    bytes('unflushed', 'very'),
    bytes('lag'),
    {
      id: 'seconds',
      head: t('columns.seconds'),
      align: 'right',
      width: 104,
      cell: (row) => {
        if (row.state === null) return t('hidden');
        return row.seconds === null ? t('quiet') : delay(row.seconds);
      },
    },
  ];
}

function StateBadge({ state }: { state: string }) {
  const t = useTranslations('replication');
  return <Badge {...looks[state]}>{t.has(`states.${state}`) ? t(`states.${state}`) : state}</Badge>;
}
