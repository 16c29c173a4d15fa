'use client';

import { useTranslations } from 'next-intl';
import { formatBytes, formatDuration, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Stat, StatStrip } from '@/components/stat-strip';
import { Age } from '@/components/time';
import type { DatabaseHealth } from '@/domain/database/health';
import type { CapabilityRow, HealthSeries } from '@/domain/database/queries';
import { CapabilityPanel } from './capability-panel';
import { CheckPanel } from './check-panel';
import styles from './database.module.css';
import { HealthCharts } from './health-charts';
import { CheckAgain, HealthState } from './health-state';
import { RangeControl, useRange } from './range-control';

type Props = {
  mayCheck: boolean;
  capabilities: CapabilityRow[];
  health?: DatabaseHealth;
  series?: HealthSeries;
};

/** Health of the database: its state in a sentence, the figures, every check, their history, and what the server has. */
export function HealthView(props: Props) {
  const t = useTranslations('database');
  const [range] = useRange('1h');
  const health = useLive<DatabaseHealth>('database.health', {}, props.health, ['health']);
  const series = useLive<HealthSeries>('database.health-series', { range }, props.series, ['health']);
  const server = health.data?.server;
  return (
    <>
      <PageHeader
        title={t('healthTitle')}
        meta={
          server && (
            <span>
              {t('server', { version: server.version, name: server.database })}{' '}
              {t.rich('up', { age: () => <Age at={server.startedAt} /> })}
            </span>
          )
        }
      >
        {props.mayCheck && <CheckAgain />}
        <RangeControl usual="1h" />
      </PageHeader>
      <div className={styles.page}>
        {health.data && <HealthState health={health.data} />}
        {health.data && <Figures health={health.data} series={series.data} />}
        <CheckPanel health={health} />
        <HealthCharts series={series} />
        <CapabilityPanel capabilities={props.capabilities} />
      </div>
    </>
  );
}

function Figures({ health, series }: { health: DatabaseHealth; series?: HealthSeries }) {
  const t = useTranslations('database');
  const metric = (name: string) => health.metrics.find((row) => row.metric === name);
  const connections = metric('connections');
  const check = (name: string) => health.checks.find((one) => one.name === name);
  const cache = check('cacheHitRatio');
  const runway = check('partitionRunway')?.value ?? metric('partition_runway')?.value;
  const points = series?.points ?? [];
  const latest = points.findLast((point) => point.commits !== null);
  const stats: Stat[] = [
    {
      label: t('stats.connections'),
      value: formatNumber(connections?.value),
      note: t('stats.ofLimit', { limit: formatNumber(connections?.limit) }),
      spark: { values: points.map((point) => point.connections) },
    },
    {
      label: t('stats.cache'),
      value: cache?.value == null ? '–' : `${formatNumber(cache.value, 2)}\u00a0%`,
      note: cache?.reason ? t(`skipped.${cache.reason}`) : t('stats.lastHour'),
    },
    {
      label: t('stats.transactions'),
      value: latest ? t('perSecond', { value: formatNumber(latest.commits, 1) }) : '–',
      note: t('stats.committed'),
      spark: { values: points.map((point) => point.commits) },
    },
    {
      label: t('stats.longest'),
      value: formatDuration(metric('longest_transaction')?.value ?? 0),
      note: t('stats.waiting', { count: metric('lock_waits')?.value ?? 0 }),
    },
    {
      label: t('stats.size'),
      value: formatBytes(metric('database_size')?.value),
      note: '\u00a0',
      spark: { values: points.map((point) => point.databaseSize) },
    },
    {
      label: t('stats.runway'),
      value: t('days', { count: Math.floor(runway ?? 0) }),
      note: t('stats.runwayNote'),
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}
