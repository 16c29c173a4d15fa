'use client';

import { useTranslations } from 'next-intl';
import {
  formatChange,
  formatMoney,
  formatMs,
  formatNumber,
  formatPercent,
  formatSigned,
} from '@/components/format';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { Figures, ReportDays } from '@/domain/reports/days';

type Key = keyof Figures;

/** The period summed up; each change is that of the mean whole day against the other period's. */
export function ReportStats({ data, payments }: { data: ReportDays; payments: boolean }) {
  const t = useTranslations('reports');
  const { total, daily, dailyAgainst: against, currency } = data;
  const link = (filters: Record<string, string> = {}) =>
    payments
      ? `/transactions?${new URLSearchParams({ days: `${data.period.from}..${data.period.to}`, ...filters })}`
      : undefined;
  const spark = (key: Key, color?: string) => ({
    values: data.days.filter((day) => day.state !== 'open').map((day) => day.figures?.[key] ?? null),
    color,
  });
  const change = (key: Key, bad = false): Pick<Stat, 'change' | 'note'> => {
    const [now, then] = [daily?.[key] ?? null, against?.[key] ?? null];
    if (now === null || then === null) return { note: t('nothingBefore') };
    return { change: { text: formatChange(now, then), tone: bad && now > then ? 'bad' : undefined } };
  };
  const difference = (key: 'meanScore'): Pick<Stat, 'change' | 'note'> => {
    const [now, then] = [daily?.[key] ?? null, against?.[key] ?? null];
    return now === null || then === null
      ? { note: t('nothingBefore') }
      : { change: { text: formatSigned(now - then, 3) } };
  };
  const stats: Stat[] = [
    {
      label: t('payments'),
      value: formatNumber(total?.transactions),
      ...change('transactions'),
      spark: spark('transactions'),
      href: link(),
    },
    {
      label: t('volume'),
      value: formatMoney(total?.amount, currency, true),
      ...change('amount'),
      spark: spark('amount'),
      href: link(),
    },
    {
      label: t('fraudWithRate', { rate: formatPercent(total && total.fraud / total.transactions, 2) }),
      value: formatNumber(total?.fraud),
      ...change('fraud', true),
      spark: spark('fraud', 'var(--vg-fraud)'),
      href: link({ label: 'fraud' }),
    },
    {
      label: t('fraudMoney'),
      value: formatMoney(total?.fraudAmount, currency, true),
      ...change('fraudAmount', true),
      spark: spark('fraudAmount', 'var(--vg-fraud)'),
      href: link({ label: 'fraud' }),
    },
    {
      label: t('meanScore'),
      value: formatNumber(total?.meanScore, 3),
      ...difference('meanScore'),
      spark: spark('meanScore'),
    },
    {
      label: t('latency'),
      value: formatMs(total?.latencyMs),
      ...change('latencyMs'),
      spark: spark('latencyMs'),
    },
  ];
  return <StatStrip label={t('sums')} stats={stats} />;
}
