'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { formatNumber } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { StreamChange } from '@/domain/stream/commands';
import type { StreamErrorCode } from '@/domain/stream/error-codes';
import { discardAction, redriveAction } from './actions';
import { useErrorWords } from './words';

/** What is to be done, and to which payments: those named, or all that were given up for one error by then. */
export type Asking = {
  what: 'redrive' | 'discard';
  about: { ids: number[] } | { errorCode: StreamErrorCode; until?: string };
  count: number;
};
type Props = { asking: Asking | null; onClose: () => void; onDone?: () => void };

/** Asks before payments are put back into the queue, or given up for good. */
export function LetterDialogs({ asking, onClose, onDone }: Props) {
  const t = useTranslations('pipeline');
  const words = useErrorWords();
  const done = (what: Asking['what']) => (change: StreamChange) => {
    onClose();
    onDone?.();
    const left = change.refused.length;
    toast({
      title: t(what === 'redrive' ? 'redriveDone' : 'discardDone', {
        count: change.changed,
        shown: formatNumber(change.changed),
      }),
      ...(change.more ? { text: t('moreLeft') } : left > 0 ? { text: t('leftAlone', { count: left }) } : {}),
    });
  };
  const redrive = useCommand(redriveAction, { done: done('redrive') });
  const discard = useCommand(discardAction, { done: done('discard') });
  const close = () => {
    redrive.clear();
    discard.clear();
    onClose();
  };
  const count = asking?.count ?? 0;
  const about = asking?.about ?? { ids: [] };
  const values = { count, shown: formatNumber(count) };
  const ofError = 'errorCode' in about ? [{ text: words.sentence(about.errorCode) }] : [];
  return (
    <>
      <ConfirmDialog
        opened={asking?.what === 'redrive'}
        onClose={close}
        title={t('redriveQuestion', values)}
        verb={t('redrive')}
        consequences={[
          ...ofError,
          { text: t('redriveEffect', values) },
          { text: t('redriveOnce') },
          { text: t('redriveCause'), warn: true },
        ]}
        pending={redrive.pending}
        error={redrive.error ?? redrive.fieldError('ids')}
        onConfirm={() => redrive.run(about)}
      />
      <ConfirmDialog
        opened={asking?.what === 'discard'}
        onClose={close}
        title={t('discardQuestion', values)}
        verb={t('discard')}
        danger
        reason="required"
        consequences={[
          ...ofError,
          { text: t('discardEffect', values), warn: true },
          { text: t('discardKept') },
          { text: t('discardUndo') },
        ]}
        pending={discard.pending}
        error={discard.error ?? discard.fieldError('reason') ?? discard.fieldError('ids')}
        onConfirm={(reason) => discard.run({ ...about, reason })}
      />
    </>
  );
}
