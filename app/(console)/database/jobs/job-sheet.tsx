'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatMs, formatNumber, formatPercent } from '@/components/format';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { PanelState, problemOf } from '@/components/panel-state';
import { SideSheet } from '@/components/side-sheet';
import { Age, Time } from '@/components/time';
import type { JobDurations, JobRow } from '@/domain/jobs/queries';
import { DurationChart } from './freshness-panel';
import { CancelDialog, type JobDialog, JobDialogs } from './job-dialogs';
import { NextRun } from './next-run';
import { RunList } from './run-list';
import { useJobWords } from './words';

type Props = { job: JobRow; mayChange: boolean; seesTrail: boolean; onClose: () => void };

/** One job: what it is for, how it goes, its runs with their errors, and what a person may do about it. */
export function JobSheet({ job, mayChange, seesTrail, onClose }: Props) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  const [asking, setAsking] = useState<JobDialog | null>(null);
  const [cancelling, setCancelling] = useState<string | null>(null);
  const acts = mayChange && job.ours;
  const busy = job.status === 'running' || job.status === 'waiting';
  const turn: JobDialog = job.paused ? 'resume' : 'pause';
  useShortcuts([
    {
      keys: 'r',
      label: t('runNow'),
      group: t('title'),
      run: () => setAsking('run'),
      disabled: !acts || busy,
    },
    { keys: 'p', label: t(turn), group: t('title'), run: () => setAsking(turn), disabled: !acts },
  ]);
  return (
    <SideSheet
      title={<span className="vg-mono">{job.name}</span>}
      onClose={onClose}
      actions={
        acts && (
          <>
            <Button onClick={() => setAsking('run')} disabled={busy}>
              {t('runNow')}
            </Button>
            <Button variant="default" onClick={() => setAsking(turn)}>
              {t(turn)}
            </Button>
          </>
        )
      }
    >
      <p>{words.about(job.name)}</p>
      <Notes job={job} />
      <Facts job={job} />
      <Durations job={job.name} />
      <RunList job={job.name} onCancel={acts ? setCancelling : undefined} />
      {seesTrail && job.ours && (
        <p>
          <Link href={`/security/audit-trail?resource=job&q=${encodeURIComponent(job.name)}`}>
            {t('seeTrail')}
          </Link>
        </p>
      )}
      <JobDialogs job={job} asking={asking} onClose={() => setAsking(null)} />
      <CancelDialog job={job.name} run={cancelling} onClose={() => setCancelling(null)} />
    </SideSheet>
  );
}

/** Why it does not run, or what went wrong last. */
function Notes({ job }: { job: JobRow }) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  return (
    <>
      {job.paused && (
        <Note
          tone="review"
          title={
            job.paused.by
              ? t.rich('pausedBy', { name: job.paused.by, age: () => <Age at={job.paused?.at} /> })
              : t('pausedElsewhere')
          }
        >
          {job.paused.reason && t('pausedBecause', { reason: job.paused.reason })} {words.paused(job.name)}
        </Note>
      )}
      {job.lastError && (
        <Note
          tone={job.status === 'failed' || job.status === 'lost' ? 'fraud' : 'plain'}
          title={t.rich('failedAgo', { age: () => <Age at={job.lastErrorAt} />, count: job.failed24h })}
        >
          {job.lastError}
        </Note>
      )}
    </>
  );
}

function Facts({ job }: { job: JobRow }) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  const { week } = job;
  const ended = week.ok + week.failed;
  return (
    <Details
      items={[
        [
          t('schedule'),
          <span key="schedule">
            {words.schedule(job.schedule)} (<code className="vg-mono">{job.schedule}</code> UTC)
          </span>,
        ],
        [t('next'), <NextRun key="next" job={job} full />],
        [t('by'), t(`runBy.${job.runBy}`)],
        job.startedAt !== null && [
          t('lastRun'),
          <span key="last">
            <Time at={job.startedAt} style="full" />
            {job.startedBy && job.startedBy !== 'worker' && job.startedBy !== 'pg_cron' ? t('byPerson') : ''}
          </span>,
        ],
        [t('rows'), formatNumber(job.rows)],
        [
          t('success7d'),
          ended === 0
            ? '–'
            : t('successOf', {
                share: formatPercent(week.ok / ended),
                ok: formatNumber(week.ok),
                all: formatNumber(ended),
              }),
        ],
        [t('halfAndMost'), `${formatMs(week.p50Ms)} · ${formatMs(week.p95Ms)}`],
      ]}
    />
  );
}

function Durations({ job }: { job: string }) {
  const t = useTranslations('jobs');
  const durations = useLive<JobDurations>('job.durations', { job }, undefined, ['jobs']);
  if (!durations.data)
    return <PanelState problem={problemOf(durations)} height={156} retry={() => durations.refetch()} />;
  return <DurationChart durations={durations.data} title={t('durations7d')} />;
}
