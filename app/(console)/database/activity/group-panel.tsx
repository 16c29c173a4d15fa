'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { ConnectionCount } from '@/domain/activity/sessions';
import styles from './activity.module.css';
import { StateBadge } from './state-badge';

/** Connections by application, role and state, most first. */
export function GroupPanel({ snapshot }: { snapshot: UseQueryResult<ActivitySnapshot, LiveError> }) {
  const t = useTranslations('activity');
  const rows = snapshot.data?.connections.groups ?? [];
  const most = rows[0]?.count ?? 1;
  const columns: Column<ConnectionCount>[] = [
    { id: 'application', head: t('application'), cell: (row) => row.application || '–' },
    {
      id: 'role',
      head: t('role'),
      width: 130,
      wide: true,
      cell: (row) => <span className="vg-mono">{row.role}</span>,
    },
    { id: 'state', head: t('state'), width: 150, cell: (row) => <StateBadge state={row.state} /> },
    {
      id: 'count',
      head: t('count'),
      align: 'right',
      width: 90,
      share: (row) => row.count / most,
      cell: (row) => formatNumber(row.count),
    },
  ];
  return (
    <Panel
      title={t('groupTitle')}
      question={t('groupQuestion')}
      live={snapshot}
      flush
      height={220}
      table={{
        head: [t('application'), t('role'), t('state'), t('count')],
        rows: rows.map((row) => [row.application, row.role, row.state, row.count]),
      }}
      csvName="connections"
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <section className={styles.groups} tabIndex={0} aria-label={t('groupTitle')}>
        <DataTable
          name="activity-groups"
          label={t('groupTitle')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.state} ${row.role} ${row.application}`}
          inPanel
        />
      </section>
    </Panel>
  );
}
