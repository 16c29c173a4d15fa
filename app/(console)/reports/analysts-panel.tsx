'use client';

import { useTranslations } from 'next-intl';
import { formatChange, formatDuration, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { ReportAnalyst, ReportAnalysts } from '@/domain/reports/analysts';
import type { AskedPeriods } from '@/domain/reports/period';
import { ShareCell, shareFields } from './share-cell';

function useColumns(most: number): Column<ReportAnalyst>[] {
  const t = useTranslations('reports');
  return [
    { id: 'analyst', head: t('analyst'), cell: (row) => row.name },
    {
      id: 'decided',
      head: t('decided'),
      width: 100,
      align: 'right',
      share: (row) => row.decided / Math.max(1, most),
      cell: (row) => formatNumber(row.decided),
    },
    {
      id: 'change',
      head: t('change'),
      width: 90,
      align: 'right',
      wide: 'very',
      cell: (row) => formatChange(row.decided, row.decidedAgainst, 0),
    },
    {
      id: 'median',
      head: t('median'),
      width: 110,
      align: 'right',
      cell: (row) => formatDuration(row.medianSeconds),
    },
    {
      id: 'ninety',
      head: t('ninety'),
      width: 110,
      align: 'right',
      wide: 'very',
      cell: (row) => formatDuration(row.ninetySeconds),
    },
    {
      id: 'confirmed',
      head: t('shareFraud'),
      width: 210,
      align: 'right',
      wide: true,
      cell: (row) => <ShareCell now={row.confirmed} />,
    },
    {
      id: 'inTime',
      head: t('inTime'),
      width: 210,
      align: 'right',
      wide: 'very',
      cell: (row) => <ShareCell now={row.inTime} />,
    },
  ];
}

/** Who decided how many alerts, how fast, and how many of them were fraud. */
export function AnalystsPanel({ asked, initial }: { asked: AskedPeriods; initial?: ReportAnalysts }) {
  const t = useTranslations('reports');
  const live = useLive<ReportAnalysts>('report.analysts', asked, initial, ['reports'], { every: 60_000 });
  const rows = live.data?.rows ?? [];
  const all = live.data?.all;
  const columns = useColumns(rows[0]?.decided ?? 0);
  const interval = (name: string) => [name, t('lowOf', { name }), t('highOf', { name })];
  return (
    <Panel
      title={t('analystsTitle')}
      question={t('analystsQuestion')}
      live={live}
      flush
      height={160}
      empty={
        live.data !== undefined &&
        rows.length === 0 && { title: t('noDecisions'), hint: t('noDecisionsHint') }
      }
      csvName="report-analysts"
      table={{
        head: [
          t('analyst'),
          t('decided'),
          t('decidedBefore'),
          t('medianSeconds'),
          t('ninetySeconds'),
          ...interval(t('shareFraud')),
          ...interval(t('inTime')),
        ],
        rows: rows.map((row) => [
          row.name,
          row.decided,
          row.decidedAgainst,
          row.medianSeconds && Math.round(row.medianSeconds),
          row.ninetySeconds && Math.round(row.ninetySeconds),
          ...shareFields(row.confirmed),
          ...shareFields(row.inTime),
        ]),
      }}
    >
      <DataTable
        name="report-analysts"
        label={t('analystsTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.userId}
        foot={
          all &&
          t('analystsFoot', {
            count: all.decided,
            decided: formatNumber(all.decided),
            median: formatDuration(all.medianSeconds),
            before: formatNumber(live.data?.allAgainst.decided),
          })
        }
        inPanel
      />
    </Panel>
  );
}
