'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, type Series, TimeChart } from '@/components/charts';
import { formatMs, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { ApiUsageSeries } from '@/domain/api-usage/queries';
import { pipelineLimits } from '@/domain/overview/limits';
import page from '../database/database.module.css';

type Live = UseQueryResult<ApiUsageSeries, LiveError>;

/** Calls by how they were answered, and how long 99 % of them took at most. */
export function ApiCharts({ series }: { series: Live }) {
  return (
    <div className={page.two}>
      <CallChart series={series} />
      <LatencyChart series={series} />
    </div>
  );
}

function CallChart({ series }: { series: Live }) {
  const t = useTranslations('pipeline');
  const points = series.data?.points ?? [];
  const kinds: Series[] = [
    { key: 'ok', label: t('answered'), color: 'var(--vg-allowed)' },
    { key: 'refused', label: t('refused'), color: 'var(--vg-review)' },
    { key: 'failed', label: t('failed'), color: 'var(--vg-fraud)' },
  ];
  const none = points.every((point) => point.ok + point.refused + point.failed === 0);
  return (
    <Panel
      title={t('charts.calls.title')}
      question={t('charts.calls.question')}
      live={series}
      at={series.data?.at}
      staleAfter={120}
      height={164}
      empty={series.data !== undefined && none && { title: t('noCalls'), hint: t('noCallsHint') }}
      table={{
        head: [t('time'), ...kinds.map((kind) => kind.label)],
        rows: points.map((point) => [point.at, point.ok, point.refused, point.failed]),
      }}
      csvName="api-calls"
    >
      <Legend entries={kinds.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={t('charts.calls.title')}
        kind="bars"
        points={points.map((point) => ({ ...point }))}
        stepSeconds={series.data?.stepSeconds}
        series={kinds}
        current={points.at(-1)?.at}
        format={(value) => formatNumber(value)}
        height={116}
      />
    </Panel>
  );
}

function LatencyChart({ series }: { series: Live }) {
  const t = useTranslations('pipeline');
  const points = series.data?.points ?? [];
  return (
    <Panel
      title={t('charts.latency.title')}
      question={t('charts.latency.question')}
      live={series}
      at={series.data?.at}
      staleAfter={120}
      height={164}
      empty={
        series.data !== undefined &&
        points.every((point) => point.p99 === null) && { title: t('noCalls'), hint: t('noCallsHint') }
      }
      table={{ head: [t('time'), t('p99')], rows: points.map((point) => [point.at, point.p99]) }}
      csvName="api-latency"
    >
      <TimeChart
        label={t('charts.latency.title')}
        kind="line"
        points={points.map(({ at, p99 }) => ({ at, p99 }))}
        stepSeconds={series.data?.stepSeconds}
        series={[{ key: 'p99', label: t('p99'), color: 'var(--vg-allowed)' }]}
        limits={[
          {
            value: pipelineLimits.answeredMs,
            label: t('limit', { value: formatMs(pipelineLimits.answeredMs) }),
            tone: 'review',
          },
        ]}
        ceiling={pipelineLimits.answeredMs * 1.25}
        format={(value) => (value === null ? '–' : `≤\u00a0${formatMs(value)}`)}
        tickFormat={(value) => formatNumber(value)}
        height={140}
      />
    </Panel>
  );
}
