'use server';

import { action } from '@/app/_server/action';
import { cancelRun, pauseJob, resumeJob, runJob } from '@/domain/jobs/commands';

export const runJobAction = action(runJob);
export const pauseJobAction = action(pauseJob);
export const resumeJobAction = action(resumeJob);
export const cancelRunAction = action(cancelRun);
