'use client';

import { Radio, Stack } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { type Arm, arms } from '@/domain/ab-tests/input';
import type { AbTestRow } from '@/domain/ab-tests/queries';
import { concludeAbTestAction, stopAbTestAction } from './actions';
import { words } from './verdict';

type Props = { row: AbTestRow; onClose: () => void };

/** Says who decides from then on, and whether that is what the figures say, before it asks why. */
export function ConcludeDialog({ row, onClose }: Props) {
  const t = useTranslations('abTests');
  const { verdict } = row.report;
  const [winner, setWinner] = useState<Arm>(verdict === 'challenger' ? 'challenger' : 'champion');
  const conclude = useCommand(concludeAbTestAction, {
    done: () => {
      onClose();
      toast({ title: t('concluded', { name: row.name }) });
    },
  });
  const against = winner === 'challenger' ? verdict !== 'challenger' : verdict === 'challenger';
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('concludeQuestion', { name: row.name })}
      verb={t('conclude')}
      reason="required"
      consequences={[
        {
          text: t(winner === 'challenger' ? 'promotes' : 'keeps', {
            challenger: words(row.challenger),
            champion: words(row.champion),
          }),
        },
        { text: t('figuresStay') },
        ...(against ? [{ text: t('againstFigures', { verdict }), warn: true }] : []),
      ]}
      pending={conclude.pending}
      error={conclude.error ?? conclude.fieldError('reason')}
      onConfirm={(reason) => conclude.run({ id: row.id, winner, reason })}
    >
      <Radio.Group label={t('decidesFromNow')} value={winner} onChange={(value) => setWinner(value as Arm)}>
        <Stack gap={8} mt={8}>
          {arms.map((arm) => (
            <Radio key={arm} value={arm} label={t(`ends.${arm}`, { model: words(row[arm]) })} />
          ))}
        </Stack>
      </Radio.Group>
    </ConfirmDialog>
  );
}

export function StopDialog({ row, onClose }: Props) {
  const t = useTranslations('abTests');
  const stop = useCommand(stopAbTestAction, {
    done: () => {
      onClose();
      toast({ title: t('stopped', { name: row.name }) });
    },
  });
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('stopQuestion', { name: row.name })}
      verb={t('stop')}
      danger
      reason="required"
      consequences={[
        { text: t('stopEffect', { champion: words(row.champion), challenger: words(row.challenger) }) },
        { text: t('stopFinal'), warn: row.report.verdict !== 'too-early' },
      ]}
      pending={stop.pending}
      error={stop.error ?? stop.fieldError('reason')}
      onConfirm={(reason) => stop.run({ id: row.id, reason })}
    />
  );
}
