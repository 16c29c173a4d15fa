'use client';

import { useTranslations } from 'next-intl';
import { catalogue } from '@/domain/jobs/catalogue';
import { scheduleWords } from './schedule-words';

const isOurs = (name: string): name is keyof typeof catalogue => name in catalogue;

/** A job in words: what it is for, what its pause means, when it runs, who begins it. */
export function useJobWords() {
  const t = useTranslations('jobs');
  return {
    about: (name: string) => (isOurs(name) ? t(`about.${name}`) : t('aboutOther')),
    short: (name: string) => (isOurs(name) ? t(`short.${name}`) : t('shortOther')),
    paused: (name: string) => (isOurs(name) ? t(`whilePaused.${name}`) : ''),
    schedule: (pattern: string) => {
      const { key, values } = scheduleWords(pattern);
      return key === 'cron' ? pattern : t(`schedules.${key}`, values);
    },
    startedBy: (by: string) => (by === 'worker' || by === 'pg_cron' ? t(`runBy.${by}`) : by),
  };
}
