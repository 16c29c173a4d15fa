'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { SeverityBadge } from '@/components/badge';
import { formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { definitions } from '@/domain/database/checks/definitions';
import type { PoolSnapshot } from '@/domain/pool/queries';
import { type Pool, usedShare } from '@/domain/pool/reading';
import { wait } from './pool-figures';

type Props = {
  live: UseQueryResult<PoolSnapshot, LiveError>;
  snapshot: Extract<PoolSnapshot, { state: 'read' }>;
};

const limitsOf = (name: 'poolWaits' | 'poolUse') => definitions.find((check) => check.name === name)!;
const waits = limitsOf('poolWaits');
const use = limitsOf('poolUse');

/** By the limits of the checks. */
export const severityOf = (pool: Pool): string => {
  const waited = pool.clientsWaiting > 0 ? pool.maxWaitSeconds : 0;
  if (waited >= (waits.critical ?? Number.POSITIVE_INFINITY)) return 'critical';
  return waited >= waits.warning || 100 * usedShare(pool) >= use.warning ? 'warning' : 'ok';
};

/** One pool a database and login: who waits, and how much of it is in use. */
export function PoolTable({ live, snapshot }: Props) {
  const t = useTranslations('pool');
  const { pools } = snapshot.reading;
  const numeric = (
    id: 'clientsActive' | 'clientsWaiting' | 'serversActive' | 'serversIdle',
    wide?: true,
  ): Column<Pool> => ({
    id,
    head: t(`columns.${id}`),
    align: 'right',
    width: 104,
    wide,
    cell: (row) => formatNumber(row[id]),
  });
  const columns: Column<Pool>[] = [
    { id: 'login', head: t('columns.login'), cell: (row) => <span className="vg-mono">{row.login}</span> },
    {
      id: 'database',
      head: t('columns.database'),
      width: 160,
      wide: 'very',
      cell: (row) => <span className="vg-mono">{row.database}</span>,
    },
    numeric('clientsActive', true),
    numeric('clientsWaiting'),
    {
      id: 'maxWait',
      head: t('columns.maxWait'),
      align: 'right',
      width: 104,
      wide: true,
      cell: (row) => (row.clientsWaiting > 0 ? wait(row.maxWaitSeconds) : '–'),
    },
    numeric('serversActive', true),
    numeric('serversIdle', true),
    {
      id: 'full',
      head: t('columns.full'),
      align: 'right',
      width: 150,
      share: usedShare,
      cell: (row) =>
        t('ofSize', {
          share: formatPercent(usedShare(row), 0),
          size: formatNumber(row.size),
          reserve: row.reserve,
        }),
    },
    {
      id: 'state',
      head: t('columns.state'),
      width: 110,
      cell: (row) => <SeverityBadge severity={severityOf(row)} />,
    },
  ];
  return (
    <Panel
      title={t('poolsTitle')}
      question={t('poolsQuestion')}
      live={live}
      flush
      height={120}
      empty={pools.length === 0 && { title: t('noPools'), hint: t('noPoolsHint') }}
      table={{
        head: columns.map((column) => column.head),
        rows: pools.map((row) => [
          row.login,
          row.database,
          row.clientsActive,
          row.clientsWaiting,
          row.maxWaitSeconds,
          row.serversActive,
          row.serversIdle,
          usedShare(row),
          severityOf(row),
        ]),
      }}
      csvName="pools"
    >
      <DataTable
        name="pools"
        label={t('poolsTitle')}
        columns={columns}
        rows={pools}
        rowKey={(row) => `${row.database} ${row.login}`}
        inPanel
      />
    </Panel>
  );
}
