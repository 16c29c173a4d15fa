'use client';

import { Select, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog, type Consequence } from '@/components/dialog';
import { formatBytes, formatNumber } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { Result } from '@/domain/errors';
import type { ArchiveMonth } from '@/domain/storage/archive';
import { archiveMonthAction, bringBackMonthAction, holdMonthAction, releaseMonthAction } from './actions';
import styles from './storage.module.css';
import { countWords, spanWords } from './words';

export type MonthDialog = 'archive' | 'bringBack' | 'hold' | 'release';
type Props = {
  asking: MonthDialog | null;
  /** What may be chosen; of one month it is that. */
  months: Pick<ArchiveMonth, 'month' | 'rows' | 'bytes' | 'openAlerts'>[];
  onClose: () => void;
};

const actions = {
  archive: archiveMonthAction,
  bringBack: bringBackMonthAction,
  release: releaseMonthAction,
  hold: holdMonthAction,
} as const;

/** Archive, bring back, hold and release a month of payments, each with what follows from it. */
export function MonthDialogs({ asking, months, onClose }: Props) {
  // Which fields and consequences there are depends on what is asked: a dialog of its own each time.
  return (
    asking && (
      <Asking key={`${asking} ${months[0]?.month}`} asking={asking} months={months} onClose={onClose} />
    )
  );
}

function Asking({ asking, months, onClose }: Props & { asking: MonthDialog }) {
  const t = useTranslations(`storage.${asking}`);
  const words = useTranslations('storage');
  const [month, setMonth] = useState(months[0]?.month ?? '');
  const [until, setUntil] = useState('');
  const run = useCommand(
    (input: { month: string; reason: string; until: string | null }): Promise<Result<unknown>> => {
      const { month, reason } = input;
      if (asking === 'archive' || asking === 'release') return actions[asking]({ month, reason });
      return actions[asking](input);
    },
    {
      done: () => {
        toast({ title: t('done', { month: spanWords(month) }) });
        onClose();
      },
    },
  );
  const chosen = months.find((each) => each.month === month);
  const dated = asking === 'hold' || asking === 'bringBack';
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('question', { month: spanWords(month) })}
      verb={t('verb')}
      reason="required"
      consequences={useConsequences(asking, chosen)}
      pending={run.pending}
      error={run.error ?? run.fieldError('month') ?? run.fieldError('reason')}
      onConfirm={(reason) =>
        run.run({
          month,
          reason,
          until: dated && until ? new Date(`${until}T00:00:00Z`).toISOString() : null,
        })
      }
    >
      {months.length > 1 && (
        <Select
          label={words('month')}
          value={month}
          allowDeselect={false}
          onChange={(value) => value && setMonth(value)}
          data={months.map((each) => ({ value: each.month, label: spanWords(each.month) }))}
        />
      )}
      {dated && (
        <div className={styles.fields}>
          <TextInput
            label={words('until')}
            description={words('untilHint')}
            type="date"
            value={until}
            error={run.fieldError('until')}
            onChange={(event) => setUntil(event.currentTarget.value)}
          />
        </div>
      )}
    </ConfirmDialog>
  );
}

function useConsequences(asking: MonthDialog, month?: Props['months'][number]): Consequence[] {
  const words = useTranslations('storage');
  const size = { rows: countWords(month?.rows ?? 0), bytes: formatBytes(month?.bytes ?? 0) };
  switch (asking) {
    case 'archive':
      return [
        { text: words('archive.moves', size) },
        { text: words('archive.kept') },
        { text: words('archive.readOnly'), warn: true },
        ...(month && month.openAlerts > 0
          ? [
              {
                text: words('archive.alerts', {
                  count: month.openAlerts,
                  shown: formatNumber(month.openAlerts),
                }),
                warn: true,
              },
            ]
          : []),
        { text: words('archive.lock') },
      ];
    case 'bringBack':
      return [
        { text: words('bringBack.moves', size) },
        { text: words('bringBack.held') },
        { text: words('archive.lock') },
      ];
    case 'hold':
      return [{ text: words('hold.effect') }, { text: words('hold.disk'), warn: true }];
    case 'release':
      return [{ text: words('release.effect'), warn: true }];
  }
}
