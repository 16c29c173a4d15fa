'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatDuration, formatNumber } from '@/components/format';
import { KeyHint } from '@/components/key-hint';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { ActivitySnapshot, SessionDetail } from '@/domain/activity/queries';
import styles from '../database.module.css';
import { QueryText } from '../query-text';
import { LockList } from './lock-list';
import type { Signalling } from './signal-dialog';
import { StateBadge } from './state-badge';
import { useActivityWords } from './words';

type Props = {
  pid: number;
  backendStart: string;
  snapshot: ActivitySnapshot;
  every: number | undefined;
  mayCancel: boolean;
  mayTerminate: boolean;
  onClose: () => void;
  onSignal: (signalling: Signalling) => void;
};

/** One session: what it does, its whole query, its locks, and the two ways to stop it. */
export function SessionSheet(props: Props) {
  const t = useTranslations('activity');
  const { pid, backendStart, every } = props;
  const topics = every ? (['health'] as const) : [];
  const detail = useLive<SessionDetail | null>('activity.session', { pid, backendStart }, undefined, topics, {
    every,
  });
  const gone = detail.data === null;
  const session = detail.data?.session;
  const words = useActivityWords();
  return (
    <SideSheet
      title={session ? words.who(session) : t('session')}
      id={String(pid)}
      onClose={props.onClose}
      actions={session && !session.refusal && <Actions {...props} detail={detail.data!} />}
    >
      {gone && (
        <Note tone="ok" title={t('hasEnded')}>
          {t('hasEndedHint', { pid })}
        </Note>
      )}
      {detail.data === undefined && (
        <PanelState problem={problemOf(detail)} height={200} retry={() => detail.refetch()} />
      )}
      {session && <Content detail={detail.data!} />}
    </SideSheet>
  );
}

function Actions({ detail, snapshot, mayCancel, mayTerminate, onSignal }: Props & { detail: SessionDetail }) {
  const t = useTranslations('activity');
  const { session } = detail;
  const row = snapshot.locks?.tree.rows.find((one) => one.kind === 'session' && one.pid === session.pid);
  const blocks = row?.kind === 'session' ? row.blocks : 0;
  const canCancel = mayCancel && session.state === 'active';
  const cancel = () => onSignal({ kind: 'cancel', session, blocks });
  const terminate = () => onSignal({ kind: 'terminate', session, blocks });
  const group = t('title');
  useShortcuts([
    { keys: 'c', label: t('cancel'), group, run: cancel, disabled: !canCancel, hidden: !canCancel },
    {
      keys: 't',
      label: t('terminate'),
      group,
      run: terminate,
      disabled: !mayTerminate,
      hidden: !mayTerminate,
    },
  ]);
  if (!mayCancel && !mayTerminate) return <span>{t('mayNot')}</span>;
  return (
    <>
      {mayCancel && (
        <Button variant="default" disabled={!canCancel} rightSection={<KeyHint keys="C" />} onClick={cancel}>
          {t('cancel')}
        </Button>
      )}
      {mayTerminate && (
        <Button variant="danger" rightSection={<KeyHint keys="T" />} onClick={terminate}>
          {t('terminate')}
        </Button>
      )}
    </>
  );
}

function Content({ detail }: { detail: SessionDetail }) {
  const t = useTranslations('activity');
  const words = useActivityWords();
  const { session } = detail;
  const waits = session.wait?.type === 'Lock';
  const age = formatDuration(session.stateSeconds);
  return (
    <>
      {waits ? (
        <Note tone="fraud" title={t('waitsTitle', { count: detail.blockedBy.length, age })}>
          {t('waitsFor')}: {detail.blockedBy.map((pid) => (pid === 0 ? t('preparedShort') : pid)).join(', ')}
        </Note>
      ) : (
        <p>{t(`sentence.${session.state}`, { age })}</p>
      )}
      {session.refusal && <Note tone="locked" title={t(`refused.${session.refusal}`)} />}
      {session.query !== null && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre className={`${styles.sql} vg-mono`} tabIndex={0}>
          <QueryText text={session.query} />
        </pre>
      )}
      <Details
        items={[
          [t('state'), <StateBadge key="state" state={session.state} waits={waits} />],
          session.wait && [
            t('waitEvent'),
            <span key="wait">
              <span className="vg-mono">
                {session.wait.type}: {session.wait.event}
              </span>{' '}
              {words.wait(session)}
            </span>,
          ],
          [t('transactionAge'), formatDuration(session.transactionSeconds)],
          [t('queryAge'), formatDuration(session.querySeconds)],
          [
            t('role'),
            <span key="role" className="vg-mono">
              {session.role}
            </span>,
          ],
          [t('application'), session.application || '–'],
          [t('client'), session.client ?? '–'],
          session.backendStart !== null && [
            t('connected'),
            <Time key="since" at={session.backendStart} style="full" />,
          ],
          [t('locksHeld'), formatNumber(detail.locks.found)],
        ]}
      />
      <LockList locks={detail.locks} />
    </>
  );
}
