'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { FilterBar, useFilters } from '@/components/filter-bar';
import { addDays, type Day, usualDays } from '@/domain/reports/period';

const presets = [7, usualDays, 90] as const;

/** Which days against which: a length that ends today, or any two periods; both in the address. */
export function PeriodBar({ today }: { today: Day }) {
  const t = useTranslations('reports');
  const { values, set } = useFilters(['days', 'against']);
  const rangeOf = (length: number) =>
    length === usualDays ? null : `${addDays(today, 1 - length)}..${today}`;
  const chosen = presets.find((length) => (values.days ?? null) === rangeOf(length) && !values.against);
  return (
    <FilterBar
      filters={[
        { key: 'days', label: t('period'), kind: 'days', pinned: true },
        { key: 'against', label: t('against'), kind: 'days', pinned: true },
      ]}
    >
      <SegmentedControl
        aria-label={t('length')}
        value={chosen === undefined ? '' : String(chosen)}
        onChange={(value) => set({ days: rangeOf(Number(value)), against: null })}
        data={presets.map((length) => ({ value: String(length), label: t('lastDays', { count: length }) }))}
      />
    </FilterBar>
  );
}
