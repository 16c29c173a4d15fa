'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog, type Consequence } from '@/components/dialog';
import { formatDuration } from '@/components/format';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { SignalOutcome } from '@/domain/activity/commands';
import type { Session } from '@/domain/activity/sessions';
import { cancelQueryAction, terminateSessionAction } from './actions';
import { useActivityWords } from './words';

/** The session as it was when somebody decided to stop it: nothing else is stopped in its place. */
export type Signalling = { kind: 'cancel' | 'terminate'; session: Session; blocks: number };

type Props = { signalling: Signalling | null; onClose: () => void; onDone: () => void };

/** Says what is lost, asks why, and tells afterwards what came of it. */
export function SignalDialog({ signalling, onClose, onDone }: Props) {
  const t = useTranslations('activity');
  const words = useActivityWords();
  const done = (outcome: SignalOutcome) => {
    const pid = signalling?.session.pid ?? 0;
    onClose();
    onDone();
    toast(outcomeWords(t, signalling?.kind ?? 'cancel', outcome, pid));
  };
  const cancel = useCommand(cancelQueryAction, { done });
  const terminate = useCommand(terminateSessionAction, { done });
  const kind = signalling?.kind ?? 'cancel';
  const command = { cancel, terminate }[kind];
  const session = signalling?.session;
  return (
    <ConfirmDialog
      opened={signalling !== null}
      onClose={() => {
        command.clear();
        onClose();
      }}
      title={session && t(`question.${kind}`, { pid: session.pid, who: words.who(session) })}
      verb={t(kind)}
      danger={kind === 'terminate'}
      reason="required"
      pending={command.pending}
      error={command.error ?? command.fieldError('reason')}
      consequences={signalling ? consequences(t, signalling) : []}
      onConfirm={(reason) => {
        if (!session?.backendStart) return;
        const { pid, backendStart, queryStart } = session;
        command.run({ pid, backendStart, queryStart, reason });
      }}
    />
  );
}

type Words = ReturnType<typeof useTranslations<'activity'>>;

function consequences(t: Words, { kind, session, blocks }: Signalling): Consequence[] {
  const inTransaction = session.transactionSeconds !== null;
  const age = formatDuration(session.transactionSeconds);
  return [
    { text: t(`effect.${kind}`) },
    ...(inTransaction ? [{ text: t('effect.rolledBack', { age }), warn: true }] : []),
    ...(blocks > 0 ? [{ text: t('effect.goOn', { count: blocks }) }] : []),
    ...(kind === 'terminate' && session.application.startsWith('vigil-')
      ? [{ text: t('effect.ours', { application: session.application }) }]
      : []),
    { text: t('effect.guarded') },
  ];
}

function outcomeWords(t: Words, kind: Signalling['kind'], outcome: SignalOutcome, pid: number) {
  if (outcome.outcome === 'done')
    return outcome.ended
      ? { title: t(`done.${kind}`, { pid }) }
      : { tone: 'failed' as const, title: t('done.asked', { pid }), text: t('done.askedHint') };
  const code = outcome.outcome === 'gone' ? `gone.${outcome.reason}` : `refused.${outcome.reason}`;
  return { tone: 'failed' as const, title: t('nothingDone', { pid }), text: t(code) };
}
