'use client';

import { useTranslations } from 'next-intl';
import type { LockWait } from '@/domain/activity/lock-tree';
import type { Session } from '@/domain/activity/sessions';

/** `AccessExclusiveLock` as people write it: `ACCESS EXCLUSIVE`. */
export const lockMode = (mode: string): string =>
  mode
    .replace(/Lock$/, '')
    .replace(/([a-z])(?=[A-Z])/g, '$1 ')
    .toUpperCase();

/** Sentences about sessions and what they wait for. */
export function useActivityWords() {
  const t = useTranslations('activity');
  const wait = (session: Session): string => {
    if (!session.wait) return '';
    const { type, description } = session.wait;
    return description ?? (t.has(`waits.${type}`) ? t(`waits.${type}`) : '');
  };
  const lock = ({ lockType, mode, relation }: Pick<LockWait, 'lockType' | 'mode' | 'relation'>): string => {
    // Who waits for a row waits for the end of the transaction that changed it.
    const row = relation !== null && ['transactionid', 'tuple'].includes(lockType);
    if (row) return t('lock.row', { relation });
    if (relation !== null) return t('lock.relation', { relation, mode: lockMode(mode) });
    return t.has(`lock.${lockType}`) ? t(`lock.${lockType}`) : `${lockType}, ${lockMode(mode)}`;
  };
  const who = (session: Pick<Session, 'application' | 'role' | 'backendType'>): string =>
    session.application || session.role || session.backendType;
  return { wait, lock, who };
}
