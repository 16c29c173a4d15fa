'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import { endAllSessionsAction, endSessionAction, endUserSessionsAction } from './actions';

export type Ending =
  | { kind: 'one'; id: number; name: string }
  | { kind: 'user'; userId: string; name: string }
  | { kind: 'all' };

type Props = { ending: Ending | null; onClose: () => void };

/** Asks for a reason before one session, a person's, or everybody's ends. */
export function EndDialog({ ending, onClose }: Props) {
  const t = useTranslations('sessions');
  const many = { done: ({ ended }: { ended: number }) => finish(t('doneMany', { count: ended })) };
  const one = useCommand(endSessionAction, { done: () => finish(t('doneOne', { name })) });
  const user = useCommand(endUserSessionsAction, many);
  const all = useCommand(endAllSessionsAction, many);
  const name = ending && ending.kind !== 'all' ? ending.name : '';
  const kind = ending?.kind ?? 'one';
  const command = { one, user, all }[kind];

  function finish(title: string) {
    onClose();
    toast({ title });
  }

  function confirm(reason: string) {
    if (ending?.kind === 'one') one.run({ id: ending.id, reason });
    else if (ending?.kind === 'user') user.run({ userId: ending.userId, reason });
    else if (ending) all.run({ reason });
  }

  const words = {
    one: { title: t('endQuestion', { name }), verb: t('end'), effect: t('effectOne', { name }) },
    user: {
      title: t('endUserQuestion', { name }),
      verb: t('endUser', { name }),
      effect: t('effectUser', { name }),
    },
    all: { title: t('endAllQuestion'), verb: t('endAll'), effect: t('effectAll') },
  }[kind];
  return (
    <ConfirmDialog
      opened={ending !== null}
      onClose={() => {
        command.clear();
        onClose();
      }}
      title={words.title}
      verb={words.verb}
      danger
      reason="required"
      pending={command.pending}
      error={command.error ?? command.fieldError('reason')}
      consequences={[
        { text: words.effect },
        { text: t('effectLost'), warn: true },
        { text: t('effectSignIn') },
        { text: t('effectKeys') },
      ]}
      onConfirm={confirm}
    />
  );
}
