import { z } from 'zod';
import { cursorInput } from '../cursor';
import { outcomes } from './kinds';

const auditId = z.number().int().positive().max(Number.MAX_SAFE_INTEGER);
const name = z.string().regex(/^[a-z][a-z0-9:._-]{0,99}$/);

/** Which entries: all filters narrow. `from` and `to` are UTC days, both included. */
export const auditFilter = z.strictObject({
  person: z.string().max(100).optional(),
  action: name.optional(),
  resource: name.optional(),
  outcome: z.enum(outcomes).optional(),
  reviewed: z.boolean().optional(),
  from: z.iso.date().optional(),
  to: z.iso.date().optional(),
  text: z.string().trim().max(100).optional(),
});
export type AuditFilter = z.infer<typeof auditFilter>;

export const listAuditInput = auditFilter.extend({
  cursor: cursorInput,
  limit: z.number().int().min(1).max(200).default(50),
});
export const exportPageInput = auditFilter.extend({
  cursor: cursorInput,
  limit: z.number().int().min(1).max(2000).default(1000),
});
export const getAuditInput = z.strictObject({ id: auditId });
export const reviewAuditInput = z.strictObject({
  ids: z.array(auditId).min(1).max(200),
  note: z.string().trim().max(500).optional(),
});
