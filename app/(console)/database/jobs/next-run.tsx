'use client';

import { useTranslations } from 'next-intl';
import { formatAge, formatUtc } from '@/components/format';
import { Time, useNow } from '@/components/time';
import type { JobRow } from '@/domain/jobs/queries';

/** In how long a job runs next: "in 4 min", its time on hover. */
export function NextRun({ job, full }: { job: JobRow; full?: boolean }) {
  const t = useTranslations('jobs');
  const now = useNow();
  if (!job.nextAt) return <>{job.paused ? t('notWhilePaused') : '–'}</>;
  const next = new Date(job.nextAt).getTime();
  const away = next <= now ? t('now') : t('in', { time: formatAge(now, next) });
  return full ? (
    <>
      {away} (<Time at={job.nextAt} style="clock" />)
    </>
  ) : (
    <time className="vg-num" dateTime={job.nextAt} title={formatUtc(job.nextAt)}>
      {away}
    </time>
  );
}
