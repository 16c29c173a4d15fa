'use client';

import { useTranslations } from 'next-intl';
import { useQueryStates } from 'nuqs';
import {
  DASH,
  formatChange,
  formatDuration,
  formatNumber,
  formatPercent,
  formatSigned,
} from '@/components/format';
import { useLive } from '@/components/live';
import { type Stat, StatStrip } from '@/components/stat-strip';
import type { ApiUsage, ApiUsageSeries } from '@/domain/api-usage/queries';
import type { MetricSeries } from '@/domain/metrics/queries';
import type { StreamSummary } from '@/domain/stream/queries';
import { type Tab, usageInput } from './pipeline-params';
import type { Initial } from './pipeline-view';
import { countedPer, rateOf, ratePoints, seriesOf, sumsOf } from './series';
import { viewParams } from './url';

type Props = { summary: StreamSummary; series?: MetricSeries; initial: Initial };

const decided = ['pipeline.allowed', 'pipeline.reviewed', 'pipeline.blocked'] as const;
export const callsEveryMs = 15_000;

/** Six numbers of now, each with its course over the range and its change against as long a range before. */
export function PipelineFigures({ summary, series, initial }: Props) {
  const t = useTranslations('pipeline');
  const calls = useCallFigures(initial);
  const link = useTabLink();
  const change = (now: number | null | undefined, before: number | null | undefined, bad = false) => {
    const text = formatChange(now, before);
    if (text === DASH) return null;
    return { text, ...(bad && Number(now) > Number(before) ? { tone: 'bad' as const } : {}) };
  };
  const gauge = (name: 'db.stream_open' | 'db.stream_lag' | 'db.stream_dead') => {
    const found = seriesOf(series, name);
    return {
      change: change(found?.whole?.mean, found?.before?.mean, true),
      spark: sparkOf((found?.points ?? []).map((point) => point.max)),
    };
  };
  const rates = countedPer(series, decided, 60);
  const stats: Stat[] = [
    {
      label: t('stats.waiting'),
      value: formatNumber(summary.pending + summary.processing + summary.failed),
      note: t('stats.atWork', { count: summary.processing }),
      ...gauge('db.stream_open'),
      href: link('stream'),
    },
    {
      label: t('stats.lag'),
      value: formatDuration(summary.lagSeconds),
      note: summary.oldestReceivedAt ? t('stats.oldest') : t('stats.nobodyWaits'),
      ...gauge('db.stream_lag'),
      href: link('stream'),
    },
    {
      label: t('stats.decided'),
      value: formatNumber(rates.slice(0, -1).findLast((value) => value !== null) ?? null),
      change: change(sumsOf(series, decided, 'whole'), sumsOf(series, decided, 'before')),
      note: t('stats.inTheLastStep'),
      spark: sparkOf(rates),
    },
    {
      label: t('stats.dead'),
      value: formatNumber(summary.dead),
      note: t('stats.discarded', { count: summary.discarded }),
      ...gauge('db.stream_dead'),
      href: `${link('stream')}&status=DEAD`,
    },
    { ...cacheStat(t, series), href: link('cache') },
    calls,
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}

/** The way to a tab, with the range that is looked at. */
function useTabLink() {
  const [{ range }] = useQueryStates({ range: viewParams.range });
  return (tab: Tab) => `?tab=${tab}&range=${range}`;
}

/** Nothing measured is no course. */
const sparkOf = (values: (number | null)[]): Stat['spark'] =>
  values.some((value) => value !== null) ? { values } : undefined;

type Words = ReturnType<typeof useTranslations<'pipeline'>>;

function cacheStat(t: Words, series?: MetricSeries): Stat {
  const now = rateOf(series, 'whole');
  const before = rateOf(series, 'before');
  return {
    label: t('stats.hits'),
    value: formatPercent(now),
    change:
      now !== null && before !== null
        ? { text: t('stats.points', { change: formatSigned(100 * (now - before), 1) }) }
        : null,
    note: now === null ? t('stats.nothingBusy') : t('stats.ofBusy'),
    spark: sparkOf(ratePoints(series)),
  };
}

/** Calls a minute; their share of failures beside the change, since one without the other misleads. */
function useCallFigures(initial: Initial): Stat {
  const t = useTranslations('pipeline');
  const link = useTabLink();
  const [{ range }] = useQueryStates({ range: viewParams.range });
  const input = usageInput({ range });
  const usage = useLive<ApiUsage>('api-usage.summary', input, initial.usage, [], { every: callsEveryMs });
  const series = useLive<ApiUsageSeries>('api-usage.series', input, initial.calls, [], {
    every: callsEveryMs,
  });
  const points = series.data?.points ?? [];
  const all = points.map((point) => point.ok + point.refused + point.failed);
  const last = all.slice(0, -1).at(-1) ?? null;
  const total = usage.data?.total;
  const change = formatChange(total?.calls, usage.data?.before.calls);
  const failed = t('stats.failed', {
    share: formatPercent(total && total.calls > 0 ? total.failed / total.calls : null),
  });
  return {
    label: t('stats.calls'),
    value: formatNumber(last === null ? null : (60 * last) / (series.data?.stepSeconds ?? 60)),
    change: change === DASH ? null : { text: `${change}, ${failed}` },
    note: failed,
    spark: sparkOf(all.slice(0, -1)),
    href: link('api'),
  };
}
