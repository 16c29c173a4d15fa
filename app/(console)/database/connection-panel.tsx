'use client';

import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { ConnectionGroup } from '@/domain/database/queries';

const states = ['active', 'idle', 'idle in transaction', 'idle in transaction (aborted)'] as const;

/** Who is connected now, by state, role and application. */
export function ConnectionPanel({ initial }: { initial?: ConnectionGroup[] }) {
  const t = useTranslations('database');
  const groups = useLive<ConnectionGroup[]>('database.connections', {}, initial, ['health']);
  const rows = groups.data ?? [];
  const stateOf = (row: ConnectionGroup) => {
    const at = (states as readonly string[]).indexOf(row.state);
    return at < 0 ? row.state : t(`states.${at}`);
  };
  const columns: Column<ConnectionGroup>[] = [
    { id: 'state', head: t('state'), width: 150, cell: stateOf },
    { id: 'application', head: t('application'), cell: (row) => row.application || '–' },
    {
      id: 'role',
      head: t('role'),
      width: 130,
      wide: true,
      cell: (row) => <span className="vg-mono">{row.role}</span>,
    },
    { id: 'count', head: t('count'), align: 'right', width: 80, cell: (row) => formatNumber(row.count) },
  ];
  return (
    <Panel
      title={t('connectionsTitle')}
      question={t('connectionsQuestion')}
      live={groups}
      flush
      height={220}
      table={{
        head: [t('state'), t('application'), t('role'), t('count')],
        rows: rows.map((row) => [row.state, row.application, row.role, row.count]),
      }}
      csvName="connections"
    >
      <DataTable
        name="connections"
        label={t('connectionsTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.state} ${row.role} ${row.application}`}
        inPanel
      />
    </Panel>
  );
}
