'use client';

import { Button } from '@mantine/core';
import { IconArrowLeft, IconUserPlus } from '@tabler/icons-react';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import type { AlertDetail } from '@/domain/alerts/queries';
import { AlertDetailView } from './alert-detail';
import { AssignDialog } from './assign-dialog';
import styles from './triage.module.css';
import { useLease } from './use-lease';
import type { Person } from './use-triage';
import { useVerdicts } from './use-verdicts';
import { VerdictBar } from './verdict-bar';
import { EscalateDialog } from './verdict-dialogs';

type Props = {
  detail: AlertDetail;
  nextId: number | null;
  assignees: { id: string; name: string }[];
  person: Person;
};

/** One alert with its verdict bar; after a verdict comes the next one of the queue. */
export function AlertPage({ detail: initial, nextId, assignees, person }: Props) {
  const t = useTranslations('alerts');
  const router = useRouter();
  const { id } = initial.alert;
  const live = useLive<AlertDetail>('alert.get', { id }, initial, ['alerts']);
  const detail = live.data?.alert.id === id ? live.data : initial;
  const { alert } = detail;
  const { lease, claim, settled } = useLease(alert, person.id, person.mayDecide);
  const [escalating, setEscalating] = useState(false);
  const [assigning, setAssigning] = useState(false);
  const goOn = () => router.push(nextId === null ? '/alerts' : `/alerts/${nextId}`);
  const verdicts = useVerdicts({
    left: () => {
      settled(id);
      goOn();
    },
    back: ([back]) => router.push(`/alerts/${back}`),
  });
  useShortcuts([
    { keys: 'j', label: t('next'), group: t('title'), run: goOn, disabled: nextId === null },
    { keys: 'Escape', label: t('backToQueue'), group: t('title'), run: () => router.push('/alerts') },
  ]);
  const taken = alert.holderId !== null && alert.holderId !== person.id;
  const disabled = alert.status === 'decided' || taken;
  return (
    <div data-vg-bleed className={styles.page}>
      <div className={styles.pageBody}>
        <div className={styles.back}>
          <Button
            component={Link}
            href="/alerts"
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconArrowLeft size={14} stroke={2} aria-hidden />}
          >
            {t('backToQueue')}
          </Button>
          {person.mayAssign && alert.status !== 'decided' && (
            <Button
              size="xs"
              variant="subtle"
              color="gray"
              leftSection={<IconUserPlus size={14} stroke={2} aria-hidden />}
              onClick={() => setAssigning(true)}
            >
              {t('assign')}
            </Button>
          )}
        </div>
        <AlertDetailView
          detail={detail}
          lease={lease}
          me={person.id}
          mayDecide={person.mayDecide}
          onClaim={() => void claim(id)}
          ownPage
        />
      </div>
      {person.mayDecide && (
        <VerdictBar
          disabled={disabled}
          busy={verdicts.busy}
          onVerdict={(disposition) => void verdicts.decide(id, disposition)}
          onEscalate={() => setEscalating(true)}
          onUndo={() => void verdicts.undo()}
          end={<KeyHint keys="J" />}
        />
      )}
      <EscalateDialog
        id={escalating ? id : null}
        onClose={() => setEscalating(false)}
        onConfirm={(note) => {
          setEscalating(false);
          void verdicts.escalate(id, note);
        }}
      />
      <AssignDialog id={assigning ? id : null} people={assignees} onClose={() => setAssigning(false)} />
    </div>
  );
}
