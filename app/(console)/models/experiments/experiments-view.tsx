'use client';

import { Button } from '@mantine/core';
import { IconFlask } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DASH, formatDuration, formatNumber } from '@/components/format';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { Page } from '@/domain/cursor';
import type { ExperimentRow } from '@/domain/models/queries';
import page from '../../database/database.module.css';
import { ExperimentProgress, ExperimentSheet } from './experiment-sheet';
import { StartTraining } from './start-training';

type Props = { page: Page<ExperimentRow>; cursor?: string; mayTrain: boolean };

export const isOpen = ({ status }: ExperimentRow): boolean => status === 'WAITING' || status === 'RUNNING';

/** Every training run: how far it is, how it ended, and beginning another. */
export function ExperimentsView({ page: first, cursor, mayTrain }: Props) {
  const t = useTranslations('experiments');
  const list = useLive<Page<ExperimentRow>>('experiment.list', { cursor }, first, ['models']);
  const open = useOpenRow();
  const [starting, setStarting] = useState(false);
  const rows = list.data?.rows ?? [];
  const opened = rows.find((row) => String(row.id) === open.key);
  const busy = rows.some(isOpen);
  const can = mayTrain && !busy;
  useShortcuts([
    {
      keys: 't',
      label: t('start'),
      group: t('title'),
      run: () => setStarting(true),
      disabled: !can,
      hidden: !mayTrain,
    },
  ]);
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')}>
        {mayTrain && (
          <Button
            leftSection={<IconFlask size={16} stroke={1.75} />}
            disabled={busy}
            onClick={() => setStarting(true)}
          >
            {t('start')}
          </Button>
        )}
      </PageHeader>
      <div className={page.page}>
        <DataTable
          name="experiments"
          label={t('title')}
          columns={useExperimentColumns()}
          rows={rows}
          rowKey={(row) => String(row.id)}
          next={list.data?.next ?? null}
          openKey={open.key}
          onOpen={open.set}
          version={(row) => row.status}
          foot={t('count', { count: rows.length })}
          empty={
            <>
              <strong>{t('empty')}</strong>
              <br />
              {t(mayTrain ? 'emptyHint' : 'emptyReader')}
            </>
          }
        />
      </div>
      {opened && <ExperimentSheet key={opened.id} row={opened} mayCancel={mayTrain} onClose={open.close} />}
      <StartTraining opened={starting} onClose={() => setStarting(false)} />
    </>
  );
}

function useExperimentColumns(): Column<ExperimentRow>[] {
  const t = useTranslations('experiments');
  const models = useTranslations('models');
  return [
    { id: 'name', head: t('name'), cell: (row) => row.name },
    {
      id: 'type',
      head: models('type'),
      width: 150,
      wide: 'very',
      cell: (row) => models(`types.${row.type}`),
    },
    {
      id: 'status',
      head: models('state'),
      width: 190,
      cell: (row) => <ExperimentProgress row={row} />,
    },
    {
      id: 'auc',
      head: models('aucRoc'),
      width: 90,
      align: 'right',
      wide: true,
      cell: (row) => (row.aucRoc === null ? DASH : formatNumber(row.aucRoc, 3)),
    },
    {
      id: 'ap',
      head: models('averagePrecision'),
      width: 130,
      align: 'right',
      wide: true,
      cell: (row) => (row.averagePrecision === null ? DASH : formatNumber(row.averagePrecision, 3)),
    },
    {
      id: 'took',
      head: t('took'),
      width: 90,
      align: 'right',
      wide: 'very',
      cell: (row) => (row.trainingMs === null ? DASH : formatDuration(row.trainingMs / 1000)),
    },
    { id: 'started', head: t('started'), width: 125, wide: true, cell: (row) => <Time at={row.createdAt} /> },
    { id: 'by', head: models('by'), width: 150, wide: 'very', cell: (row) => row.createdByName },
  ];
}
