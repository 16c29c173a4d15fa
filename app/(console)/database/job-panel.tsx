'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatMs, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { JobRow } from '@/domain/jobs/queries';
import { JobBadge } from './jobs/job-state';

/** Every job with its last run; an error of the last day stays visible after later runs went well. */
export function JobPanel({ jobs }: { jobs: UseQueryResult<JobRow[], LiveError> }) {
  const t = useTranslations('database');
  const rows = jobs.data ?? [];
  const columns: Column<JobRow>[] = [
    { id: 'job', head: t('job'), width: 210, cell: (row) => <span className="vg-mono">{row.name}</span> },
    {
      id: 'status',
      head: t('lastRun'),
      width: 110,
      cell: (row) => <JobBadge job={row} />,
    },
    {
      id: 'age',
      head: t('when'),
      align: 'right',
      width: 90,
      cell: (row) => (row.startedAt ? <Age at={row.startedAt} /> : '–'),
    },
    { id: 'took', head: t('took'), align: 'right', width: 90, cell: (row) => formatMs(row.durationMs) },
    {
      id: 'rows',
      head: t('rows'),
      align: 'right',
      width: 90,
      wide: true,
      cell: (row) => formatNumber(row.rows),
    },
    {
      id: 'runs',
      head: t('runs24h'),
      align: 'right',
      width: 90,
      wide: true,
      cell: (row) => formatNumber(row.runs24h),
    },
    {
      id: 'schedule',
      head: t('schedule'),
      width: 220,
      wide: true,
      cell: (row) => (
        <>
          <span className="vg-mono">{row.schedule}</span> {t(`runBy.${row.runBy}`)}
        </>
      ),
    },
    {
      id: 'error',
      head: t('lastError'),
      wide: true,
      cell: (row) =>
        row.lastError ? (
          <span title={row.lastError}>
            {t('failures', { count: row.failed24h })} {row.lastError}
          </span>
        ) : (
          '–'
        ),
    },
  ];
  return (
    <Panel
      title={t('jobsTitle')}
      question={t('jobsQuestion')}
      live={jobs}
      actions={<Link href="/database/jobs">{t('allJobs')}</Link>}
      flush
      height={260}
      table={{
        head: [t('job'), t('lastRun'), t('when'), t('took'), t('rows'), t('lastError')],
        rows: rows.map((row) => [
          row.name,
          row.status,
          row.startedAt,
          row.durationMs,
          row.rows,
          row.lastError,
        ]),
      }}
      csvName="jobs"
    >
      <DataTable
        name="jobs"
        label={t('jobsTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
        href={(row) => `/database/jobs?open=${encodeURIComponent(row.name)}`}
        inPanel
      />
    </Panel>
  );
}
