'use client';

import { IconArrowBackUp, IconCircleCheck, IconCircleDashed, IconPlugX } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import { Details } from '@/components/details';
import { formatBytes, formatDuration } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { AnalyticsReading } from '@/db/analytics';
import styles from './replication.module.css';
import { delay } from './words';

const looks: Record<AnalyticsReading['state'], { tone: Tone; icon: typeof IconCircleCheck }> = {
  none: { tone: 'plain', icon: IconCircleDashed },
  used: { tone: 'ok', icon: IconCircleCheck },
  behind: { tone: 'review', icon: IconArrowBackUp },
  away: { tone: 'fraud', icon: IconPlugX },
};

/** The server that ANALYTICS_DATABASE_URL names: whether it answers, how fresh it is, and who reads there. */
export function AnalyticsPanel({ live }: { live: UseQueryResult<AnalyticsReading, LiveError> }) {
  const t = useTranslations('replication');
  const reading = live.data;
  return (
    <Panel
      title={t('analyticsTitle')}
      question={t('analyticsQuestion')}
      live={live}
      height={212}
      empty={reading?.state === 'none' && { title: t('noAnalytics'), hint: t('noAnalyticsHint') }}
      table={
        reading && reading.state !== 'none'
          ? {
              head: ['server', 'state', 'why', 'lag_s', 'unapplied_bytes'],
              rows: [[reading.server, reading.state, reading.why, reading.lagSeconds, reading.unapplied]],
            }
          : undefined
      }
      csvName="analytics-server"
    >
      {reading && <Content reading={reading} />}
    </Panel>
  );
}

function Content({ reading }: { reading: AnalyticsReading }) {
  const t = useTranslations('replication');
  const { state, why, maxLagSeconds: seconds } = reading;
  return (
    <>
      <p className={styles.sentence}>
        {state === 'used' ? t('usedSentence') : t(`why.${why ?? 'behind'}`, { seconds })}
      </p>
      <Details
        items={[
          [
            t('columns.state'),
            <Badge key="state" {...looks[state]}>
              {t(`reads.${state}`)}
            </Badge>,
          ],
          [
            t('address'),
            <span key="address" className="vg-mono">
              {reading.server ?? '–'}
            </span>,
          ],
          reading.version !== null && [t('version'), `PostgreSQL ${reading.version}`],
          reading.version !== null && [t('age'), delay(reading.lagSeconds)],
          reading.unapplied !== null && [t('columns.unapplied'), formatBytes(reading.unapplied)],
          reading.paused && [t('applying'), t('paused')],
          [t('usedUpTo'), t('behindAtMost', { age: formatDuration(seconds) })],
        ]}
      />
    </>
  );
}
