'use client';

import { IconAlertTriangle, IconCircleCheck, IconCircleDashed, IconCircleX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { formatBytes } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { ReplicationSnapshot } from '@/domain/replication/queries';
import { isLost, type Slot } from '@/domain/replication/slots';
import styles from './replication.module.css';

type Props = {
  live: UseQueryResult<ReplicationSnapshot, LiveError>;
  slots: Slot[];
  open: { key: string | null; set: (key: string) => void };
};

/** Of what it may keep, the part that a slot keeps. */
const keptShare = ({ retained, left }: Slot): number =>
  retained === null || left === null || retained + left <= 0 ? 0 : Math.min(1, retained / (retained + left));

/** The promises to keep log for somebody: who reads it, and how much is kept. */
export function SlotTable({ live, slots, open }: Props) {
  const t = useTranslations('replication');
  const columns: Column<Slot>[] = [
    { id: 'slot', head: t('columns.slot'), cell: (row) => <span className="vg-mono">{row.slot}</span> },
    {
      id: 'type',
      head: t('columns.kind'),
      width: 170,
      wide: true,
      cell: (row) => t(`types.${row.type}`, { plugin: row.kind }),
    },
    {
      id: 'database',
      head: t('columns.database'),
      width: 150,
      wide: 'very',
      cell: (row) => row.database && <span className="vg-mono">{row.database}</span>,
    },
    { id: 'state', head: t('columns.state'), width: 128, cell: (row) => <SlotBadge slot={row} /> },
    {
      id: 'retained',
      head: t('columns.retained'),
      align: 'right',
      width: 112,
      share: keptShare,
      cell: (row) => formatBytes(row.retained),
    },
    {
      id: 'left',
      head: t('columns.left'),
      align: 'right',
      width: 112,
      wide: true,
      cell: (row) => (row.left === null ? t('noLimitShort') : formatBytes(Math.max(0, row.left))),
    },
  ];
  return (
    <Panel
      title={t('slotsTitle')}
      question={t('slotsQuestion')}
      live={live}
      flush
      height={96}
      empty={slots.length === 0 && { title: t('noSlots'), hint: t('noSlotsHint') }}
      table={{
        head: ['slot', 'type', 'plugin', 'database', 'active', 'wal_status', 'retained_bytes', 'safe_bytes'],
        rows: slots.map((row) => [
          row.slot,
          row.type,
          row.kind,
          row.database,
          String(row.active),
          row.status,
          row.retained,
          row.left,
        ]),
      }}
      csvName="replication-slots"
    >
      <div className={styles.narrowing}>
        <DataTable
          name="replication-slots"
          label={t('slotsTitle')}
          columns={columns}
          rows={slots}
          rowKey={(row) => row.slot}
          openKey={open.key}
          onOpen={open.set}
          version={(row) => `${row.active} ${row.status}`}
          inPanel
        />
      </div>
    </Panel>
  );
}

/** Read, without a reader, about to be lost, lost: word, icon and colour. */
export function SlotBadge({ slot }: { slot: Slot }) {
  const t = useTranslations('replication');
  if (isLost(slot))
    return (
      <Badge tone="fraudSolid" icon={IconCircleX}>
        {t('slotStates.lost')}
      </Badge>
    );
  if (slot.status === 'unreserved')
    return (
      <Badge tone="fraud" icon={IconAlertTriangle}>
        {t('slotStates.unreserved')}
      </Badge>
    );
  return slot.active ? (
    <Badge tone="ok" icon={IconCircleCheck}>
      {t('slotStates.read')}
    </Badge>
  ) : (
    <Badge tone="review" icon={IconCircleDashed}>
      {t('slotStates.unread')}
    </Badge>
  );
}
