'use client';

import { useTranslations } from 'next-intl';
import { FilterBar, useFilters } from '@/components/filter-bar';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Stat, StatStrip } from '@/components/stat-strip';
import { useOpenRow } from '@/components/table-state';
import type { JobDurations, JobRow, ViewFreshness } from '@/domain/jobs/queries';
import page from '../database.module.css';
import { FreshnessPanel } from './freshness-panel';
import { JobSheet } from './job-sheet';
import { stateOf } from './job-state';
import { JobTable } from './job-table';
import { useJobWords } from './words';

type Props = {
  jobs: JobRow[];
  freshness?: ViewFreshness;
  durations?: JobDurations;
  mayChange: boolean;
  seesTrail: boolean;
};

const states = ['failed', 'missed', 'skipped', 'paused', 'running'] as const;

const matches = (job: JobRow, state: string | null | undefined): boolean => {
  if (state === 'failed' || state === 'missed' || state === 'skipped') return job.week[state] > 0;
  if (state === 'paused') return job.paused !== null;
  if (state === 'running') return job.status === 'running' || job.status === 'waiting';
  return true;
};

/** What runs by itself: every job, how it goes, and the one view whose age people see. */
export function JobsView(props: Props) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  const { values } = useFilters(['state', 'by']);
  const open = useOpenRow();
  const jobs = useLive<JobRow[]>('job.list', {}, props.jobs, ['jobs']);
  const all = jobs.data ?? [];
  const q = values.q?.toLowerCase() ?? '';
  const rows = all.filter(
    (job) =>
      matches(job, values.state) &&
      (!values.by || job.runBy === values.by) &&
      (!q || `${job.name} ${words.about(job.name)}`.toLowerCase().includes(q)),
  );
  const opened = all.find((job) => job.name === open.key);
  const byServer = all.filter((job) => job.runBy === 'pg_cron').length;
  return (
    <>
      <PageHeader
        title={t('title')}
        meta={
          byServer > 0 ? t('shared', { server: byServer, worker: all.length - byServer }) : t('workerRunsAll')
        }
      />
      <div className={page.page}>
        <Figures jobs={all} />
        <div>
          <FilterBar
            search={{ placeholder: t('search') }}
            filters={[
              {
                key: 'state',
                label: t('filterState'),
                kind: 'one',
                pinned: true,
                options: states.map((value) => ({ value, label: t(`filters.${value}`) })),
              },
              {
                key: 'by',
                label: t('by'),
                kind: 'one',
                pinned: byServer > 0,
                options: (['worker', 'pg_cron'] as const).map((value) => ({
                  value,
                  label: t(`runBy.${value}`),
                })),
              },
            ]}
          />
          <JobTable live={jobs} rows={rows} filtered={rows.length < all.length} open={open} />
        </div>
        <FreshnessPanel freshness={props.freshness} durations={props.durations} />
      </div>
      {opened && (
        <JobSheet
          key={opened.name}
          job={opened}
          mayChange={props.mayChange}
          seesTrail={props.seesTrail}
          onClose={open.close}
        />
      )}
    </>
  );
}

function Figures({ jobs }: { jobs: JobRow[] }) {
  const t = useTranslations('jobs');
  const sum = (of: (job: JobRow) => number) => jobs.reduce((total, job) => total + of(job), 0);
  const runs = sum((job) => job.runs24h);
  const failed = sum((job) => job.failed24h);
  const good = sum((job) => job.week.ok);
  const ended = good + sum((job) => job.week.failed);
  const stats: Stat[] = [
    {
      label: t('stats.jobs'),
      value: formatNumber(jobs.length),
      note: t('stats.paused', { count: jobs.filter((job) => job.paused).length }),
    },
    {
      label: t('stats.running'),
      value: formatNumber(jobs.filter((job) => stateOf(job) === 'running').length),
      note: t('stats.waiting', { count: jobs.filter((job) => job.status === 'waiting').length }),
    },
    { label: t('stats.runs'), value: formatNumber(runs), note: t('stats.day') },
    { label: t('stats.failed'), value: formatNumber(failed), note: t('stats.day'), href: '?state=failed' },
    {
      label: t('stats.missed'),
      value: formatNumber(sum((job) => job.week.missed)),
      note: t('stats.week'),
      href: '?state=missed',
    },
    {
      label: t('stats.success'),
      value: ended === 0 ? '–' : `${formatNumber((100 * good) / ended, good === ended ? 0 : 2)}\u00a0%`,
      note: t('stats.week'),
    },
  ];
  return <StatStrip label={t('stats.label')} stats={stats} />;
}
