import { z } from 'zod';
import { cursorInput } from '../cursor';
import { eventStates, eventTypes, resolutions, severities } from './kinds';

const eventId = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);

export const listSecurityEventsInput = z.strictObject({
  state: z.enum(eventStates).optional(),
  severity: z.array(z.enum(severities)).max(3).optional(),
  type: z.enum(eventTypes).optional(),
  user: z.string().max(100).optional(),
  text: z.string().trim().max(100).optional(),
  cursor: cursorInput,
  limit: z.number().int().min(1).max(200).default(50),
});
export const securityEventInput = z.strictObject({ id: eventId });
export const resolveEventInput = z.strictObject({
  id: eventId,
  resolution: z.enum(resolutions),
  note: z.string().trim().min(3).max(1000),
});
