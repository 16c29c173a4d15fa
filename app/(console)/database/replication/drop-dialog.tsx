'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { formatBytes } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { DropOutcome } from '@/domain/replication/commands';
import type { Slot } from '@/domain/replication/slots';
import { dropSlotAction } from './actions';

/** `slot` is as it was when somebody decided to drop it: it goes only if it still stands there. */
type Props = { slot: Slot | null; onClose: () => void; onDone: () => void };

/** Says what is lost, asks for its name and why, and tells afterwards what came of it. */
export function DropDialog({ slot, onClose, onDone }: Props) {
  const t = useTranslations('replication');
  const name = slot?.slot ?? '';
  const done = (outcome: DropOutcome) => {
    onClose();
    onDone();
    if (outcome.outcome === 'done') return toast({ title: t('dropped', { name }) });
    const why = outcome.outcome === 'gone' ? `gone.${outcome.reason}` : `refused.${outcome.reason}`;
    toast({ tone: 'failed', title: t('nothingDone', { name }), text: t(why) });
  };
  const drop = useCommand(dropSlotAction, { done });
  return (
    <ConfirmDialog
      opened={slot !== null}
      onClose={() => {
        drop.clear();
        onClose();
      }}
      title={t('dropQuestion', { name })}
      verb={t('drop')}
      danger
      typed={name}
      reason="required"
      pending={drop.pending}
      error={drop.error ?? drop.fieldError('reason') ?? drop.fieldError('slot')}
      consequences={
        slot
          ? [
              { text: t(`effect.${slot.type}`), warn: true },
              { text: t('effect.freed', { size: formatBytes(slot.retained ?? 0) }) },
              { text: t('effect.guarded') },
            ]
          : []
      }
      onConfirm={(reason) =>
        slot &&
        drop.run({
          slot: slot.slot,
          restartLsn: slot.restartLsn,
          confirmedLsn: slot.confirmedLsn,
          reason,
        })
      }
    />
  );
}
