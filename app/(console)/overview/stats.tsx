'use client';

import { useTranslations } from 'next-intl';
import { formatChange, formatMoney, formatNumber, formatSigned } from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { HourSums, OverviewHours } from '@/domain/overview/hours';
import { paymentsLink } from './links';

type Key = 'transactions' | 'amount' | 'fraud' | 'blocked' | 'reviewed' | 'meanScore';

/** Six numbers of the last 24 hours, each with its change, its course and the rows behind it. */
export function OverviewStats({ hours, payments }: { hours?: OverviewHours; payments: boolean }) {
  const t = useTranslations('overview');
  const from = hours?.hours[0]?.at;
  const to = hours?.now;
  const link = (filters: Record<string, string>) =>
    payments && from ? paymentsLink({ from, to, ...filters }) : undefined;
  const value = (sums: HourSums | undefined, key: Key) => sums?.[key] ?? null;
  // The hour in progress would end every course in a fall that means nothing.
  const spark = (key: Key, color?: string) => ({
    values: (hours?.hours ?? []).slice(0, -1).map((hour) => hour[key]),
    color,
  });
  const change = (key: Key, tone?: 'bad') => {
    const now = value(hours?.total, key);
    const before = value(hours?.totalBefore, key);
    const text = formatChange(now, before);
    return { text, tone: tone && now !== null && before !== null && now > before ? tone : undefined };
  };
  const score = value(hours?.total, 'meanScore');
  const scoreBefore = value(hours?.totalBefore, 'meanScore');
  const stats: Stat[] = [
    {
      label: t('transactions'),
      value: formatNumber(value(hours?.total, 'transactions')),
      change: change('transactions'),
      spark: spark('transactions'),
      href: link({}),
    },
    {
      label: t('amount'),
      value: formatMoney(value(hours?.total, 'amount'), hours?.currency ?? 'EUR', true),
      change: change('amount'),
      spark: spark('amount'),
      href: link({}),
    },
    {
      label: t('blocked'),
      value: formatNumber(value(hours?.total, 'blocked')),
      change: change('blocked'),
      spark: spark('blocked', 'var(--vg-blocked)'),
      href: link({ decision: 'BLOCK' }),
    },
    {
      label: t('review'),
      value: formatNumber(value(hours?.total, 'reviewed')),
      change: change('reviewed'),
      spark: spark('reviewed', 'var(--vg-review)'),
      href: link({ decision: 'REVIEW' }),
    },
    {
      label: t('confirmedLane'),
      value: formatNumber(value(hours?.total, 'fraud')),
      change: change('fraud', 'bad'),
      spark: spark('fraud', 'var(--vg-fraud)'),
      href: link({ label: 'fraud' }),
    },
    {
      label: t('meanScore'),
      value: formatNumber(score, 3),
      change:
        score !== null && scoreBefore !== null
          ? { text: formatSigned(score - scoreBefore, 3) }
          : { text: '–' },
      spark: spark('meanScore'),
      href: link({}),
    },
  ];
  return <StatStrip label={t('now')} stats={stats} />;
}
