'use client';

import { Button } from '@mantine/core';
import { IconAlertOctagon, IconHourglass, IconInbox, IconLock, IconRefresh } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { CopyId } from './copy-id';
import type { LiveError } from './live';
import styles from './panel.module.css';

export type PanelProblem = { kind: 'failed' | 'timeout' | 'denied'; requestId?: string | null } | null;

/** A problem only where nothing older can be shown instead: a failed refresh keeps the rows and marks their age. */
export function problemOf(live?: UseQueryResult<unknown, LiveError>): PanelProblem {
  if (!live?.isError || live.data !== undefined) return null;
  const { code, requestId } = live.error;
  if (code === 'denied') return { kind: 'denied', requestId };
  if (code === 'timed_out') return { kind: 'timeout', requestId };
  return { kind: 'failed', requestId };
}

type Props = {
  problem: PanelProblem;
  empty?: { title: string; hint?: ReactNode; action?: ReactNode } | false;
  height: number;
  retry?: () => void;
};

/** Loading, empty, timed out, failed and not allowed, at the height of the content. */
export function PanelState({ problem, empty, height, retry }: Props) {
  const t = useTranslations('panel');
  const common = useTranslations('common');
  if (!problem && !empty) {
    return (
      <div className={styles.skeleton} style={{ height }} role="status" aria-label={t('loading')}>
        {[62, 78, 70, 92, 84, 60, 48, 56, 74, 88, 80, 72].map((share, i) => (
          <span key={i} style={{ height: `${share}%` }} />
        ))}
      </div>
    );
  }
  const again = retry && (
    <Button size="xs" variant="default" leftSection={<IconRefresh size={14} stroke={2} />} onClick={retry}>
      {common('retry')}
    </Button>
  );
  if (!problem && empty) {
    return (
      <Words
        height={height}
        icon={<IconInbox />}
        title={empty.title}
        hint={empty.hint}
        action={empty.action}
      />
    );
  }
  const kind = problem?.kind ?? 'failed';
  const words = {
    failed: { icon: <IconAlertOctagon />, title: t('failed'), hint: t('failedHint'), action: again },
    timeout: {
      icon: <IconHourglass />,
      title: t('timeout', { seconds: 10 }),
      hint: t('timeoutHint'),
      action: again,
    },
    denied: { icon: <IconLock />, title: t('denied'), hint: t('deniedHint'), action: null },
  }[kind];
  return (
    <Words height={height} tone={kind} {...words}>
      {problem?.requestId && kind === 'failed' && <CopyId id={problem.requestId} />}
    </Words>
  );
}

type WordsProps = {
  icon: ReactNode;
  title: string;
  hint?: ReactNode;
  action?: ReactNode;
  tone?: string;
  height: number;
  children?: ReactNode;
};

function Words({ icon, title, hint, action, tone, height, children }: WordsProps) {
  return (
    <div
      className={styles.words}
      data-tone={tone}
      style={{ minHeight: height }}
      role={tone ? 'alert' : undefined}
    >
      <p className={styles.wordsTitle}>
        {icon} {title}
      </p>
      {hint && <p className={styles.hint}>{hint}</p>}
      {children}
      {action && <div className={styles.wordsAction}>{action}</div>}
    </div>
  );
}
