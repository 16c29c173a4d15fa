import { z } from 'zod';
import { ranges } from '@/domain/database/input';
import { reasonInput } from '@/domain/sessions/input';

export const replicationSeriesInput = z.strictObject({ range: z.enum(ranges).default('24h') });

/** A place in the log as PostgreSQL writes it. */
const lsn = z
  .string()
  .regex(/^[0-9A-F]{1,8}\/[0-9A-F]{1,8}$/)
  .nullable();

/** The very slot that was looked at, where it stood then, and why it goes. */
export const dropSlotInput = z.strictObject({
  slot: z.string().regex(/^[a-z0-9_]{1,63}$/),
  restartLsn: lsn,
  confirmedLsn: lsn,
  reason: reasonInput,
});
