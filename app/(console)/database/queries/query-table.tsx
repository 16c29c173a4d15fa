'use client';

import { IconAlertTriangle } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatBytes, formatDuration, formatMs, formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { Sparkline } from '@/components/sparkline';
import { type Column, DataTable } from '@/components/table';
import type { QueryList, QueryRow } from '@/domain/database/query-stats';
import styles from '../database.module.css';
import { oneLine, QueryText } from '../query-text';

type Props = {
  list: UseQueryResult<QueryList, LiveError>;
  open: { key: string | null; set: (key: string) => void };
  view: 'all' | 'slow';
};

/** Milliseconds as `14 min 52 s`, short ones as ms. */
const took = (ms: number) => (ms < 10_000 ? formatMs(ms) : formatDuration(ms / 1000));

/** Every query of the range with its share of all time behind the number; slow ones carry a mark and a word. */
export function QueryTable({ list, open, view }: Props) {
  const t = useTranslations('database');
  const problem = problemOf(list);
  if (problem) return <PanelState problem={problem} height={200} retry={() => list.refetch()} />;
  const rows = list.data?.rows ?? [];
  const columns: Column<QueryRow>[] = [
    {
      id: 'query',
      head: t('query'),
      cell: (row) => (
        <span className="vg-mono" title={oneLine(row.text)}>
          <QueryText text={oneLine(row.text, 160)} />
        </span>
      ),
    },
    {
      id: 'time',
      head: t('timeShare'),
      align: 'right',
      width: 156,
      sort: true,
      share: (row) => row.share,
      cell: (row) => (
        <span className={styles.share}>
          <span>{formatPercent(row.share)}</span>
          <span>{took(row.totalMs)}</span>
        </span>
      ),
    },
    {
      id: 'calls',
      head: t('calls'),
      align: 'right',
      width: 100,
      sort: true,
      wide: true,
      cell: (row) => formatNumber(row.calls),
    },
    {
      id: 'mean',
      head: t('mean'),
      align: 'right',
      width: 96,
      sort: true,
      cell: (row) => (
        <span className={styles.mean} data-slow={row.slow || undefined}>
          {row.slow && <IconAlertTriangle size={14} stroke={2} aria-label={t('slow')} />}
          {formatMs(row.meanMs)}
        </span>
      ),
    },
    {
      id: 'rows',
      head: t('rows'),
      align: 'right',
      width: 96,
      sort: true,
      wide: 'very',
      cell: (row) => formatNumber(row.rows),
    },
    {
      id: 'hit',
      head: t('fromCache'),
      align: 'right',
      width: 96,
      sort: true,
      wide: 'very',
      cell: (row) => (row.hit === null ? '–' : formatPercent(row.hit)),
    },
    {
      id: 'temporary',
      head: t('temporary'),
      align: 'right',
      width: 96,
      hidden: true,
      wide: 'very',
      cell: (row) => formatBytes(row.tempBytes),
    },
    {
      id: 'io',
      head: t('ioTime'),
      align: 'right',
      width: 96,
      hidden: true,
      wide: 'very',
      cell: (row) => took(row.ioMs),
    },
    {
      id: 'roles',
      head: t('role'),
      width: 160,
      hidden: true,
      wide: true,
      cell: (row) => row.roles.join(', '),
    },
    {
      id: 'spark',
      head: t('trend'),
      width: 72,
      wide: true,
      cell: (row) => <Sparkline values={row.spark} height={20} />,
    },
  ];
  return (
    <DataTable
      name="queries"
      label={t('queriesTitle')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.queryId}
      next={list.data?.next}
      openKey={open.key}
      onOpen={open.set}
      foot={
        list.data &&
        t('queryCount', { count: view === 'slow' ? list.data.counts.slow : list.data.counts.all })
      }
      empty={view === 'slow' ? t('noSlow', { limit: formatMs(list.data?.slowMs) }) : t('noQueries')}
      chooseColumns
    />
  );
}
