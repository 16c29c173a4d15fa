'use client';

import { useTranslations } from 'next-intl';
import { formatDuration, formatNumber } from '@/components/format';

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `2026-11` as `Nov 2026`, `2026-11-24` as `24 Nov 2026`: partitions are of UTC months and days. */
export const spanWords = (key: string): string => {
  const [year, month, day] = key.split('-');
  return `${day ? `${Number(day)} ` : ''}${months[Number(month) - 1]} ${year}`;
};

/** `Nov`, or the day of a month. */
export const spanLabel = (key: string): string => {
  const [, month, day] = key.split('-');
  return day ? String(Number(day)) : (months[Number(month) - 1] ?? '');
};

/** What spans are grouped by: the year of months, the month of days. */
export const spanGroup = (key: string): string =>
  key.length > 7 ? spanWords(key.slice(0, 7)) : key.slice(0, 4);

/** Rows as `118.4 M`, small counts exactly. */
export const countWords = (rows: number): string =>
  rows >= 1e6 ? `${formatNumber(rows / 1e6, 1)}\u00a0M` : formatNumber(rows);

/** How long there is room: days, under two days hours. */
export function useRunway() {
  const t = useTranslations('storage');
  return (until: string | null, now: number): string => {
    if (until === null) return '–';
    const seconds = (new Date(until).getTime() - now) / 1000;
    if (seconds <= 0) return t('ranOut');
    return seconds < 2 * 86_400
      ? formatDuration(seconds)
      : t('days', { count: Math.floor(seconds / 86_400) });
  };
}

/** A gap nearer than this is a matter of today; days of tables by day are made three ahead only. */
export const urgentDays = 31;
export const isUrgent = ({ step }: { step: 'month' | 'day' }, days: number): boolean =>
  days < (step === 'day' ? 2 : urgentDays);
export const daysTo = (at: string, now: number): number => (new Date(at).getTime() - now) / 86_400_000;

/** How often what lies on disk is looked at again without being told; ms. */
export const every = 300_000;
