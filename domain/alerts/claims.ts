import { sql } from 'drizzle-orm';
import { may, type Role } from '@/domain/access';
import { type Actor, actorId } from '@/domain/actor';
import type { AuditEntry } from '@/domain/audit';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import { alertInput, assignAlertInput, claimNextInput } from './input';
import { alertEntry, holdAlert, type LockedAlert, lockAlert, refuseIfTaken } from './lock';

const topics = ['alerts'] as const;

const claimEntry = (alert: LockedAlert, actor: Actor, leaseUntil: string | null): AuditEntry =>
  alertEntry(alert.id, {
    action: 'alert:claim',
    before: { assigneeId: alert.assigneeId, leaseUntil: alert.leaseUntil },
    after: { assigneeId: actorId(actor), leaseUntil },
  });

/**
 * Takes an alert for `alert.lease_minutes`; one's own lease is renewed.
 * Refuses with `locked` (values: name, until) while somebody else has it, `conflict` once it is decided.
 */
export const claimAlert = command({
  name: 'alert:claim',
  can: 'alert:claim',
  input: alertInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const alert = await lockAlert(tx, input.id);
    refuseIfTaken(alert, actor);
    const leaseUntil = await holdAlert(tx, alert, actor);
    return { value: { id: alert.id, leaseUntil }, audit: claimEntry(alert, actor, leaseUntil) };
  },
});

/** Takes the most urgent alert that nobody has. `not_found` when there is none. */
export const claimNextAlert = command({
  name: 'alert:claim-next',
  can: 'alert:claim',
  input: claimNextInput,
  topics,
  run: async ({ tx, actor }) => {
    const [next] = await tx.execute<{ id: string }>(sql`select id from fraud_alerts
      where status = 'open' and (assignee_id is null or lease_until <= clock_timestamp())
      order by queue_at, id limit 1 for update skip locked`);
    if (!next) throw new AppError('not_found', { detail: 'alert.none_free' });
    const alert = await lockAlert(tx, Number(next.id));
    const leaseUntil = await holdAlert(tx, alert, actor);
    return { value: { id: alert.id, leaseUntil }, audit: claimEntry(alert, actor, leaseUntil) };
  },
});

/** Gives one's own alert back to the queue; one that has gone back already stays as it is. */
export const releaseAlert = command({
  name: 'alert:release',
  can: 'alert:release',
  input: alertInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const alert = await lockAlert(tx, input.id);
    refuseIfTaken(alert, actor);
    const mine = alert.assigneeId === actorId(actor);
    if (mine)
      await tx.execute(
        sql`update fraud_alerts set assignee_id = null, lease_until = null where id = ${alert.id}`,
      );
    return {
      value: { id: alert.id, released: mine },
      audit: alertEntry(alert.id, {
        before: { assigneeId: alert.assigneeId, leaseUntil: alert.leaseUntil },
        after: { assigneeId: mine ? null : alert.assigneeId, leaseUntil: mine ? null : alert.leaseUntil },
      }),
    };
  },
});

/** Gives an alert to a person without an end, or (null) back to the queue; takes it from whoever has it. */
export const assignAlert = command({
  name: 'alert:assign',
  can: 'alert:assign',
  input: assignAlertInput,
  topics,
  run: async ({ tx, input }) => {
    const alert = await lockAlert(tx, input.id);
    if (alert.status === 'decided')
      throw new AppError('conflict', { detail: 'alert.decided', values: { id: alert.id } });
    if (input.assigneeId !== null) {
      const [person] = await tx.execute<{ role: Role; is_active: boolean }>(
        sql`select role, is_active from console_users where id = ${input.assigneeId}::uuid`,
      );
      if (!person?.is_active || !may(person.role, 'alert:decide'))
        throw new AppError('invalid', { field: 'assigneeId', detail: 'alert.cannot_assign' });
    }
    await tx.execute(
      sql`update fraud_alerts set assignee_id = ${input.assigneeId}, lease_until = null where id = ${alert.id}`,
    );
    return {
      value: { id: alert.id, assigneeId: input.assigneeId },
      audit: alertEntry(alert.id, {
        before: { assigneeId: alert.assigneeId, leaseUntil: alert.leaseUntil },
        after: { assigneeId: input.assigneeId, leaseUntil: null },
      }),
    };
  },
});
