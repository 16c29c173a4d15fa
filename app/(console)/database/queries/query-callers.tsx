'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatMs, formatNumber, formatPercent } from '@/components/format';
import { type Column, DataTable } from '@/components/table';
import type { QueryDetail } from '@/domain/database/query-detail';
import { fromMemory } from './query-facts';

type Caller = QueryDetail['callers'][number];

/** Who ran it in 24 hours: by the role, with its part of the query's time. */
export function QueryCallers({ query }: { query: QueryDetail }) {
  const t = useTranslations('database');
  const total = query.day.totalMs;
  const columns: Column<Caller>[] = [
    {
      id: 'role',
      head: t('role'),
      cell: (row) => (
        <span className="vg-mono" title={row.role}>
          {row.role}
        </span>
      ),
    },
    {
      id: 'share',
      head: t('timeShare'),
      align: 'right',
      width: 96,
      share: (row) => (total > 0 ? row.totalMs / total : 0),
      cell: (row) => formatPercent(total > 0 ? row.totalMs / total : 0),
    },
    { id: 'calls', head: t('calls'), align: 'right', width: 80, cell: (row) => formatNumber(row.calls) },
    { id: 'mean', head: t('mean'), align: 'right', width: 80, cell: (row) => formatMs(row.meanMs) },
    { id: 'hit', head: t('fromCache'), align: 'right', width: 96, wide: 'very', cell: fromMemory },
    {
      id: 'temp',
      head: t('temporary'),
      align: 'right',
      width: 96,
      wide: 'very',
      cell: (row) => formatBytes(row.tempBytes),
    },
  ];
  return (
    <DataTable
      name="callers"
      label={t('callers')}
      columns={columns}
      rows={query.callers}
      rowKey={(row) => row.role}
      empty={t('didNotRun')}
      inPanel
    />
  );
}
