'use client';

import { useTranslations } from 'next-intl';
import { parseAsStringLiteral, useQueryStates } from 'nuqs';
import { formatBytes, formatDuration, formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import { processNames } from '@/domain/metrics/catalogue';
import type { ProcessRow } from '@/domain/metrics/queries';
import { ProcessCharts } from './process-charts';
import { viewParams } from './url';

/** Web, ingest and worker: what each instance takes, and how each kind did over the range. */
export function ProcessTab({ initial }: { initial?: ProcessRow[] }) {
  const t = useTranslations('pipeline');
  const [{ process, range }, set] = useQueryStates(
    { process: parseAsStringLiteral(processNames), range: viewParams.range },
    { history: 'push' },
  );
  const processes = useLive<ProcessRow[]>('metric.processes', {}, initial, ['health']);
  const rows = processes.data ?? [];
  const columns = useProcessColumns();
  return (
    <>
      <Panel
        title={t('processesTitle')}
        question={t('processesQuestion')}
        live={processes}
        staleAfter={180}
        flush
        height={140}
        empty={rows.length === 0 && { title: t('noProcesses'), hint: t('noSamplesHint') }}
        table={{
          head: [t('process'), t('instance'), t('cpu'), t('memory'), t('heap'), t('loop'), t('uptime')],
          rows: rows.map((row) => [
            row.process,
            row.instance,
            row.cpu,
            row.memory,
            row.heap,
            row.eventLoopDelay,
            row.uptime,
          ]),
        }}
        csvName="processes"
      >
        <DataTable
          name="processes"
          label={t('processesTitle')}
          columns={columns}
          rows={rows}
          rowKey={(row) => `${row.process} ${row.instance}`}
          openKey={rows
            .map((row) => `${row.process} ${row.instance}`)
            .find((key) => key.split(' ')[0] === process)}
          onOpen={(key) => {
            const name = processNames.find((one) => one === key.split(' ')[0]) ?? null;
            void set({ process: name === process ? null : name });
          }}
          inPanel
        />
      </Panel>
      <ProcessCharts range={range} selected={process} />
    </>
  );
}

function useProcessColumns(): Column<ProcessRow>[] {
  const t = useTranslations('pipeline');
  const mebibytes = (value: number | null) => formatBytes(value === null ? null : value * 1_048_576);
  return [
    { id: 'process', head: t('process'), width: 96, cell: (row) => t(`processes.${row.process}`) },
    {
      id: 'instance',
      head: t('instance'),
      wide: true,
      cell: (row) => <span className="vg-mono">{row.instance}</span>,
    },
    {
      id: 'cpu',
      head: t('cpu'),
      align: 'right',
      width: 88,
      cell: (row) => (row.cpu === null ? '–' : `${formatNumber(row.cpu, 1)}\u00a0%`),
    },
    {
      id: 'memory',
      head: t('memory'),
      align: 'right',
      width: 96,
      cell: (row) => mebibytes(row.memory),
    },
    {
      id: 'heap',
      head: t('heap'),
      align: 'right',
      width: 96,
      wide: true,
      cell: (row) => mebibytes(row.heap),
    },
    {
      id: 'loop',
      head: t('loop'),
      align: 'right',
      width: 104,
      cell: (row) => formatMs(row.eventLoopDelay),
    },
    {
      id: 'loopMax',
      head: t('loopMax'),
      align: 'right',
      width: 96,
      wide: 'very',
      cell: (row) => formatMs(row.eventLoopDelayMax),
    },
    {
      id: 'uptime',
      head: t('uptime'),
      align: 'right',
      width: 96,
      wide: true,
      cell: (row) => formatDuration(row.uptime),
    },
    {
      id: 'heard',
      head: t('heard'),
      align: 'right',
      width: 80,
      wide: 'very',
      cell: (row) => <Age at={row.sampledAt} />,
    },
  ];
}
