'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Legend } from '@/components/charts';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { ChampionDrift } from '@/domain/models/watch';
import { DriftChart } from './drift-chart';
import { useDriftWords } from './words';

type Props = { drift: UseQueryResult<ChampionDrift, LiveError>; actions?: ReactNode };

const rounded = (value: number | null) => (value === null ? null : Number(value.toFixed(4)));

/** What there is to say while no day has an index. */
export function useNothingWatched(data: ChampionDrift | undefined) {
  const t = useTranslations('drift');
  if (!data || data.day !== null) return false as const;
  return data.reference
    ? { title: t('noDay'), hint: t('noDayHint') }
    : { title: t('noReference'), hint: t('noReferenceHint') };
}

/** How far the feature that moved most, and the score, lay from the reference on each full day. */
export function DriftPanel({ drift, actions }: Props) {
  const t = useTranslations('drift');
  const words = useDriftWords();
  const data = drift.data;
  const lines = [
    { key: 'worst', label: t('worst'), color: 'var(--vg-link)' },
    { key: 'score', label: t('score'), color: 'var(--vg-allowed)' },
  ];
  return (
    <Panel
      title={t('byDay')}
      question={t('byDayQuestion')}
      live={drift}
      height={200}
      empty={useNothingWatched(data)}
      csvName="model-drift"
      actions={actions}
      table={{
        head: [
          t('day'),
          t('payments'),
          t('worst'),
          t('feature'),
          t('score'),
          t('moderate'),
          t('significant'),
        ],
        rows: (data?.days ?? []).map((day) => [
          day.day,
          day.payments,
          rounded(day.worst),
          day.worstFeature && words.feature(day.worstFeature),
          rounded(day.score),
          day.moderate,
          day.significant,
        ]),
      }}
    >
      <Legend entries={lines} />
      <DriftChart
        label={t('byDay')}
        points={(data?.days ?? []).map(({ day, worst, score }) => ({ day, worst, score }))}
        lines={lines}
      />
    </Panel>
  );
}
