'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { JobName } from '@/domain/jobs/catalogue';
import type { JobRow } from '@/domain/jobs/queries';
import { cancelRunAction, pauseJobAction, resumeJobAction, runJobAction } from './actions';
import { useJobWords } from './words';

export type JobDialog = 'run' | 'pause' | 'resume';
type Props = { job: JobRow; asking: JobDialog | null; onClose: () => void };

/** Run now, pause and resume, each with what follows from it. */
export function JobDialogs({ job, asking, onClose }: Props) {
  const t = useTranslations('jobs');
  const words = useJobWords();
  const name = job.name as JobName;
  const done = (word: 'askedToast' | 'pausedToast' | 'resumedToast') => () => {
    onClose();
    toast({ title: t(word, { name }) });
  };
  const run = useCommand(runJobAction, { done: done('askedToast') });
  const pause = useCommand(pauseJobAction, { done: done('pausedToast') });
  const resume = useCommand(resumeJobAction, { done: done('resumedToast') });
  const close = () => {
    for (const each of [run, pause, resume]) each.clear();
    onClose();
  };
  return (
    <>
      <ConfirmDialog
        opened={asking === 'run'}
        onClose={close}
        title={t('runQuestion', { name })}
        verb={t('runNow')}
        consequences={[
          { text: t('runEffect') },
          { text: t('runOverlap') },
          ...(job.paused ? [{ text: t('runWhilePaused') }] : []),
        ]}
        pending={run.pending}
        error={run.error ?? run.fieldError('job')}
        onConfirm={() => run.run({ job: name })}
      />
      <ConfirmDialog
        opened={asking === 'pause'}
        onClose={close}
        title={t('pauseQuestion', { name })}
        verb={t('pause')}
        danger
        reason="required"
        consequences={[
          { text: words.paused(name), warn: true },
          { text: t('pauseEffect') },
          ...(job.status === 'running' ? [{ text: t('pauseWhileRunning') }] : []),
        ]}
        pending={pause.pending}
        error={pause.error ?? pause.fieldError('reason') ?? pause.fieldError('job')}
        onConfirm={(reason) => pause.run({ job: name, reason })}
      />
      <ConfirmDialog
        opened={asking === 'resume'}
        onClose={close}
        title={t('resumeQuestion', { name })}
        verb={t('resume')}
        reason="required"
        consequences={[
          { text: t('resumeEffect', { schedule: words.schedule(job.schedule) }) },
          { text: t('resumeMissed') },
        ]}
        pending={resume.pending}
        error={resume.error ?? resume.fieldError('reason') ?? resume.fieldError('job')}
        onConfirm={(reason) => resume.run({ job: name, reason })}
      />
    </>
  );
}

/** Asks before a run that takes long is cancelled. */
export function CancelDialog({
  job,
  run,
  onClose,
}: {
  job: string;
  run: string | null;
  onClose: () => void;
}) {
  const t = useTranslations('jobs');
  const cancel = useCommand(cancelRunAction, {
    done: () => {
      onClose();
      toast({ title: t('cancelledToast', { name: job }) });
    },
  });
  return (
    <ConfirmDialog
      opened={run !== null}
      onClose={() => {
        cancel.clear();
        onClose();
      }}
      title={t('cancelQuestion', { name: job })}
      verb={t('cancelRun')}
      danger
      consequences={[{ text: t('cancelEffect'), warn: true }, { text: t('cancelAgain') }]}
      pending={cancel.pending}
      error={cancel.error ?? cancel.fieldError('run')}
      onConfirm={() => run && cancel.run({ run: Number(run) })}
    />
  );
}
