'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, parseAsStringLiteral, useQueryStates } from 'nuqs';
import { type Range, ranges } from '@/domain/database/input';

/** The range in the URL, without reading the page again: panels read by themselves. Another range begins at page one. */
export function useRange(usual: Range) {
  const [{ range }, set] = useQueryStates(
    {
      range: parseAsStringLiteral(ranges).withDefault(usual),
      cursor: parseAsString,
      back: parseAsString,
    },
    { history: 'push' },
  );
  return [range, (next: Range) => void set({ range: next, cursor: null, back: null })] as const;
}

export function RangeControl({ usual }: { usual: Range }) {
  const t = useTranslations('database');
  const [range, setRange] = useRange(usual);
  return (
    <SegmentedControl
      aria-label={t('range')}
      value={range}
      onChange={(value) => setRange(value as Range)}
      data={ranges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
    />
  );
}
