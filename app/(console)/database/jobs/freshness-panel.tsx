'use client';

import { useTranslations } from 'next-intl';
import { SeverityBadge } from '@/components/badge';
import { Legend, TimeChart } from '@/components/charts';
import { Details } from '@/components/details';
import { formatAge, formatDuration, formatMs, formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { Time, useNow } from '@/components/time';
import type { JobDurations, ViewFreshness } from '@/domain/jobs/queries';
import { RunBadge } from './job-state';
import styles from './jobs.module.css';

/** How old the materialized view is against its limits, and how long its refresh takes. */
export function FreshnessPanel(props: { freshness?: ViewFreshness; durations?: JobDurations }) {
  const t = useTranslations('jobs.view');
  const freshness = useLive<ViewFreshness>('job.dashboard-freshness', {}, props.freshness, ['jobs']);
  const durations = useLive<JobDurations>(
    'job.durations',
    { job: 'refresh-fraud-dashboard' },
    props.durations,
    ['jobs'],
  );
  const view = freshness.data;
  return (
    <Panel
      title={<span className="vg-mono">mv_fraud_dashboard_realtime</span>}
      question={t('question')}
      live={freshness}
      height={180}
      table={{
        head: [t('time'), t('mean'), t('longest')],
        rows: durations.data?.points.map((point) => [point.at, point.meanMs, point.longestMs]) ?? [],
      }}
      csvName="dashboard-refresh"
    >
      {view && (
        <div className={styles.view}>
          <div>
            <AgeAndLimits view={view} />
            <Details
              items={[
                [
                  t('lastRefresh'),
                  view.last ? (
                    <span key="last">
                      <RunBadge state={view.last.status} /> <Time at={view.last.startedAt} style="full" />
                    </span>
                  ) : (
                    t('never')
                  ),
                ],
                [t('took'), formatMs(view.last?.durationMs)],
                [t('hours'), formatNumber(view.hours)],
              ]}
            />
          </div>
          <DurationChart durations={durations.data} title={t('durations')} />
        </div>
      )}
    </Panel>
  );
}

function AgeAndLimits({ view }: { view: ViewFreshness }) {
  const t = useTranslations('jobs.view');
  const now = useNow();
  if (!view.refreshedAt) return <p>{t('empty')}</p>;
  const { warning, critical } = view.limits;
  const age = Math.max(0, (now - new Date(view.refreshedAt).getTime()) / 1000);
  const tone = age >= critical ? 'critical' : age >= warning ? 'warning' : 'ok';
  const end = critical * 1.1;
  const at = (seconds: number) => `${Math.min(100, (seconds / end) * 100)}%`;
  return (
    <>
      <div className={styles.age}>
        <strong className="vg-num">{t('old', { age: formatAge(view.refreshedAt, now) })}</strong>
        <SeverityBadge severity={tone} />
      </div>
      <div className={styles.limit} aria-hidden="true">
        <span data-tone={tone} style={{ width: at(age) }} />
        <i style={{ left: at(warning) }} />
        <i data-tone="critical" style={{ left: at(critical) }} />
      </div>
      <p className={styles.limits}>
        <span>{t('warnAbove', { limit: formatDuration(warning) })}</span>
        <span>{t('criticalAbove', { limit: formatDuration(critical) })}</span>
      </p>
    </>
  );
}

/** Short enough for the axis: `80 ms`, `0.25 s`, `1.5 s`. */
const tick = (ms: number): string => (ms < 100 ? formatMs(ms) : `${Number((ms / 1000).toFixed(2))}\u00a0s`);

/** The mean and the longest run over seven days. */
export function DurationChart({ durations, title }: { durations?: JobDurations; title: string }) {
  const t = useTranslations('jobs.view');
  const points = durations?.points ?? [];
  const series = [
    { key: 'mean', label: t('mean'), color: 'var(--vg-link)' },
    { key: 'longest', label: t('longest'), color: 'var(--vg-allowed)' },
  ];
  const latest = points.findLast((point) => point.meanMs !== null);
  return (
    <section className={styles.chart} aria-label={title}>
      <div className={styles.figure}>
        <h3>{title}</h3>
        <span className="vg-num">{formatMs(latest?.meanMs)}</span>
      </div>
      <Legend entries={series.map(({ label, color }) => ({ label, color }))} />
      <TimeChart
        label={title}
        kind="line"
        points={points.map((point) => ({ at: point.at, mean: point.meanMs, longest: point.longestMs }))}
        stepSeconds={durations?.stepSeconds ?? 7_200}
        series={series}
        format={(value) => formatMs(value)}
        tickFormat={tick}
        height={132}
      />
    </section>
  );
}
