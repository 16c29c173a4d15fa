'use client';

import {
  IconAlertOctagon,
  IconCalendarOff,
  IconCircleCheck,
  IconHourglass,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlayerSkipForward,
  IconPlugConnectedX,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import type { RunState } from '@/domain/jobs/catalogue';
import type { JobRow } from '@/domain/jobs/queries';

const badges: Record<RunState | 'paused', { tone: Tone; icon: typeof IconCircleCheck }> = {
  ok: { tone: 'ok', icon: IconCircleCheck },
  failed: { tone: 'fraud', icon: IconAlertOctagon },
  lost: { tone: 'fraud', icon: IconPlugConnectedX },
  skipped: { tone: 'plain', icon: IconPlayerSkipForward },
  missed: { tone: 'review', icon: IconCalendarOff },
  running: { tone: 'primary', icon: IconPlayerPlay },
  waiting: { tone: 'primary', icon: IconHourglass },
  paused: { tone: 'review', icon: IconPlayerPause },
};

export function RunBadge({ state }: { state: RunState | 'paused' }) {
  const t = useTranslations('jobs.states');
  return <Badge {...badges[state]}>{t(state)}</Badge>;
}

/** What a job does now: a run under way, else its pause, else how the last run ended. */
export const stateOf = (job: JobRow): RunState | 'paused' | null =>
  job.paused && job.status !== 'running' && job.status !== 'waiting' ? 'paused' : job.status;

export function JobBadge({ job }: { job: JobRow }) {
  const t = useTranslations('jobs');
  const state = stateOf(job);
  return state ? <RunBadge state={state} /> : <Badge>{t('neverRun')}</Badge>;
}
