import { z } from 'zod';
import { cursorInput } from '../cursor';
import { newPassword } from './password-policy';

const sessionRow = z.number().int().positive().max(2_147_483_647);
export const reasonInput = z.string().trim().min(3).max(500);

/** A hash of the browser's device cookie, made by the web server; null where the browser keeps no cookie. */
const deviceHash = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .nullable()
  .default(null);

export const signInInput = z.strictObject({
  email: z.string().trim().max(200),
  password: z.string().max(1000),
  deviceHash,
});

export const getSessionInput = z.strictObject({ id: sessionRow });
export const endSessionInput = z.strictObject({ id: sessionRow, reason: reasonInput });
export const endUserSessionsInput = z.strictObject({ userId: z.uuid(), reason: reasonInput });
export const endAllSessionsInput = z.strictObject({ reason: reasonInput });
export const endOwnSessionInput = z.strictObject({ id: sessionRow });

export const changePasswordInput = z.strictObject({
  current: z.string().min(1).max(1000),
  next: newPassword,
});

export const sessionStates = ['active', 'ended'] as const;

export const listSessionsInput = z.strictObject({
  state: z.enum(sessionStates).optional(),
  user: z.uuid().optional(),
  text: z.string().trim().max(100).optional(),
  cursor: cursorInput,
  limit: z.number().int().min(1).max(200).default(50),
});
