'use client';

import { Button } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { DASH, formatPercent } from '@/components/format';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { AbTestRow } from '@/domain/ab-tests/queries';
import type { Page } from '@/domain/cursor';
import page from '../database/database.module.css';
import { AbTestSheet } from './ab-test-sheet';
import { StartTest } from './start-test';
import { StateBadge, signedFigure, VerdictBadge, words } from './verdict';

type Props = { page: Page<AbTestRow>; cursor?: string; mayTest: boolean };

/** Every A/B test: which models, what it says so far or said in the end, and starting another. */
export function AbTestsView({ page: first, cursor, mayTest }: Props) {
  const t = useTranslations('abTests');
  const list = useLive<Page<AbTestRow>>('ab-test.list', { cursor }, first, ['models']);
  const open = useOpenRow();
  const [starting, setStarting] = useState(false);
  const rows = list.data?.rows ?? [];
  const opened = rows.find((row) => String(row.id) === open.key);
  const busy = rows.some(({ status }) => status === 'ACTIVE');
  const start = () => setStarting(true);
  useShortcuts([
    {
      keys: 't',
      label: t('start'),
      group: t('title'),
      run: start,
      disabled: !mayTest || busy,
      hidden: !mayTest,
    },
  ]);
  return (
    <>
      <PageHeader title={t('title')} meta={t('meta')}>
        {mayTest && (
          <Button
            leftSection={<IconArrowsSplit2 size={16} stroke={1.75} />}
            disabled={busy}
            title={busy ? t('busy') : undefined}
            onClick={start}
          >
            {t('start')}
          </Button>
        )}
      </PageHeader>
      <div className={page.page}>
        <DataTable
          name="ab-tests"
          label={t('title')}
          columns={useTestColumns()}
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
              {t(mayTest ? 'emptyHint' : 'emptyReader')}
            </>
          }
        />
      </div>
      {opened && <AbTestSheet key={opened.id} row={opened} mayTest={mayTest} onClose={open.close} />}
      <StartTest opened={starting} onClose={() => setStarting(false)} />
    </>
  );
}

function useTestColumns(): Column<AbTestRow>[] {
  const t = useTranslations('abTests');
  const models = useTranslations('models');
  return [
    { id: 'name', head: t('name'), cell: (row) => row.name },
    {
      id: 'status',
      head: models('state'),
      width: 125,
      cell: (row) => <StateBadge status={row.status} />,
    },
    {
      id: 'models',
      head: t('models'),
      width: 260,
      wide: 'very',
      cell: (row) => t('against', { challenger: words(row.challenger), champion: words(row.champion) }),
    },
    {
      id: 'split',
      head: t('split'),
      width: 100,
      align: 'right',
      wide: 'very',
      cell: (row) => formatPercent(row.split, 0),
    },
    {
      id: 'verdict',
      head: t('verdict'),
      width: 165,
      cell: (row) => <VerdictBadge verdict={row.report.verdict} />,
    },
    {
      id: 'difference',
      head: t('difference'),
      width: 105,
      align: 'right',
      wide: true,
      cell: (row) => {
        const difference = row.report.differences[row.measure];
        return difference ? signedFigure(difference.value) : DASH;
      },
    },
    { id: 'started', head: t('started'), width: 125, wide: true, cell: (row) => <Time at={row.startedAt} /> },
  ];
}
