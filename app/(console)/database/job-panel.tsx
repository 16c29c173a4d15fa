'use client';

import {
  IconAlertOctagon,
  IconCalendarOff,
  IconCircleCheck,
  IconHourglass,
  IconPlayerSkipForward,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import { formatMs, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { JobRow } from '@/domain/jobs/queries';

const badges: Record<string, { tone: Tone; icon: typeof IconCircleCheck }> = {
  ok: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'fraud', icon: IconAlertOctagon },
  skipped: { tone: 'plain', icon: IconPlayerSkipForward },
  running: { tone: 'primary', icon: IconHourglass },
  waiting: { tone: 'plain', icon: IconHourglass },
  missed: { tone: 'review', icon: IconCalendarOff },
  lost: { tone: 'fraud', icon: IconPlugConnectedX },
};

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
      cell: (row) =>
        row.status === null ? (
          <Badge>{t('neverRun')}</Badge>
        ) : (
          <Badge {...badges[row.status]}>{t(`runStates.${row.status}`)}</Badge>
        ),
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
        inPanel
      />
    </Panel>
  );
}
