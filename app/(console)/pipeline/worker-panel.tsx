'use client';

import { IconCircleCheck, IconHourglass, IconPlugConnectedX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { formatDuration, formatNumber } from '@/components/format';
import { type LiveError, useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age, useNow } from '@/components/time';
import type { ProcessRow } from '@/domain/metrics/queries';
import type { StreamSummary } from '@/domain/stream/queries';
import { type WorkerRow, workerRows } from './worker-rows';

type Props = { summary: UseQueryResult<StreamSummary, LiveError>; initial?: ProcessRow[] };

/** Every worker that holds payments or has been heard of lately: what it holds and until when. */
export function WorkerPanel({ summary, initial }: Props) {
  const t = useTranslations('pipeline');
  const now = useNow();
  const processes = useLive<ProcessRow[]>('metric.processes', {}, initial, ['health']);
  const rows = workerRows(summary.data?.workers ?? [], processes.data ?? []);
  const columns: Column<WorkerRow>[] = [
    { id: 'name', head: t('worker'), cell: (row) => <span className="vg-mono">{row.name}</span> },
    { id: 'state', head: t('state'), width: 104, cell: (row) => <WorkerState row={row} now={now} /> },
    { id: 'rows', head: t('holds'), align: 'right', width: 72, cell: (row) => formatNumber(row.rows) },
    {
      id: 'lease',
      head: t('lease'),
      align: 'right',
      width: 84,
      cell: (row) =>
        row.leaseUntil === null
          ? '–'
          : formatDuration(Math.max(0, (new Date(row.leaseUntil).getTime() - now) / 1000)),
    },
    {
      id: 'heard',
      head: t('heard'),
      align: 'right',
      width: 72,
      wide: true,
      cell: (row) => (row.sampledAt ? <Age at={row.sampledAt} /> : '–'),
    },
  ];
  return (
    <Panel
      title={t('workersTitle')}
      question={t('workersQuestion')}
      live={summary}
      at={summary.data?.readAt}
      flush
      height={140}
      empty={rows.length === 0 && { title: t('noWorkers'), hint: t('noWorkersHint') }}
      table={{
        head: [t('worker'), t('holds'), t('lease'), t('heard')],
        rows: rows.map((row) => [row.name, row.rows, row.leaseUntil, row.sampledAt]),
      }}
      csvName="stream-workers"
    >
      <DataTable
        name="stream-workers"
        label={t('workersTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
        inPanel
      />
    </Panel>
  );
}

function WorkerState({ row, now }: { row: WorkerRow; now: number }) {
  const t = useTranslations('pipeline.workerStates');
  if (row.leaseUntil === null)
    return (
      <Badge tone="ok" icon={IconCircleCheck}>
        {t('idle')}
      </Badge>
    );
  if (new Date(row.leaseUntil).getTime() > now)
    return (
      <Badge tone="primary" icon={IconHourglass}>
        {t('busy')}
      </Badge>
    );
  return (
    <Badge tone="fraud" icon={IconPlugConnectedX}>
      {t('late')}
    </Badge>
  );
}
