'use client';

import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import { type Column, DataTable } from '@/components/table';
import type { HeldLock, LocksOfSession } from '@/domain/activity/locks';
import { lockMode } from './words';

/** What a session holds and waits for, what it waits for on top. */
export function LockList({ locks }: { locks: LocksOfSession }) {
  const t = useTranslations('activity');
  const columns: Column<HeldLock>[] = [
    {
      id: 'object',
      head: t('lockOn'),
      cell: (row) => <span title={row.lockType}>{row.relation ?? row.lockType}</span>,
    },
    {
      id: 'mode',
      head: t('mode'),
      width: 168,
      cell: (row) => <span title={row.mode}>{lockMode(row.mode)}</span>,
    },
    {
      id: 'granted',
      head: t('granted'),
      align: 'right',
      width: 80,
      cell: (row) => (row.granted ? formatNumber(row.count) : t('waitsShort')),
    },
  ];
  return (
    <DataTable
      name="activity-locks"
      label={t('locksHeld')}
      columns={columns}
      rows={locks.rows}
      rowKey={(row) => `${row.lockType} ${row.mode} ${row.relation} ${row.granted}`}
      foot={locks.found > locks.rows.length && t('moreLocks', { count: locks.found - locks.rows.length })}
      empty={t('holdsNothing')}
      inPanel
    />
  );
}
