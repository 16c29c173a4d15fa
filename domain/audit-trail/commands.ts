import { sql } from 'drizzle-orm';
import { actorId } from '../actor';
import { AppError } from '../errors';
import { command } from '../operation';
import { auditFilter, reviewAuditInput } from './input';

/** Marks entries as looked at; who did first stays. @returns how many were marked now */
export const reviewAudit = command({
  name: 'audit:review',
  can: 'audit:review',
  input: reviewAuditInput,
  run: async ({ tx, actor, input }) => {
    const ids = [...new Set(input.ids)];
    const known = await tx.execute<{ id: string }>(sql`select id from audit_trail where id in ${ids}`);
    if (known.length !== ids.length) throw new AppError('not_found', { detail: 'audit_entry' });
    const marked = await tx.execute<{ audit_id: string }>(sql`
      insert into audit_reviews (audit_id, audit_timestamp, reviewed_by, note)
      select a.id, a.timestamp, ${actorId(actor)}, ${input.note ?? null} from audit_trail a where a.id in ${ids}
      on conflict (audit_id) do nothing returning audit_id`);
    return {
      value: { reviewed: marked.length },
      audit: {
        resourceType: 'audit',
        resourceId: ids.length === 1 ? (ids[0] ?? null) : null,
        after: { entries: marked.map((row) => Number(row.audit_id)) },
        reason: input.note ?? null,
      },
    };
  },
});

/** Records that somebody takes entries out of the console, before the first line leaves it. */
export const exportAudit = command({
  name: 'audit:export',
  can: 'audit:export',
  input: auditFilter,
  run: async ({ input }) => ({
    value: { startedAt: new Date().toISOString() },
    audit: { resourceType: 'audit', resourceId: null, after: { filter: input } },
  }),
});
