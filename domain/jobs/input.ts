import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { jobNames, runStates } from './catalogue';

const job = z.enum(jobNames);
const reason = z.string().trim().min(3).max(500);

/** A job of the server's own may have any name. */
const anyJob = z.string().min(1).max(100);

export const listJobRunsInput = z.strictObject({
  job: anyJob,
  status: z.enum(runStates).optional(),
  cursor: cursorInput,
  limit: z.number().int().min(1).max(100).default(20),
});
export const jobDurationsInput = z.strictObject({ job: anyJob });
export const runJobInput = z.strictObject({ job });
export const pauseJobInput = z.strictObject({ job, reason });
export const cancelRunInput = z.strictObject({
  run: z.number().int().positive().max(Number.MAX_SAFE_INTEGER),
});
