'use client';

import { Button } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { useState } from 'react';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { StreamSummary } from '@/domain/stream/queries';
import { type Asking, LetterDialogs } from './letter-dialogs';
import styles from './pipeline.module.css';
import { useErrorWords } from './words';

type Group = StreamSummary['deadByError'][number];
type Props = { summary: UseQueryResult<StreamSummary, LiveError>; mayAct: boolean };

/** What was given up, by its error: one cause is mended once, for all its payments. */
export function DeadGroups({ summary, mayAct }: Props) {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  const [{ error }, set] = useQueryStates(
    { error: parseAsString, status: parseAsString, cursor: parseAsString, back: parseAsString },
    { shallow: false, history: 'push', scroll: false },
  );
  const [asking, setAsking] = useState<Asking | null>(null);
  const groups = summary.data?.deadByError ?? [];
  const all = summary.data?.dead ?? 0;
  const until = summary.data?.readAt;
  const columns: Column<Group>[] = [
    {
      id: 'error',
      head: t('error'),
      cell: (row) => <span title={words.sentence(row.errorCode)}>{words.sentence(row.errorCode)}</span>,
    },
    {
      id: 'count',
      head: t('payments'),
      align: 'right',
      width: 84,
      share: (row) => row.count / Math.max(1, all),
      cell: (row) => formatNumber(row.count),
    },
    {
      id: 'oldest',
      head: t('oldestOf'),
      align: 'right',
      width: 72,
      wide: true,
      cell: (row) => <Age at={row.oldestAt} />,
    },
  ];
  if (mayAct)
    columns.push({
      id: 'act',
      head: t('actions'),
      align: 'right',
      width: 176,
      wide: true,
      cell: (row) => (
        <span className={styles.acts}>
          {(['redrive', 'discard'] as const).map((what) => (
            <Button
              key={what}
              size="compact-xs"
              variant="default"
              onClick={() =>
                setAsking({ what, about: { errorCode: row.errorCode, until }, count: row.count })
              }
            >
              {t(what === 'redrive' ? 'redriveAll' : 'discardAll')}
            </Button>
          ))}
        </span>
      ),
    });
  return (
    <Panel
      title={t('deadTitle')}
      question={t('deadQuestion')}
      live={summary}
      at={summary.data?.readAt}
      flush
      height={140}
      empty={groups.length === 0 && { title: t('noDead'), hint: t('noDeadHint') }}
      table={{
        head: [t('error'), t('payments'), t('oldestOf')],
        rows: groups.map((row) => [row.errorCode, row.count, row.oldestAt]),
      }}
      csvName="dead-letters-by-error"
    >
      <DataTable
        name="dead-groups"
        label={t('deadTitle')}
        columns={columns}
        rows={groups}
        rowKey={(row) => row.errorCode}
        openKey={error}
        onOpen={(code) =>
          void set({ error: code === error ? null : code, status: null, cursor: null, back: null })
        }
        inPanel
      />
      <LetterDialogs asking={asking} onClose={() => setAsking(null)} />
    </Panel>
  );
}
