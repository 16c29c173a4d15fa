'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { HourLanes, type HourPoint, type LaneSpec } from '@/components/charts';
import { formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { Figure, ModelQuality } from '@/domain/models/performance';
import type { ChampionQuality } from '@/domain/models/watch';
import { addDays, daysOf } from '@/domain/reports/period';

const figures = ['aucRoc', 'recall', 'precision', 'averagePrecision'] as const;
type FigureName = (typeof figures)[number];
const lastDay = (week: ModelQuality) => addDays(week.to.slice(0, 10), -1);
const rounded = (value: number | null | undefined) => (value == null ? null : Number(value.toFixed(4)));

/** One point a day, from the first week to the last; a day whose week was not judged is a gap. */
function pointsOf(weeks: readonly ModelQuality[]): HourPoint[] {
  const [first, last] = [weeks[0], weeks.at(-1)];
  if (!first || !last) return [];
  const byDay = new Map(weeks.map((week) => [lastDay(week), week]));
  const ends = (name: FigureName, figure: Figure | null | undefined) => ({
    [name]: figure?.value ?? null,
    [`${name}Low`]: figure?.low ?? null,
    [`${name}High`]: figure?.high ?? null,
  });
  return daysOf({ from: lastDay(first), to: lastDay(last) }).map((day) => ({
    at: `${day}T00:00:00.000Z`,
    ...Object.assign({}, ...figures.map((name) => ends(name, byDay.get(day)?.[name]))),
  }));
}

/** How good the champion was by what became of its payments, with 95 % bands, under its evaluation at promotion. */
export function QualityPanel({ quality }: { quality: UseQueryResult<ChampionQuality, LiveError> }) {
  const t = useTranslations('models');
  const data = quality.data;
  const weeks = data?.weeks ?? [];
  const against = data?.standing?.baseline ?? data?.training;
  const lanes = figures.map((name, i): LaneSpec => {
    const before = against?.[name];
    return {
      title: t(name),
      kind: 'line',
      series: [{ key: name, label: t(name), color: i < 2 ? 'var(--vg-link)' : 'var(--vg-allowed)' }],
      band: [`${name}Low`, `${name}High`],
      height: 60,
      ceiling: 1,
      format: (value) => formatNumber(value, 3),
      tickFormat: (value) => formatNumber(value, 1),
      limits: before
        ? [
            {
              value: before.value,
              label: t(data?.training ? 'atPromotion' : 'inFirstWeek', {
                value: formatNumber(before.value, 3),
              }),
              tone: 'review',
            },
          ]
        : [],
    };
  });
  return (
    <Panel
      title={t('overTime')}
      question={t('overTimeQuestion')}
      live={quality}
      height={330}
      empty={
        data !== undefined &&
        weeks.length === 0 && {
          title: t('noWeek'),
          hint: t('noWeekHint', { count: data.matureDays }),
        }
      }
      csvName="champion"
      table={{
        head: [
          t('week'),
          t('payments'),
          t('frauds'),
          ...figures.flatMap((name) => [
            t(name),
            t('lowEnd', { name: t(name) }),
            t('highEnd', { name: t(name) }),
          ]),
        ],
        rows: weeks.map((week) => [
          `${week.from.slice(0, 10)} – ${lastDay(week)}`,
          week.payments,
          week.frauds,
          ...figures.flatMap((name) => [
            rounded(week[name]?.value),
            rounded(week[name]?.low),
            rounded(week[name]?.high),
          ]),
        ]),
      }}
    >
      <HourLanes points={pointsOf(weeks)} lanes={lanes} stepSeconds={86_400} />
    </Panel>
  );
}
