import { z } from 'zod';
import { reasonInput } from '@/domain/sessions/input';

export const sessionStates = ['active', 'idle', 'idle_in_transaction', 'aborted', 'other'] as const;
/** What a session does: `aborted` is idle in a transaction that has failed, `other` what the server does not say. */
export type SessionState = (typeof sessionStates)[number];

const pid = z.number().int().positive().max(2_147_483_647);

/** An instant as the server gives it here, to the microsecond: JavaScript's dates end at milliseconds. */
const instant = z
  .string()
  .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/)
  .refine((text) => !Number.isNaN(Date.parse(text)), 'invalid_format');

const name = z
  .string()
  .min(1)
  .max(63)
  .regex(/^[^\0]*$/);

export const snapshotInput = z.strictObject({
  state: z.enum(sessionStates).optional(),
  role: name.optional(),
  application: name.optional(),
  /** Only those that wait for a lock. */
  waiting: z.boolean().default(false),
  /** Also what is no client: autovacuum, the walsender, the server's own processes. */
  background: z.boolean().default(false),
});

export const findSessionInput = z.strictObject({ pid, backendStart: instant });

/** The very session that was looked at, and why something is done to it. */
export const signalInput = z.strictObject({
  pid,
  backendStart: instant,
  queryStart: instant.nullable(),
  reason: reasonInput,
});
