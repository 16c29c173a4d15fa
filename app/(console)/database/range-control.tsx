'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { ranges } from '@/domain/database/input';

/** The range in the URL, without reading the page again: panels read by themselves. Another range begins at page one. */
export function useRange() {
  const [{ range }, set] = useQueryStates(
    {
      range: parseAsStringLiteral(ranges).withDefault('24h'),
      cursor: parseAsString,
      back: parseAsString,
    },
    { history: 'push' },
  );
  return [
    range,
    (next: (typeof ranges)[number]) => void set({ range: next, cursor: null, back: null }),
  ] as const;
}

export function RangeControl() {
  const t = useTranslations('database');
  const [range, setRange] = useRange();
  return (
    <SegmentedControl
      aria-label={t('range')}
      value={range}
      onChange={(value) => setRange(value as (typeof ranges)[number])}
      data={ranges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
    />
  );
}
