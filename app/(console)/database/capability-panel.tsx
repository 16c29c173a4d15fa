'use client';

import { IconCircleCheck, IconReplace } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { CapabilityRow } from '@/domain/database/queries';

const known = [
  'pg_stat_statements',
  'vector',
  'cube',
  'pg_trgm',
  'btree_gin',
  'pg_cron',
  'roles',
  'pooler',
  'standby',
  'subscriber',
];

/** What the server has, and what stands in for the rest. */
export function CapabilityPanel({ capabilities }: { capabilities: CapabilityRow[] }) {
  const t = useTranslations('database');
  const words = (row: CapabilityRow) =>
    known.includes(row.capability)
      ? t(`capabilities.${row.capability}.${row.present ? 'present' : 'substitute'}`)
      : '';
  const columns: Column<CapabilityRow>[] = [
    {
      id: 'capability',
      head: t('capability'),
      width: 160,
      cell: (row) => <span className="vg-mono">{row.capability}</span>,
    },
    {
      id: 'present',
      head: t('status'),
      width: 124,
      cell: (row) =>
        row.present ? (
          <Badge tone="ok" icon={IconCircleCheck}>
            {t('present')}
          </Badge>
        ) : (
          <Badge tone="plain" icon={IconReplace}>
            {t('substitute')}
          </Badge>
        ),
    },
    {
      id: 'words',
      head: t('meaning'),
      wide: true,
      cell: (row) => <span title={words(row)}>{words(row)}</span>,
    },
  ];
  return (
    <Panel
      title={t('capabilitiesTitle')}
      question={t('capabilitiesQuestion')}
      at={capabilities[0]?.checkedAt}
      flush
      height={220}
    >
      <DataTable
        name="capabilities"
        label={t('capabilitiesTitle')}
        columns={columns}
        rows={capabilities}
        rowKey={(row) => row.capability}
        inPanel
      />
    </Panel>
  );
}
