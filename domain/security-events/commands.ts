import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { actorId } from '../actor';
import { AppError } from '../errors';
import { command } from '../operation';
import { resolveEventInput, securityEventInput } from './input';

const lockOpen = async (tx: Tx, id: number) => {
  const [event] = await tx.execute<{ event_type: string; assignee_id: string | null; resolved: boolean }>(
    sql`select event_type, assignee_id, resolved from security_events where id = ${id} for update`,
  );
  if (!event) throw new AppError('not_found', { detail: 'security_event' });
  if (event.resolved) throw new AppError('conflict', { detail: 'security_event.resolved' });
  return event;
};

/** Takes an open event: others see who looks at it. @throws AppError('conflict') when it has been resolved */
export const triageEvent = command({
  name: 'security-event:triage',
  can: 'security-event:triage',
  input: securityEventInput,
  topics: ['security'],
  run: async ({ tx, actor, input }) => {
    const event = await lockOpen(tx, input.id);
    const assigneeId = actorId(actor);
    await tx.execute(sql`update security_events set assignee_id = ${assigneeId} where id = ${input.id}`);
    return {
      value: { id: input.id },
      audit: {
        resourceType: 'security_event',
        resourceId: input.id,
        before: { assignee: event.assignee_id },
        after: { assignee: assigneeId, type: event.event_type },
      },
    };
  },
});

/** Closes an event with what it turned out to be and a note. @throws AppError('conflict') when it has been resolved */
export const resolveEvent = command({
  name: 'security-event:resolve',
  can: 'security-event:resolve',
  input: resolveEventInput,
  topics: ['security'],
  run: async ({ tx, actor, input }) => {
    const event = await lockOpen(tx, input.id);
    const by = actorId(actor);
    await tx.execute(sql`update security_events set resolved = true, resolved_at = now(), resolved_by = ${by},
      assignee_id = coalesce(assignee_id, ${by}), resolution = ${input.resolution}, note = ${input.note}
      where id = ${input.id}`);
    return {
      value: { id: input.id },
      audit: {
        resourceType: 'security_event',
        resourceId: input.id,
        before: { resolved: false },
        after: { resolved: true, resolution: input.resolution, type: event.event_type },
        reason: input.note,
      },
    };
  },
});
