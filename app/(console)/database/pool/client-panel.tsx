'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { PoolSnapshot } from '@/domain/pool/queries';
import type { PoolClients } from '@/domain/pool/reading';

type Props = {
  live: UseQueryResult<PoolSnapshot, LiveError>;
  snapshot: Extract<PoolSnapshot, { state: 'read' }>;
};

/** Who has connected to PgBouncer, by application and what it does. */
export function ClientPanel({ live, snapshot }: Props) {
  const t = useTranslations('pool');
  const rows = snapshot.reading.clients;
  const state = (row: PoolClients) =>
    t.has(`clientStates.${row.state}`) ? t(`clientStates.${row.state}`) : row.state;
  const columns: Column<PoolClients>[] = [
    { id: 'application', head: t('columns.application'), cell: (row) => row.application || '–' },
    {
      id: 'login',
      head: t('columns.login'),
      width: 140,
      wide: true,
      cell: (row) => <span className="vg-mono">{row.login}</span>,
    },
    { id: 'state', head: t('columns.state'), width: 110, cell: state },
    {
      id: 'count',
      head: t('columns.count'),
      align: 'right',
      width: 80,
      share: (row) => row.count / Math.max(1, snapshot.reading.clientsFound),
      cell: (row) => formatNumber(row.count),
    },
  ];
  return (
    <Panel
      title={t('clientsTitle')}
      question={t('clientsQuestion')}
      live={live}
      flush
      height={260}
      empty={rows.length === 0 && { title: t('noPools'), hint: t('noPoolsHint') }}
      table={{
        head: columns.map((column) => column.head),
        rows: rows.map((row) => [row.application, row.login, row.state, row.count]),
      }}
      csvName="pool-clients"
    >
      <DataTable
        name="pool-clients"
        label={t('clientsTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.application} ${row.login} ${row.state}`}
        inPanel
      />
    </Panel>
  );
}
