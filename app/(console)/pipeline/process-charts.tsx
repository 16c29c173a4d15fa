'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, type Series, TimeChart } from '@/components/charts';
import { formatBytes, formatMs, formatNumber } from '@/components/format';
import { type LiveError, useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type MetricName, type ProcessName, processNames } from '@/domain/metrics/catalogue';
import type { MetricRange } from '@/domain/metrics/input';
import type { MetricPoint, MetricSeries } from '@/domain/metrics/queries';
import page from '../database/database.module.css';

type Live = UseQueryResult<MetricSeries, LiveError>;
type Chart = {
  id: 'cpu' | 'memory' | 'loop' | 'requests' | 'streams' | 'jobs';
  metric: MetricName;
  of: keyof Omit<MetricPoint, 'at'>;
  kind: 'bars' | 'line';
  format: (value: number | null) => string;
  /** The axis ends here at least. */
  ceiling?: number;
};

const bytesPerMiB = 1_048_576;
const metrics = [
  'process.cpu',
  'process.memory',
  'process.event_loop_delay',
  'process.requests',
  'process.live_streams',
  'pipeline.jobs_run',
] as const;
const shades: Record<ProcessName, string> = {
  web: 'var(--vg-shade-1)',
  ingest: 'var(--vg-shade-2)',
  worker: 'var(--vg-shade-3)',
};

/** What the kinds of processes took over the range; the selected one in the colour of selection. */
export function ProcessCharts({ range, selected }: { range: MetricRange; selected: ProcessName | null }) {
  const live = useLive<MetricSeries>(
    'metric.series',
    { metrics: [...metrics], range, perProcess: true },
    undefined,
    ['health'],
  );
  const percent = (value: number | null) => (value === null ? '–' : `${formatNumber(value)}\u00a0%`);
  const count = (value: number | null) => formatNumber(value);
  const charts: Chart[] = [
    { id: 'cpu', metric: 'process.cpu', of: 'max', kind: 'line', format: percent },
    {
      id: 'memory',
      metric: 'process.memory',
      of: 'max',
      kind: 'line',
      format: (value) => formatBytes(value === null ? null : value * bytesPerMiB),
    },
    { id: 'loop', metric: 'process.event_loop_delay', of: 'max', kind: 'line', format: formatMs },
    { id: 'requests', metric: 'process.requests', of: 'sum', kind: 'bars', format: count },
    { id: 'streams', metric: 'process.live_streams', of: 'max', kind: 'line', format: count, ceiling: 3 },
    { id: 'jobs', metric: 'pipeline.jobs_run', of: 'sum', kind: 'bars', format: count },
  ];
  return (
    <div className={page.charts}>
      {charts.map((chart) => (
        <ChartPanel key={chart.id} chart={chart} live={live} selected={selected} />
      ))}
    </div>
  );
}

function ChartPanel({ chart, live, selected }: { chart: Chart; live: Live; selected: ProcessName | null }) {
  const t = useTranslations('pipeline');
  const found = processNames.flatMap((name) => {
    const one = live.data?.series.find((each) => each.metric === chart.metric && each.process === name);
    return one ? [{ name, points: one.points }] : [];
  });
  const lines: Series[] = found.map(({ name }) => ({
    key: name,
    label: t(`processes.${name}`),
    color: name === selected ? 'var(--vg-link)' : shades[name],
  }));
  const points = (found[0]?.points ?? []).map((point, i) => ({
    at: point.at,
    ...Object.fromEntries(found.map(({ name, points: own }) => [name, own[i]?.[chart.of] ?? null])),
  })) as ({ at: string } & Record<string, number | string | null>)[];
  return (
    <Panel
      title={t(`charts.${chart.id}.title`)}
      question={t(`charts.${chart.id}.question`)}
      live={live}
      at={live.data?.at}
      staleAfter={300}
      height={164}
      empty={
        live.data !== undefined && found.length === 0 && { title: t('noSamples'), hint: t('noSamplesHint') }
      }
      table={{
        head: [t('time'), ...lines.map((line) => line.label)],
        rows: points.map((point) => [point.at, ...lines.map((line) => point[line.key])]),
      }}
      csvName={`process-${chart.id}`}
    >
      <Legend entries={lines.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={t(`charts.${chart.id}.title`)}
        kind={chart.kind}
        points={points}
        stepSeconds={live.data?.stepSeconds}
        series={lines}
        {...(chart.kind === 'bars' ? { current: points.at(-1)?.at } : {})}
        format={chart.format}
        tickFormat={chart.id === 'loop' ? undefined : chart.format}
        ceiling={chart.ceiling}
        height={116}
      />
    </Panel>
  );
}
