'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, TimeChart } from '@/components/charts';
import { formatPercent } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { ChampionDrift } from '@/domain/models/watch';
import { useNothingWatched } from './drift-panel';

const fifths = ['lowest', 'low', 'middle', 'high', 'highest'] as const;
/** Quiet up to where people look: the highest scores carry the colour. */
const colors = [
  'var(--vg-bar-bg)',
  'var(--vg-share)',
  'var(--vg-due-later)',
  'var(--vg-allowed)',
  'var(--vg-review)',
];

/** Which share of each day's payments scores like the lowest … highest fifth of the reference. */
export function ScoresPanel({ drift }: { drift: UseQueryResult<ChampionDrift, LiveError> }) {
  const t = useTranslations('drift');
  const days = (drift.data?.days ?? []).filter((day) => day.fifths !== null);
  const series = fifths.map((fifth, i) => ({ key: fifth, label: t(`fifths.${fifth}`), color: colors[i]! }));
  const nothing = useNothingWatched(drift.data);
  return (
    <Panel
      title={t('scores')}
      question={t('scoresQuestion')}
      live={drift}
      height={200}
      empty={nothing || (days.length === 0 && { title: t('noScores'), hint: t('noDayHint') })}
      csvName="model-scores"
      table={{
        head: [t('day'), ...series.map(({ label }) => label)],
        rows: days.map((day) => [day.day, ...day.fifths!.map((share) => Number(share.toFixed(4)))]),
      }}
    >
      <Legend entries={series} />
      <TimeChart
        label={t('scores')}
        kind="bars"
        points={days.map(({ day, fifths: shares }) => ({
          at: `${day}T00:00:00.000Z`,
          ...Object.fromEntries(fifths.map((fifth, i) => [fifth, shares![i]!])),
        }))}
        series={series}
        stepSeconds={86_400}
        format={(value) => formatPercent(value)}
        tickFormat={(value) => formatPercent(value, 0)}
      />
    </Panel>
  );
}
