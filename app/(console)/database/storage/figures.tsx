'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatNumber, formatTime } from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import { useNow } from '@/components/time';
import type { Disk } from '@/domain/storage/disk';
import type { StorageOverview } from '@/domain/storage/queries';
import { Mark } from './mark';
import styles from './storage.module.css';
import { countWords, daysTo, urgentDays, useRunway } from './words';

/** Room ahead, size and growth, rows, and what unread indexes cost. */
export function Figures({ overview, disk }: { overview: StorageOverview; disk?: Disk }) {
  const t = useTranslations('storage');
  const runway = useRunway();
  const now = useNow();
  const live = overview.tables.filter((table) => !table.archive);
  const payments = live.find((table) => table.name === 'transactions');
  const short = live.filter((table) => table.missing > 0);
  const urgent = payments?.coveredUntil ? daysTo(payments.coveredUntil, now) < urgentDays : false;
  const { unused } = overview;
  const stats: Stat[] = [
    {
      label: t('stats.runsOut'),
      value: runway(payments?.coveredUntil ?? null, now),
      note: payments?.coveredUntil && (
        <Mark tone={urgent ? 'fraud' : payments.missing > 0 ? 'review' : 'ok'}>
          {t('stats.on', { date: formatTime(payments.coveredUntil, 'UTC', 'date') })}
        </Mark>
      ),
    },
    {
      label: t('stats.withRoom'),
      value: t('stats.of', { count: live.length - short.length, all: live.length }),
      note: (
        <Mark tone={short.length === 0 ? 'ok' : 'review'}>
          {short.length === 0
            ? t('stats.allComplete')
            : t('stats.allBut', { tables: short.map((one) => one.name).join(', ') })}
        </Mark>
      ),
    },
    {
      label: t('stats.onDisk'),
      value: disk ? (
        <>
          {formatBytes(disk.bytes)}
          {disk.limit !== null && (
            <small className={styles.small}> {t('stats.ofDisk', { limit: formatBytes(disk.limit) })}</small>
          )}
        </>
      ) : (
        '–'
      ),
      note: disk && <Growth disk={disk} />,
    },
    {
      label: t('stats.rows'),
      value: countWords(payments?.rows ?? 0),
      change: payments ? { text: t('stats.thisMonth', { rows: `+${countWords(payments.rowsNow)}` }) } : null,
    },
    {
      label: t('stats.unused'),
      value: (
        <>
          {formatNumber(unused.count)}
          {unused.count > 0 && <small className={styles.small}> {formatBytes(unused.bytes)}</small>}
        </>
      ),
      href: '?tab=indexes&view=unused',
      note: (
        <Mark tone={unused.count > 0 ? 'plain' : 'ok'}>
          {unused.since
            ? t('stats.noRead', { date: formatTime(unused.since, 'UTC', 'date') })
            : t('stats.allRead')}
        </Mark>
      ),
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}

function Growth({ disk }: { disk: Disk }) {
  const t = useTranslations('storage');
  const now = useNow();
  if (disk.bytesADay === null) return <>{t('growthUnknown')}</>;
  const rate = `${disk.bytesADay < 0 ? '−' : ''}${formatBytes(Math.abs(disk.bytesADay))}`;
  if (disk.fullAt === null) return <>{t('growth', { rate: disk.bytesADay < 0 ? rate : `+${rate}` })}</>;
  const days = Math.floor(daysTo(disk.fullAt, now));
  return (
    <Mark tone={days < urgentDays ? 'fraud' : days < 90 ? 'review' : 'ok'}>
      {t('fullIn', { days, rate })}
    </Mark>
  );
}
