'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatNumber } from '@/components/format';
import type { Column } from '@/components/table';
import { Age } from '@/components/time';
import type { IndexRow } from '@/domain/storage/indexes';
import { Mark } from './mark';
import styles from './storage.module.css';
import { countWords } from './words';

export function useIndexColumns(all: IndexRow[]): Column<IndexRow>[] {
  const t = useTranslations('storage');
  const largest = Math.max(1, ...all.map((row) => row.bytes));
  return [
    {
      id: 'name',
      head: t('index'),
      sort: true,
      cell: (row) => (
        <span className="vg-mono" title={row.definition}>
          {row.name}
        </span>
      ),
    },
    {
      id: 'table',
      head: t('table'),
      width: 176,
      sort: true,
      wide: true,
      cell: (row) => <span className="vg-mono">{row.onPartition ?? row.table}</span>,
    },
    { id: 'method', head: t('method'), width: 72, wide: 'very', cell: (row) => row.method },
    {
      id: 'leaves',
      head: t('parts'),
      align: 'right',
      width: 64,
      sort: true,
      wide: 'very',
      cell: (row) => formatNumber(row.leaves),
    },
    {
      id: 'bytes',
      head: t('size'),
      align: 'right',
      width: 92,
      sort: true,
      share: (row) => row.bytes / largest,
      cell: (row) => formatBytes(row.bytes),
    },
    {
      id: 'scans',
      head: t('scans'),
      align: 'right',
      width: 96,
      sort: true,
      wide: true,
      cell: (row) => countWords(row.scans),
    },
    {
      id: 'lastScan',
      head: t('lastScan'),
      align: 'right',
      width: 84,
      wide: 'very',
      cell: (row) => <Age at={row.lastScan} />,
    },
    { id: 'state', head: t('state'), width: 116, cell: (row) => <IndexState index={row} /> },
  ];
}

/** What is worth saying about an index, the gravest first. */
export function IndexState({ index }: { index: IndexRow }) {
  const t = useTranslations('storage.indexStates');
  if (index.building) return <Mark tone="plain">{t('building')}</Mark>;
  if (index.incomplete) return <Mark tone="fraud">{t('incomplete')}</Mark>;
  if (index.invalid) return <Mark tone="fraud">{t('invalid')}</Mark>;
  if (index.duplicateOf) return <Mark tone="review">{t('duplicate')}</Mark>;
  if (index.coveredBy) return <Mark tone="review">{t('covered')}</Mark>;
  if (index.unused) return <Mark tone="plain">{t('unused')}</Mark>;
  if (index.guards) return <span className={styles.quiet}>{t(`guards.${index.guards}`)}</span>;
  return <Mark tone="ok">{t('read')}</Mark>;
}
