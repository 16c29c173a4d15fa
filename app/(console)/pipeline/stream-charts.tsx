'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import { Legend, type Limit, type Series, TimeChart } from '@/components/charts';
import { formatDuration, formatMs, formatNumber } from '@/components/format';
import { type LiveError, useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import type { SeriesName } from '@/domain/metrics/input';
import type { MetricPoint, MetricSeries } from '@/domain/metrics/queries';
import { pipelineLimits } from '@/domain/overview/limits';
import page from '../database/database.module.css';
import { limitOf } from './limits';
import { seriesOf } from './series';
import { viewParams } from './url';

type Live = UseQueryResult<MetricSeries, LiveError>;
type Chart = {
  id: 'decided' | 'answers' | 'waiting' | 'lag';
  kind: 'bars' | 'line';
  metrics: SeriesName[];
  colors: string[];
  of: 'sum' | 'max';
  format: (value: number | null) => string;
  limits?: Limit[];
  ceiling?: number;
};

/** How the queue and the API got along, each measure with its limit. */
export function StreamCharts({ figures }: { figures: Live }) {
  const t = useTranslations('pipeline');
  const [{ range }] = useQueryStates({ range: viewParams.range });
  const answers = useLive<MetricSeries>(
    'metric.series',
    { metrics: ['pipeline.answer_p50', 'pipeline.answer_p99'], range },
    undefined,
    ['health'],
  );
  const limit = (value: number, words: string): Limit => ({
    value,
    label: t('limit', { value: words }),
    tone: 'review',
  });
  const backlog = limitOf('streamBacklog').warning;
  const lag = limitOf('streamLag').warning;
  const count = (value: number | null) => formatNumber(value);
  const charts: (Chart & { live: Live })[] = [
    {
      id: 'decided',
      kind: 'bars',
      metrics: ['pipeline.allowed', 'pipeline.reviewed', 'pipeline.blocked'],
      colors: ['var(--vg-allowed)', 'var(--vg-review)', 'var(--vg-blocked)'],
      of: 'sum',
      format: count,
      live: figures,
    },
    {
      id: 'answers',
      kind: 'line',
      metrics: ['pipeline.answer_p99', 'pipeline.answer_p50'],
      colors: ['var(--vg-allowed)', 'var(--vg-shade-3)'],
      of: 'max',
      format: formatMs,
      limits: [limit(pipelineLimits.answeredMs, formatMs(pipelineLimits.answeredMs))],
      ceiling: pipelineLimits.answeredMs * 1.25,
      live: answers,
    },
    {
      id: 'waiting',
      kind: 'line',
      metrics: ['db.stream_open'],
      colors: ['var(--vg-allowed)'],
      of: 'max',
      format: count,
      limits: [limit(backlog, formatNumber(backlog))],
      ceiling: backlog * 1.25,
      live: figures,
    },
    {
      id: 'lag',
      kind: 'line',
      metrics: ['db.stream_lag'],
      colors: ['var(--vg-allowed)'],
      of: 'max',
      format: (value) => formatDuration(value),
      limits: [limit(lag, formatDuration(lag))],
      ceiling: lag * 1.25,
      live: figures,
    },
  ];
  return (
    <div className={page.two}>
      {charts.map((chart) => (
        <ChartPanel key={chart.id} chart={chart} live={chart.live} />
      ))}
    </div>
  );
}

function ChartPanel({ chart, live }: { chart: Chart; live: Live }) {
  const t = useTranslations('pipeline');
  const { metrics, colors, of, id } = chart;
  const series: Series[] = metrics.map((metric, i) => ({
    key: metric,
    label: t(`series.${metric.replace('.', '_')}`),
    color: colors[i] ?? 'var(--vg-allowed)',
  }));
  const found = metrics.map((metric) => seriesOf(live.data, metric)?.points ?? []);
  const points = (found[0] ?? []).map((point, i) => ({
    at: point.at,
    ...Object.fromEntries(
      metrics.map((metric, j) => [metric, found[j]?.[i]?.[of as keyof MetricPoint] ?? null]),
    ),
  })) as ({ at: string } & Record<string, number | string | null>)[];
  const empty =
    live.data !== undefined && points.every((point) => metrics.every((metric) => point[metric] === null));
  return (
    <Panel
      title={t(`charts.${id}.title`)}
      question={t(`charts.${id}.question`)}
      live={live}
      at={live.data?.at}
      staleAfter={300}
      height={164}
      empty={empty && { title: t('noSamples'), hint: t('noSamplesHint') }}
      table={{
        head: [t('time'), ...series.map((one) => one.label)],
        rows: points.map((point) => [point.at, ...metrics.map((metric) => point[metric])]),
      }}
      csvName={`pipeline-${id}`}
    >
      {series.length > 1 && <Legend entries={series.map(({ label, color }) => ({ label, color }))} />}
      <TimeChart
        label={t(`charts.${id}.title`)}
        kind={chart.kind}
        points={points}
        stepSeconds={live.data?.stepSeconds}
        series={series}
        {...(chart.kind === 'bars' ? { current: points.at(-1)?.at } : {})}
        limits={chart.limits}
        ceiling={chart.ceiling}
        format={chart.format}
        tickFormat={chart.id === 'lag' ? chart.format : undefined}
        height={series.length > 1 ? 116 : 140}
      />
    </Panel>
  );
}
