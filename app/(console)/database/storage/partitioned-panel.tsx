'use client';

import { IconArchive } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatBytes, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { useNow } from '@/components/time';
import type { StorageOverview } from '@/domain/storage/queries';
import type { PartitionedTable } from '@/domain/storage/tables';
import { Mark } from './mark';
import styles from './storage.module.css';
import { countWords, daysTo, isUrgent, useRunway } from './words';

type Props = {
  overview: UseQueryResult<StorageOverview, LiveError>;
  selected: string;
  onSelect: (name: string) => void;
};

/** Every partitioned table: how much it holds and until when every row has a place. */
export function PartitionedPanel({ overview, selected, onSelect }: Props) {
  const t = useTranslations('storage');
  const columns = usePartitionedColumns(overview.data?.tables ?? [], onSelect);
  const tables = overview.data?.tables ?? [];
  return (
    <Panel
      title={t('partitioned')}
      live={overview}
      at={overview.data?.at}
      flush
      height={300}
      table={{
        head: [t('table'), t('by'), t('parts'), t('size'), t('rows'), t('runsOut'), t('missing')],
        rows: tables.map((row) => [
          row.name,
          row.step,
          row.parts,
          row.bytes,
          row.rows,
          row.coveredUntil,
          row.missing,
        ]),
      }}
      csvName="partitioned-tables"
    >
      <DataTable
        name="partitioned"
        label={t('partitioned')}
        inPanel
        columns={columns}
        rows={tables}
        rowKey={(row) => row.name}
        openKey={selected}
        onOpen={(name) => name !== 'transactions_archive' && onSelect(name)}
      />
    </Panel>
  );
}

function usePartitionedColumns(
  tables: PartitionedTable[],
  onSelect: (name: string) => void,
): Column<PartitionedTable>[] {
  const t = useTranslations('storage');
  const largest = Math.max(1, ...tables.map((row) => row.bytes));
  return [
    {
      id: 'name',
      head: t('table'),
      width: 168,
      cell: (row) =>
        row.archive ? (
          <span className="vg-mono">{row.name}</span>
        ) : (
          <button type="button" className={`${styles.pick} vg-mono`} onClick={() => onSelect(row.name)}>
            {row.name}
          </button>
        ),
    },
    {
      id: 'by',
      head: t('by'),
      wide: true,
      cell: (row) => (row.split ? t(`bySplit.${row.split}`) : t(`byStep.${row.step}`)),
    },
    {
      id: 'parts',
      head: t('parts'),
      align: 'right',
      width: 56,
      wide: true,
      cell: (row) => formatNumber(row.parts),
    },
    {
      id: 'size',
      head: t('size'),
      align: 'right',
      width: 104,
      share: (row) => row.bytes / largest,
      cell: (row) => formatBytes(row.bytes),
    },
    {
      id: 'rows',
      head: t('rows'),
      align: 'right',
      width: 88,
      wide: true,
      cell: (row) => countWords(row.rows),
    },
    { id: 'runway', head: t('runsOut'), align: 'right', width: 88, cell: (row) => <Runway table={row} /> },
    { id: 'state', head: t('state'), width: 108, wide: true, cell: (row) => <State table={row} /> },
  ];
}

function Runway({ table }: { table: PartitionedTable }) {
  const now = useNow();
  const runway = useRunway();
  if (table.archive || table.coveredUntil === null) return <>–</>;
  const near = table.missing > 0 && isUrgent(table, daysTo(table.coveredUntil, now));
  return (
    <span className={styles.mark} data-tone={near ? 'fraud' : undefined}>
      {runway(table.coveredUntil, now)}
    </span>
  );
}

function State({ table }: { table: PartitionedTable }) {
  const t = useTranslations('storage');
  const now = useNow();
  if (table.archive)
    return (
      <span className={styles.mark}>
        <IconArchive size={14} stroke={2} aria-hidden /> {t('closed')}
      </span>
    );
  if (table.missing === 0) return <Mark tone="ok">{t('complete')}</Mark>;
  const near = table.coveredUntil !== null && isUrgent(table, daysTo(table.coveredUntil, now));
  return <Mark tone={near ? 'fraud' : 'review'}>{t('missingCount', { count: table.missing })}</Mark>;
}
