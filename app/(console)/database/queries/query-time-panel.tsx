'use client';

import { useTranslations } from 'next-intl';
import { Legend, type Series, TimeChart } from '@/components/charts';
import { formatDuration, formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import type { Range } from '@/domain/database/input';
import type { QueryTime } from '@/domain/database/query-stats';
import { oneLine } from '../query-text';

const shades = ['var(--vg-shade-1)', 'var(--vg-shade-2)', 'var(--vg-shade-3)', 'var(--vg-shade-4)'];

/** `250 ms`, `2.5 s`, `20 s`, `3 min`: short enough for the axis. */
const tick = (value: number): string => {
  if (value >= 60) return formatDuration(value);
  if (value > 0 && value < 1) return formatMs(value * 1000);
  return `${formatNumber(value, value % 1 ? 1 : 0)}\u00a0s`;
};

type Props = { range: Range; selected: string | null; initial?: QueryTime };

/** Seconds that each query took, stacked by step: the selected one at the bottom in the colour of selection. */
export function QueryTimePanel({ range, selected, initial }: Props) {
  const t = useTranslations('database');
  const input = selected ? { range, selected } : { range };
  const time = useLive<QueryTime>('database.query-time', input, selected ? undefined : initial, ['health']);
  const points = time.data?.points ?? [];
  const series: Series[] = (time.data?.queries ?? []).map((query, i) => {
    const label = oneLine(query.text, 32);
    return query.queryId === selected
      ? { key: query.queryId, label: t('selected', { query: label }), color: 'var(--vg-link)' }
      : { key: query.queryId, label, color: shades[i % 3] ?? 'var(--vg-shade-1)' };
  });
  series.push({ key: 'others', label: t('others'), color: 'var(--vg-shade-4)' });
  const seconds = (value: number | null) =>
    value === null ? '–' : value < 10 ? formatMs(value * 1000) : formatDuration(value);
  const empty = points.length > 0 && points.every((point) => point.others === null);
  return (
    <Panel
      title={t('timeTitle')}
      question={t('timeQuestion')}
      live={time}
      at={time.data?.at}
      height={200}
      empty={empty && { title: t('noSamples'), hint: t('noSamplesHint') }}
      table={{
        head: [t('time'), ...series.map((one) => one.label)],
        rows: points.map((point) => [point.at, ...series.map((one) => point[one.key])]),
      }}
      csvName="query-time"
    >
      <Legend entries={series.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={t('timeTitle')}
        kind="bars"
        points={points}
        stepSeconds={time.data?.stepSeconds}
        series={series}
        current={points.at(-1)?.at}
        format={seconds}
        tickFormat={tick}
        height={160}
      />
    </Panel>
  );
}
