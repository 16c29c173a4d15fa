'use client';

import { IconAlertOctagon, IconClock, IconClockExclamation } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatAge, formatAlertId, formatDuration, formatNumber, formatSigned } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { useNow } from '@/components/time';
import type { AlertBacklog } from '@/domain/overview/backlog';
import styles from './overview.module.css';

const parts = [
  {
    key: 'overdue',
    label: 'overdue',
    color: 'var(--vg-fraud)',
    Icon: IconAlertOctagon,
    tone: 'var(--vg-fraud-text)',
  },
  {
    key: 'within30Min',
    label: 'within30',
    color: 'var(--vg-review)',
    Icon: IconClockExclamation,
    tone: 'var(--vg-review-text)',
  },
  {
    key: 'within2Hours',
    label: 'within120',
    color: 'var(--vg-allowed)',
    Icon: IconClock,
    tone: 'var(--vg-text-3)',
  },
  { key: 'later', label: 'later', color: 'var(--vg-due-later)', Icon: IconClock, tone: 'var(--vg-text-3)' },
] as const;

/** Undecided alerts by the time that is left, and whether the queue grows. */
export function BacklogPanel({ initial }: { initial?: AlertBacklog }) {
  const t = useTranslations('overview');
  const live = useLive<AlertBacklog>('overview.backlog', {}, initial, ['alerts'], { every: 30_000 });
  const data = live.data;
  return (
    <Panel
      title={t('backlogTitle')}
      question={t('backlogQuestion')}
      live={live}
      height={180}
      empty={data?.open === 0 && { title: t('noAlerts'), hint: t('noAlertsHint') }}
    >
      {data && (
        <>
          <div className={styles.backlogHead}>
            <Link href="/alerts" className={styles.big}>
              {formatNumber(data.open)}
            </Link>
            <span>{t('open')}</span>
            <span className={styles.end} data-bad={data.changeLastHour > 0 || undefined}>
              {t('changeHour', { change: formatSigned(data.changeLastHour, 0) })}
            </span>
          </div>
          <div className={styles.backlogBar} aria-hidden="true">
            {parts.map(
              (part) =>
                data[part.key] > 0 && (
                  <span key={part.key} style={{ flex: data[part.key], background: part.color }} />
                ),
            )}
          </div>
          <ul className={styles.backlogList}>
            {parts.map((part) => (
              <li key={part.key}>
                <part.Icon size={16} stroke={1.75} color={part.tone} aria-hidden />
                <Link href="/alerts">{t(part.label)}</Link>
                <strong>{formatNumber(data[part.key])}</strong>
              </li>
            ))}
          </ul>
          <BacklogFoot data={data} />
        </>
      )}
    </Panel>
  );
}

function BacklogFoot({ data }: { data: AlertBacklog }) {
  const t = useTranslations('overview');
  const now = useNow();
  return (
    <p className={styles.backlogFoot}>
      {t('lastHour', {
        count: data.decidedLastHour,
        median: data.medianSeconds === null ? 'none' : formatDuration(data.medianSeconds),
      })}{' '}
      {data.oldestOverdue &&
        t.rich('oldest', {
          id: formatAlertId(data.oldestOverdue.id),
          age: formatAge(data.oldestOverdue.dueAt, now),
          link: (text) => <Link href={`/alerts/${data.oldestOverdue?.id}`}>{text}</Link>,
        })}
    </p>
  );
}
