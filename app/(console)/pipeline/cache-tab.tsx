'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Legend, type Series, TimeChart } from '@/components/charts';
import { Details } from '@/components/details';
import { formatBytes, formatNumber, formatPercent } from '@/components/format';
import { type LiveError, useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { FeatureCacheSummary, KeptEntity } from '@/domain/feature-cache/queries';
import type { MetricSeries } from '@/domain/metrics/queries';
import styles from './pipeline.module.css';
import { rateOf, seriesOf } from './series';

type Figures = UseQueryResult<MetricSeries, LiveError>;
const everyMs = 15_000;

/** The feature cache: whether busy merchants and addresses are answered from kept sums, and which those are. */
export function CacheTab({ figures, initial }: { figures: Figures; initial?: FeatureCacheSummary }) {
  const cache = useLive<FeatureCacheSummary>('feature-cache.summary', {}, initial, ['health'], {
    every: everyMs,
  });
  return (
    <>
      <ReadChart figures={figures} />
      <div className={styles.pair}>
        <MostRead cache={cache} />
        <Kept cache={cache} figures={figures} />
      </div>
    </>
  );
}

function ReadChart({ figures }: { figures: Figures }) {
  const t = useTranslations('pipeline');
  const kinds: Series[] = [
    { key: 'hits', label: t('hits'), color: 'var(--vg-allowed)' },
    { key: 'misses', label: t('misses'), color: 'var(--vg-review)' },
  ];
  const misses = seriesOf(figures.data, 'pipeline.cache_misses')?.points ?? [];
  const points = (seriesOf(figures.data, 'pipeline.cache_hits')?.points ?? []).map((hit, i) => ({
    at: hit.at,
    hits: hit.sum,
    misses: misses[i]?.sum ?? null,
  }));
  const reads = points.reduce((sum, point) => sum + (point.hits ?? 0) + (point.misses ?? 0), 0);
  return (
    <Panel
      title={t('charts.cache.title')}
      question={t('charts.cache.question')}
      live={figures}
      at={figures.data?.at}
      staleAfter={300}
      height={164}
      empty={figures.data !== undefined && reads === 0 && { title: t('noReads'), hint: t('noReadsHint') }}
      table={{
        head: [t('time'), ...kinds.map((kind) => kind.label)],
        rows: points.map((point) => [point.at, point.hits, point.misses]),
      }}
      csvName="feature-cache"
    >
      <Legend entries={kinds.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={t('charts.cache.title')}
        kind="bars"
        points={points}
        stepSeconds={figures.data?.stepSeconds}
        series={kinds}
        current={points.at(-1)?.at}
        format={(value) => formatNumber(value)}
        height={116}
      />
    </Panel>
  );
}

type Cache = UseQueryResult<FeatureCacheSummary, LiveError>;

function MostRead({ cache }: { cache: Cache }) {
  const t = useTranslations('pipeline');
  const rows = cache.data?.most ?? [];
  const most = Math.max(1, ...rows.map((row) => row.reads));
  const columns: Column<KeptEntity>[] = [
    { id: 'kind', head: t('kind'), width: 104, cell: (row) => t(`entities.${row.entity}`) },
    { id: 'key', head: t('id'), cell: (row) => <span className="vg-mono">{row.key}</span> },
    {
      id: 'reads',
      head: t('reads'),
      align: 'right',
      width: 112,
      share: (row) => row.reads / most,
      cell: (row) => formatNumber(row.reads),
    },
  ];
  return (
    <Panel
      title={t('mostTitle')}
      question={t('mostQuestion')}
      live={cache}
      at={cache.data?.at}
      flush
      height={180}
      empty={rows.length === 0 && { title: t('noneKept'), hint: t('noneKeptHint') }}
      table={{
        head: [t('kind'), t('id'), t('reads')],
        rows: rows.map((row) => [row.entity, row.key, row.reads]),
      }}
      csvName="feature-cache-entities"
    >
      <DataTable
        name="feature-cache"
        label={t('mostTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => `${row.entity}:${row.key}`}
        inPanel
      />
    </Panel>
  );
}

function Kept({ cache, figures }: { cache: Cache; figures: Figures }) {
  const t = useTranslations('pipeline');
  const { data } = cache;
  return (
    <Panel title={t('keptTitle')} question={t('keptQuestion')} live={cache} at={data?.at} height={180}>
      {data && (
        <>
          <Details
            items={[
              [t('keptEntities'), formatNumber(data.kept)],
              [t('keptSums'), t('aboutCount', { count: formatNumber(data.rows) })],
              [t('size'), formatBytes(data.bytes)],
              [t('stats.hits'), formatPercent(rateOf(figures.data, 'whole'))],
            ]}
          />
          <p className={styles.words}>{t('cacheWords')}</p>
        </>
      )}
    </Panel>
  );
}
