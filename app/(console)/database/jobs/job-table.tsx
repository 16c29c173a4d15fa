'use client';

import { IconAlertOctagon, IconCalendarOff, IconPlayerSkipForward } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { formatMs, formatNumber, formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { Sparkline } from '@/components/sparkline';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { JobRow } from '@/domain/jobs/queries';
import { JobBadge, stateOf } from './job-state';
import styles from './jobs.module.css';
import { NextRun } from './next-run';
import { useJobWords } from './words';

type Props = {
  live: UseQueryResult<JobRow[], LiveError>;
  rows: JobRow[];
  filtered: boolean;
  open: { key: string | null; set: (key: string) => void };
};

/** Every job in one row: what it is for, how it went, how long it takes, when it runs next. */
export function JobTable({ live, rows, filtered, open }: Props) {
  const t = useTranslations('jobs');
  const columns = useJobColumns();
  const problem = problemOf(live);
  if (problem && !live.data)
    return <PanelState problem={problem} height={200} retry={() => live.refetch()} />;
  return (
    <DataTable
      name="jobs"
      label={t('title')}
      columns={columns}
      rows={rows}
      rowKey={(row) => row.name}
      openKey={open.key}
      onOpen={open.set}
      version={(row) => `${row.run} ${stateOf(row)}`}
      foot={t('count', { count: rows.length })}
      empty={filtered ? t('noneMatches') : t('none')}
      chooseColumns
    />
  );
}

const successOf = ({ week }: JobRow): number | null =>
  week.ok + week.failed === 0 ? null : week.ok / (week.ok + week.failed);

function useJobColumns(): Column<JobRow>[] {
  const t = useTranslations('jobs');
  const words = useJobWords();
  return [
    {
      id: 'job',
      head: t('job'),
      width: 196,
      cell: (row) => (
        <span className="vg-mono" title={words.about(row.name)}>
          {row.name}
        </span>
      ),
    },
    {
      id: 'about',
      head: t('what'),
      wide: 'very',
      cell: (row) => (
        <span className={styles.quiet} title={words.about(row.name)}>
          {words.short(row.name)}
        </span>
      ),
    },
    { id: 'state', head: t('state'), width: 94, cell: (row) => <JobBadge job={row} /> },
    {
      id: 'last',
      head: t('lastRun'),
      align: 'right',
      width: 78,
      cell: (row) => (row.startedAt ? <Age at={row.startedAt} /> : '–'),
    },
    {
      id: 'took',
      head: t('took'),
      align: 'right',
      width: 76,
      wide: true,
      cell: (row) => formatMs(row.durationMs),
    },
    {
      id: 'rows',
      head: t('rows'),
      align: 'right',
      width: 76,
      hidden: true,
      wide: true,
      cell: (row) => formatNumber(row.rows),
    },
    {
      id: 'success',
      head: t('success7d'),
      align: 'right',
      width: 84,
      wide: true,
      cell: (row) => {
        const share = successOf(row);
        return (
          <span data-bad={(share !== null && share < 1) || undefined} className={styles.share}>
            {share === null ? '–' : formatPercent(share)}
          </span>
        );
      },
    },
    {
      id: 'p50',
      head: t('half'),
      align: 'right',
      width: 72,
      hidden: true,
      wide: 'very',
      cell: (row) => formatMs(row.week.p50Ms),
    },
    {
      id: 'p95',
      head: t('most'),
      align: 'right',
      width: 72,
      wide: 'very',
      cell: (row) => formatMs(row.week.p95Ms),
    },
    {
      id: 'spark',
      head: t('trend'),
      width: 66,
      wide: true,
      cell: (row) => <Sparkline values={row.week.spark.filter((value) => value !== null)} height={20} />,
    },
    { id: 'marks', head: t('marks'), width: 112, wide: 'very', cell: (row) => <Marks job={row} /> },
    {
      id: 'next',
      head: t('next'),
      align: 'right',
      width: 78,
      wide: true,
      cell: (row) => <NextRun job={row} />,
    },
    {
      id: 'schedule',
      head: t('schedule'),
      width: 138,
      wide: 'very',
      cell: (row) => <span title={`${row.schedule} UTC`}>{words.schedule(row.schedule)}</span>,
    },
    {
      id: 'runBy',
      head: t('by'),
      width: 84,
      hidden: true,
      wide: true,
      cell: (row) => t(`runBy.${row.runBy}`),
    },
  ];
}

/** What seven days had besides good runs; each mark has its number and its words. */
function Marks({ job: { week } }: { job: JobRow }) {
  const t = useTranslations('jobs');
  const marks = [
    { id: 'failed', count: week.failed, icon: IconAlertOctagon },
    { id: 'missed', count: week.missed, icon: IconCalendarOff },
    { id: 'skipped', count: week.skipped, icon: IconPlayerSkipForward },
  ] as const;
  const shown = marks.filter(({ count }) => count > 0);
  if (shown.length === 0) return <span className={styles.quiet}>{t('noMarks')}</span>;
  return (
    <span className={styles.marks}>
      {shown.map(({ id, count, icon: Icon }) => (
        <span key={id} data-mark={id} title={t(`markWords.${id}`, { count })}>
          <Icon size={14} stroke={2} aria-label={t(`markWords.${id}`, { count })} />
          {formatNumber(count)}
        </span>
      ))}
    </span>
  );
}
