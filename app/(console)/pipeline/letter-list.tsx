'use client';

import { Button } from '@mantine/core';
import { IconRotateClockwise, IconTrash } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { useState } from 'react';
import { FilterBar } from '@/components/filter-bar';
import { formatMoney, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { type Column, DataTable } from '@/components/table';
import { Age } from '@/components/time';
import type { Page } from '@/domain/cursor';
import { streamErrorCodes } from '@/domain/stream/error-codes';
import type { StreamRow } from '@/domain/stream/queries';
import { listedStatuses } from '@/domain/stream/statuses';
import { type Asking, LetterDialogs } from './letter-dialogs';
import { letterInput } from './pipeline-params';
import { StatusBadge } from './status-badge';
import { letterParams } from './url';
import { useErrorWords } from './words';

type Props = {
  initial?: Page<StreamRow>;
  open: { key: string | null; set: (key: string) => void };
  mayAct: boolean;
};

/** Payments that were given up, discarded, or wait to be tried again, one by one. */
export function LetterList({ initial, open, mayAct }: Props) {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  const columns = useLetterColumns();
  const [given] = useQueryStates(letterParams);
  const input = letterInput(given);
  const list = useLive<Page<StreamRow>>('stream.list', input, initial, ['stream']);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [asking, setAsking] = useState<Asking | null>(null);
  const rows = list.data?.rows ?? [];
  const problem = problemOf(list);
  const ids = rows.filter((row) => picked.has(String(row.id))).map((row) => row.id);
  const ask = (what: Asking['what']) => setAsking({ what, about: { ids }, count: ids.length });
  const acts = mayAct && input.status !== 'FAILED';
  return (
    <div>
      <FilterBar
        search={{ placeholder: t('searchLetters') }}
        filters={[
          {
            key: 'status',
            label: t('status'),
            kind: 'one',
            pinned: true,
            options: listedStatuses.map((value) => ({ value, label: t(`statuses.${value}`) })),
          },
          {
            key: 'error',
            label: t('error'),
            kind: 'one',
            pinned: true,
            options: streamErrorCodes.map((value) => ({ value, label: words.short(value) })),
          },
        ]}
      >
        {acts && ids.length > 0 && (
          <>
            <Button
              variant="default"
              leftSection={<IconRotateClockwise size={16} stroke={1.75} />}
              onClick={() => ask('redrive')}
            >
              {t('redriveCount', { count: ids.length })}
            </Button>
            {input.status === 'DEAD' && (
              <Button
                variant="default"
                leftSection={<IconTrash size={16} stroke={1.75} />}
                onClick={() => ask('discard')}
              >
                {t('discardCount', { count: ids.length })}
              </Button>
            )}
          </>
        )}
      </FilterBar>
      {problem || !list.data ? (
        <PanelState problem={problem} height={200} retry={() => list.refetch()} />
      ) : (
        <DataTable
          name="stream-letters"
          label={t(`lists.${input.status}`)}
          columns={columns}
          rows={rows}
          rowKey={(row) => String(row.id)}
          openKey={open.key}
          onOpen={open.set}
          {...(acts ? { selection: { keys: picked, set: setPicked } } : {})}
          version={(row) => `${row.status} ${row.tries}`}
          next={list.data.next}
          foot={t('listed', { count: rows.length })}
          empty={
            <>
              <strong>{t(`emptyLists.${input.status}`)}</strong>
              <br />
              {t('emptyListHint')}
            </>
          }
          chooseColumns
        />
      )}
      <LetterDialogs asking={asking} onClose={() => setAsking(null)} onDone={() => setPicked(new Set())} />
    </div>
  );
}

function useLetterColumns(): Column<StreamRow>[] {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  return [
    {
      id: 'payment',
      head: t('payment'),
      cell: (row) => (
        <span className="vg-mono" title={row.transactionId}>
          {row.transactionId}
        </span>
      ),
    },
    { id: 'status', head: t('status'), width: 116, cell: (row) => <StatusBadge status={row.status} /> },
    {
      id: 'error',
      head: t('error'),
      width: 190,
      wide: true,
      cell: (row) =>
        row.errorCode ? <span title={words.sentence(row.errorCode)}>{words.short(row.errorCode)}</span> : '–',
    },
    {
      id: 'amount',
      head: t('amount'),
      align: 'right',
      width: 120,
      wide: true,
      cell: (row) => (row.amount && row.currency ? formatMoney(row.amount, row.currency) : '–'),
    },
    {
      id: 'customer',
      head: t('customer'),
      width: 160,
      wide: 'very',
      cell: (row) => <span className="vg-mono">{row.userId ?? '–'}</span>,
    },
    { id: 'tries', head: t('tries'), align: 'right', width: 60, cell: (row) => formatNumber(row.tries) },
    {
      id: 'received',
      head: t('received'),
      align: 'right',
      width: 84,
      cell: (row) => <Age at={row.receivedAt} />,
    },
    {
      id: 'ended',
      head: t('ended'),
      align: 'right',
      width: 84,
      wide: 'very',
      cell: (row) => (row.endedAt ? <Age at={row.endedAt} /> : '–'),
    },
  ];
}
