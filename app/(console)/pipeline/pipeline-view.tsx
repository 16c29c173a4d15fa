'use client';

import { SegmentedControl } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import type { ApiUsage, ApiUsageSeries } from '@/domain/api-usage/queries';
import { type UsageRange, usageRanges } from '@/domain/api-usage/slots';
import type { Page } from '@/domain/cursor';
import type { FeatureCacheSummary } from '@/domain/feature-cache/queries';
import type { MetricSeries, ProcessRow } from '@/domain/metrics/queries';
import type { StreamRow, StreamSummary } from '@/domain/stream/queries';
import page from '../database/database.module.css';
import { ApiTab } from './api-tab';
import { CacheTab } from './cache-tab';
import { PipelineFigures } from './pipeline-figures';
import { figuresInput, type Tab, tabs } from './pipeline-params';
import { ProcessTab } from './process-tab';
import { StreamTab } from './stream-tab';
import { viewParams } from './url';

export type Initial = {
  summary: StreamSummary;
  figures?: MetricSeries;
  usage?: ApiUsage;
  calls?: ApiUsageSeries;
  letters?: Page<StreamRow>;
  cache?: FeatureCacheSummary;
  processes?: ProcessRow[];
};
type Props = { initial: Initial; mayAct: boolean; maySeeTrail: boolean };

/** The queue is read so often beside the news of it: its clock goes on without any. */
const queueEveryMs = 5_000;

/** How payments get through: the queue and its dead letters, the API's calls, the feature cache, the processes. */
export function PipelineView({ initial, mayAct, maySeeTrail }: Props) {
  const t = useTranslations('pipeline');
  const [{ tab, range }] = useQueryStates(viewParams);
  const summary = useLive<StreamSummary>('stream.summary', {}, initial.summary, ['stream'], {
    every: queueEveryMs,
  });
  const figures = useLive<MetricSeries>('metric.series', figuresInput(range), initial.figures, ['health']);
  return (
    <>
      <PageHeader title={t('title')} meta={t(`about.${tab}`)}>
        <TabControl />
        <RangeControl />
      </PageHeader>
      <div className={page.page}>
        <PipelineFigures summary={summary.data ?? initial.summary} series={figures.data} initial={initial} />
        {tab === 'stream' && (
          <StreamTab
            summary={summary}
            figures={figures}
            initial={initial}
            mayAct={mayAct}
            maySeeTrail={maySeeTrail}
          />
        )}
        {tab === 'api' && <ApiTab initial={initial} />}
        {tab === 'cache' && <CacheTab figures={figures} initial={initial.cache} />}
        {tab === 'processes' && <ProcessTab initial={initial.processes} />}
      </div>
    </>
  );
}

function TabControl() {
  const t = useTranslations('pipeline');
  const [{ tab }, set] = useQueryStates(
    { tab: viewParams.tab, open: parseAsString, cursor: parseAsString, back: parseAsString },
    { history: 'push' },
  );
  return (
    <SegmentedControl
      aria-label={t('view')}
      value={tab}
      onChange={(next) => void set({ tab: next as Tab, open: null, cursor: null, back: null })}
      data={tabs.map((value) => ({ value, label: t(`tabs.${value}`) }))}
    />
  );
}

function RangeControl() {
  const t = useTranslations('pipeline');
  const [{ range }, set] = useQueryStates({ range: viewParams.range }, { history: 'push' });
  return (
    <SegmentedControl
      aria-label={t('range')}
      value={range}
      onChange={(value) => void set({ range: value as UsageRange })}
      data={usageRanges.map((value) => ({ value, label: t(`ranges.${value}`) }))}
    />
  );
}
