'use client';

import { useTranslations } from 'next-intl';
import { AlertBadge } from '@/components/badge';
import { Panel } from '@/components/panel';
import { Time } from '@/components/time';
import type { AlertHistory } from '@/domain/alerts/history';
import styles from './triage.module.css';

/** Who did what to the alert, as the audit trail has it. */
export function HistoryPanel({ history }: { history: AlertHistory[] }) {
  const t = useTranslations('alerts');
  return (
    <Panel title={t('history')} question={history.length === 0 ? t('noHistory') : undefined}>
      {history.length > 0 && (
        <ol className={styles.history}>
          {history.map((act) => (
            <li key={`${act.at}${act.action}`}>
              <Time at={act.at} style="short" />
              <span>
                <strong>{act.actorName}</strong>{' '}
                {t.has(`actions.${act.action}`) ? t(`actions.${act.action}`) : act.action}{' '}
                {act.disposition && <AlertBadge state={act.disposition} />}
                {act.note && <q className={styles.said}>{act.note}</q>}
              </span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
