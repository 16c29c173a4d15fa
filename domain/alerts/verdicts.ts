import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from '@/domain/actor';
import type { AuditEntry } from '@/domain/audit';
import { AppError } from '@/domain/errors';
import { command } from '@/domain/operation';
import {
  bulkDecideInput,
  type Disposition,
  decideAlertInput,
  escalateAlertInput,
  undoAlertInput,
} from './input';
import {
  alertEntry,
  clearLabel,
  holdAlert,
  type LockedAlert,
  lockAlert,
  lockAlerts,
  refuseIfArchived,
  refuseIfTaken,
  restoreLabel,
  setLabels,
} from './lock';

const topics = ['alerts', 'decisions'] as const;

const decided = (
  alert: LockedAlert,
  disposition: Disposition,
  note: string | null,
  labelledAt: string | undefined,
): AuditEntry =>
  alertEntry(alert.id, {
    action: 'alert:decide',
    reason: note,
    before: {
      status: alert.status,
      assigneeId: alert.assigneeId,
      leaseUntil: alert.leaseUntil,
      disposition: null,
      note: alert.note,
      isFraud: alert.isFraud,
      labelSource: alert.labelSource,
    },
    after: {
      status: 'decided',
      disposition,
      note: note ?? alert.note,
      ...(labelledAt ? { isFraud: disposition === 'fraud', labelSource: 'analyst', labelledAt } : {}),
    },
  });

const decide = async (
  tx: Tx,
  actor: Actor,
  alerts: readonly LockedAlert[],
  disposition: Disposition,
  note: string | null,
): Promise<AuditEntry[]> => {
  if (alerts.length === 0) return [];
  const ids = sql.join(
    alerts.map((alert) => sql`${alert.id}`),
    sql`, `,
  );
  await tx.execute(sql`with done as (update fraud_alerts set status = 'decided', disposition = ${disposition},
      note = coalesce(${note}, note), decided_by = ${actorId(actor)}, decided_at = clock_timestamp(),
      assignee_id = null, lease_until = null where id in (${ids}) returning decided_at)
    insert into touched_days select distinct (decided_at at time zone 'UTC')::date from done`);
  const labelled = await setLabels(tx, alerts, disposition === 'fraud');
  return alerts.map((alert) => decided(alert, disposition, note, labelled.get(alert.transactionId)));
};

/**
 * The verdict on one alert, and the label of its payment (source `analyst`, the server's clock): fraud is true, a
 * good alert and a false positive are false. Free alerts need no claim first.
 * Refuses with `locked` while somebody else has it, `conflict` once it is decided or while its payment is archived.
 */
export const decideAlert = command({
  name: 'alert:decide',
  can: 'alert:decide',
  input: decideAlertInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const alert = await lockAlert(tx, input.id);
    refuseIfTaken(alert, actor);
    refuseIfArchived(alert);
    const audit = await decide(tx, actor, [alert], input.disposition, input.note || null);
    return { value: { id: alert.id, disposition: input.disposition }, audit };
  },
});

export type BulkResult = {
  id: number;
  ok: boolean;
  /** Why not: `not_found`, `locked` (with the holder's name), `conflict` (decided already) or `archived` (with the month). */
  code?: 'not_found' | 'locked' | 'conflict' | 'archived';
  name?: string;
  month?: string;
};

/** One verdict on up to 200 alerts in one transaction: those that cannot be decided are told apart, one result each. */
export const bulkDecide = command({
  name: 'alert:decide-many',
  can: 'alert:decide',
  input: bulkDecideInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const ids = [...new Set(input.ids)];
    const locked = new Map((await lockAlerts(tx, ids)).map((alert) => [alert.id, alert]));
    const results: BulkResult[] = ids.map((id) => {
      const alert = locked.get(id);
      if (!alert) return { id, ok: false, code: 'not_found' };
      if (alert.status === 'decided') return { id, ok: false, code: 'conflict' };
      if (alert.held && alert.assigneeId !== actorId(actor))
        return { id, ok: false, code: 'locked', name: alert.assigneeName ?? '' };
      if (alert.archivedMonth !== null)
        return { id, ok: false, code: 'archived', month: alert.archivedMonth };
      return { id, ok: true };
    });
    const taken = results.flatMap((result) => (result.ok ? [locked.get(result.id) as LockedAlert] : []));
    const audit = await decide(tx, actor, taken, input.disposition, input.note || null);
    const summary: AuditEntry = {
      resourceType: 'alert',
      resourceId: null,
      reason: input.note || null,
      after: {
        disposition: input.disposition,
        decided: taken.length,
        refused: results.length - taken.length,
      },
    };
    return { value: { results, decided: taken.length }, audit: [summary, ...audit] };
  },
});

/** Hands an alert to those who know more: state escalated, with a note, back in the queue without a holder. */
export const escalateAlert = command({
  name: 'alert:escalate',
  can: 'alert:escalate',
  input: escalateAlertInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const alert = await lockAlert(tx, input.id);
    refuseIfTaken(alert, actor);
    if (alert.status === 'escalated')
      throw new AppError('conflict', { detail: 'alert.escalated', values: { id: alert.id } });
    await tx.execute(sql`update fraud_alerts set status = 'escalated', note = ${input.note},
      assignee_id = null, lease_until = null where id = ${alert.id}`);
    return {
      value: { id: alert.id },
      audit: alertEntry(alert.id, {
        reason: input.note,
        before: {
          status: alert.status,
          assigneeId: alert.assigneeId,
          leaseUntil: alert.leaseUntil,
          note: alert.note,
        },
        after: { status: 'escalated', assigneeId: null, note: input.note },
      }),
    };
  },
});

type LastAct = {
  user_id: string | null;
  action: string;
  old_values: Record<string, unknown> | null;
  new_values: Record<string, unknown> | null;
};

const ownLast = async (tx: Tx, actor: Actor): Promise<number> => {
  const [row] = await tx.execute<{ id: string }>(sql`select id from fraud_alerts
    where status = 'decided' and decided_by = ${actorId(actor)} and decided_at > now() - interval '1 hour'
    order by decided_at desc, id desc limit 1`);
  if (!row) throw new AppError('not_found', { detail: 'alert.nothing_to_undo' });
  return Number(row.id);
};

/** The last act on the alert, which must be this person's verdict or escalation: the audit trail says what was before. */
const ownAct = async (tx: Tx, alert: LockedAlert, actor: Actor): Promise<LastAct> => {
  const [act] = await tx.execute<LastAct>(sql`select user_id, action, old_values, new_values from audit_trail
    where resource_type = 'alert' and resource_id = ${String(alert.id)} and outcome = 'success'
      and action in ('alert:claim', 'alert:release', 'alert:assign', 'alert:decide', 'alert:escalate', 'alert:undo')
    order by timestamp desc, id desc limit 1`);
  const undoable = act?.action === 'alert:decide' || act?.action === 'alert:escalate';
  const own = actor.kind === 'user' && act?.user_id === actor.userId;
  if (!act || alert.status === 'open' || (!undoable && own))
    throw new AppError('conflict', { detail: 'alert.nothing_to_undo', values: { id: alert.id } });
  if (!undoable || !own)
    throw new AppError('conflict', { detail: 'alert.acted_since', values: { id: alert.id } });
  return act;
};

/**
 * Takes back one's own last verdict or escalation: state and note as before, the alert is one's own again, and the
 * payment's label is what it was. Refuses with `conflict` after somebody else has acted on the alert or its label.
 */
export const undoAlert = command({
  name: 'alert:undo',
  can: 'alert:undo',
  input: undoAlertInput,
  topics,
  run: async ({ tx, actor, input }) => {
    const alert = await lockAlert(tx, input.id ?? (await ownLast(tx, actor)));
    const act = await ownAct(tx, alert, actor);
    const before = act.old_values ?? {};
    const after = act.new_values ?? {};
    if (typeof after.labelledAt === 'string') refuseIfArchived(alert);
    if (typeof after.labelledAt === 'string') {
      if (alert.labelSource !== 'analyst' || alert.labelledAt !== after.labelledAt)
        throw new AppError('conflict', { detail: 'alert.label_changed', values: { id: alert.id } });
      if (typeof before.isFraud === 'boolean')
        await restoreLabel(tx, alert, before.isFraud, String(before.labelSource));
      else await clearLabel(tx, alert);
    }
    await tx.execute(sql`insert into touched_days
      select (decided_at at time zone 'UTC')::date from fraud_alerts where id = ${alert.id} and decided_at is not null`);
    await tx.execute(sql`update fraud_alerts set status = ${String(before.status)}, disposition = null,
      note = ${typeof before.note === 'string' ? before.note : null}, decided_by = null, decided_at = null
      where id = ${alert.id}`);
    const leaseUntil = await holdAlert(tx, { ...alert, assigneeId: null }, actor);
    return {
      value: { id: alert.id, status: String(before.status), leaseUntil },
      audit: alertEntry(alert.id, {
        before: { status: alert.status, disposition: alert.disposition, isFraud: alert.isFraud },
        after: {
          status: before.status,
          disposition: null,
          assigneeId: actorId(actor),
          leaseUntil,
          isFraud: before.isFraud ?? null,
        },
      }),
    };
  },
});
