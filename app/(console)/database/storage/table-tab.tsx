'use client';

import { useTranslations } from 'next-intl';
import { FilterBar, useFilters } from '@/components/filter-bar';
import { formatBytes, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { type Column, DataTable } from '@/components/table';
import { useSort } from '@/components/table-state';
import { Age } from '@/components/time';
import type { TableRow } from '@/domain/storage/tables';
import { sortRows } from './sort';
import styles from './storage.module.css';
import { countWords, every } from './words';

type Tables = { at: string; rows: TableRow[] };

/** Every table with what its data, its long values and its indexes take. */
export function TableTab({ initial }: { initial?: Tables }) {
  const t = useTranslations('storage');
  const tables = useLive<Tables>('storage.tables', {}, initial, ['storage'], { every });
  const { values } = useFilters([]);
  const sort = useSort();
  const columns = useTableColumns(tables.data?.rows ?? []);
  const q = values.q?.toLowerCase() ?? '';
  const rows = sortRows(
    (tables.data?.rows ?? []).filter((row) => row.name.toLowerCase().includes(q)),
    sort.value ?? '-bytes',
  );
  const problem = problemOf(tables);
  return (
    <div>
      <FilterBar search={{ placeholder: t('searchTables') }} filters={[]} />
      {tables.data ? (
        <DataTable
          name="tables"
          label={t('tabs.tables')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.name}
          foot={t('tableCount', { count: rows.length })}
          empty={t('noneMatches')}
          chooseColumns
        />
      ) : (
        <PanelState problem={problem} height={320} retry={() => tables.refetch()} />
      )}
    </div>
  );
}

function useTableColumns(all: TableRow[]): Column<TableRow>[] {
  const t = useTranslations('storage');
  const largest = Math.max(1, ...all.map((row) => row.bytes));
  const bytes = (
    id: 'heapBytes' | 'toastBytes' | 'indexBytes',
    wide: Column<TableRow>['wide'],
  ): Column<TableRow> => ({
    id,
    head: t(`bytes.${id}`),
    align: 'right',
    width: 92,
    sort: true,
    wide,
    cell: (row) => formatBytes(row[id]),
  });
  return [
    {
      id: 'name',
      head: t('table'),
      sort: true,
      cell: (row) => (
        <span className="vg-mono" title={row.name}>
          {row.name}
        </span>
      ),
    },
    {
      id: 'kind',
      head: t('kind'),
      width: 132,
      wide: 'very',
      cell: (row) => <span className={styles.quiet}>{t(`kinds.${row.kind}`)}</span>,
    },
    {
      id: 'rows',
      head: t('rows'),
      align: 'right',
      width: 92,
      sort: true,
      cell: (row) => countWords(row.rows),
    },
    {
      id: 'bytes',
      head: t('size'),
      align: 'right',
      width: 108,
      sort: true,
      share: (row) => row.bytes / largest,
      cell: (row) => formatBytes(row.bytes),
    },
    bytes('heapBytes', true),
    bytes('toastBytes', 'very'),
    bytes('indexBytes', true),
    {
      id: 'indexes',
      head: t('indexCount'),
      align: 'right',
      width: 84,
      sort: true,
      wide: 'very',
      cell: (row) => formatNumber(row.indexes),
    },
    {
      id: 'deadRows',
      head: t('deadRows'),
      align: 'right',
      width: 92,
      sort: true,
      wide: true,
      cell: (row) => countWords(row.deadRows),
    },
    {
      id: 'lastVacuum',
      head: t('lastVacuum'),
      align: 'right',
      width: 92,
      wide: 'very',
      cell: (row) => <Age at={row.lastVacuum} />,
    },
    {
      id: 'lastAnalyze',
      head: t('lastAnalyze'),
      align: 'right',
      width: 92,
      wide: 'very',
      cell: (row) => <Age at={row.lastAnalyze} />,
    },
  ];
}
