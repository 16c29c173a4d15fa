import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from '@/domain/actor';
import type { AuditEntry } from '@/domain/audit';
import { AppError } from '@/domain/errors';
import { readSetting } from '@/domain/settings/read';
import { iso } from '@/domain/transactions/rows';
import type { AlertStatus, Disposition } from './input';
import { held } from './rows';

/** An alert as a command finds it, its row locked until the transaction ends. */
export type LockedAlert = {
  id: number;
  transactionId: string;
  /** As PostgreSQL writes it: a Date would lose the microseconds that find the payment. */
  transactionTimestamp: string;
  status: AlertStatus;
  disposition: Disposition | null;
  note: string | null;
  assigneeId: string | null;
  assigneeName: string | null;
  leaseUntil: string | null;
  held: boolean;
  isFraud: boolean | null;
  labelSource: string | null;
  /** As PostgreSQL writes it, to be compared with what a verdict has set. */
  labelledAt: string | null;
  /** The month (`2024-03`) of a payment that is in the archive: it is read-only. */
  archivedMonth: string | null;
};

/** Locks alerts in the order of their ids, so that two bulk verdicts never wait for each other in a circle. */
export const lockAlerts = async (tx: Tx, ids: readonly number[]): Promise<LockedAlert[]> => {
  const list = sql.join(
    [...ids].sort((a, b) => a - b).map((id) => sql`${id}`),
    sql`, `,
  );
  // What else is read comes in a second statement: its snapshot is newer than the wait for the locks.
  await tx.execute(sql`select id from fraud_alerts where id in (${list}) order by id for update`);
  const rows = await tx.execute<Record<string, unknown>>(sql`select a.id, a.transaction_id,
      a.transaction_timestamp::text as at, a.status, a.disposition, a.note, a.assignee_id, p.name as assignee_name,
      a.lease_until, ${held} as held, x.is_fraud, x.label_source, x.labelled_at::text as labelled_at,
      (select to_char(t.transaction_timestamp at time zone 'UTC', 'YYYY-MM') from transactions_archive t
        where t.transaction_id = a.transaction_id and t.transaction_timestamp = a.transaction_timestamp) as archived_month
    from fraud_alerts a
    left join console_users p on p.id::text = a.assignee_id
    left join lateral (select is_fraud, label_source, labelled_at from transactions t
      where t.transaction_id = a.transaction_id and t.transaction_timestamp = a.transaction_timestamp) x on true
    where a.id in (${list}) order by a.id`);
  return rows.map((row) => ({
    id: Number(row.id),
    transactionId: String(row.transaction_id),
    transactionTimestamp: String(row.at),
    status: row.status as AlertStatus,
    disposition: (row.disposition ?? null) as Disposition | null,
    note: (row.note ?? null) as string | null,
    assigneeId: (row.assignee_id ?? null) as string | null,
    assigneeName: (row.assignee_name ?? null) as string | null,
    leaseUntil: iso(row.lease_until),
    held: row.held === true,
    isFraud: (row.is_fraud ?? null) as boolean | null,
    labelSource: (row.label_source ?? null) as string | null,
    labelledAt: (row.labelled_at ?? null) as string | null,
    archivedMonth: (row.archived_month ?? null) as string | null,
  }));
};

/** @throws AppError `conflict` when decided, `locked` (values: name, until) when somebody else has it. */
export const refuseIfTaken = (alert: LockedAlert, actor: Actor): void => {
  if (alert.status === 'decided')
    throw new AppError('conflict', { detail: 'alert.decided', values: { id: alert.id } });
  if (alert.held && alert.assigneeId !== actorId(actor))
    throw new AppError('locked', {
      detail: 'alert.claimed',
      values: { id: alert.id, name: alert.assigneeName ?? '', until: alert.leaseUntil ?? '' },
    });
};

/** @throws AppError `conflict` (`transaction.archived`, values: month): its month must be brought back first. */
export const refuseIfArchived = ({ archivedMonth }: LockedAlert): void => {
  if (archivedMonth !== null)
    throw new AppError('conflict', { detail: 'transaction.archived', values: { month: archivedMonth } });
};

type Label = { transactionId: string; transactionTimestamp: string; isFraud: boolean | null };

const label = async (tx: Tx, labels: readonly Label[], source: string): Promise<Map<string, string>> => {
  const json = JSON.stringify(
    labels.map((one) => ({
      transaction_id: one.transactionId,
      transaction_timestamp: one.transactionTimestamp,
      is_fraud: one.isFraud,
    })),
  );
  const rows = await tx.execute<{
    id: string;
    at: string;
  }>(sql`select transaction_id as id, labelled_at::text as at
    from label_transactions(${json}::jsonb, ${source})`);
  return new Map(rows.map((row) => [row.id, row.at]));
};

/** Labels the payments of these alerts as an analyst's verdict; gives when each became known, by transaction id. */
export const setLabels = (tx: Tx, alerts: readonly LockedAlert[], isFraud: boolean) =>
  label(
    tx,
    alerts.map(({ transactionId, transactionTimestamp }) => ({
      transactionId,
      transactionTimestamp,
      isFraud,
    })),
    'analyst',
  );

/** Sets an earlier label again under its own source; it counts as known from now, the server's clock. */
export const restoreLabel = (tx: Tx, alert: LockedAlert, isFraud: boolean, source: string) =>
  label(tx, [{ ...alert, isFraud }], source);

export const clearLabel = (tx: Tx, alert: LockedAlert) => label(tx, [{ ...alert, isFraud: null }], 'analyst');

/** @throws AppError `not_found` */
export const lockAlert = async (tx: Tx, id: number): Promise<LockedAlert> => {
  const [alert] = await lockAlerts(tx, [id]);
  if (!alert) throw new AppError('not_found', { detail: 'alert.not_found', values: { id } });
  return alert;
};

/** Makes the alert one's own for `alert.lease_minutes`; gives when that ends (null: assigned without an end). */
export const holdAlert = async (tx: Tx, alert: LockedAlert, actor: Actor): Promise<string | null> => {
  // An assignment has no end; opening the alert must not give it one.
  if (alert.assigneeId === actorId(actor) && alert.leaseUntil === null) return null;
  const minutes = await readSetting(tx, 'alert.lease_minutes');
  const [row] = await tx.execute<{ lease_until: string }>(sql`update fraud_alerts
    set assignee_id = ${actorId(actor)}, lease_until = clock_timestamp() + make_interval(mins => ${minutes})
    where id = ${alert.id} returning lease_until`);
  return iso(row?.lease_until);
};

export const alertEntry = (
  id: number,
  rest: Omit<AuditEntry, 'resourceType' | 'resourceId'>,
): AuditEntry => ({
  resourceType: 'alert',
  resourceId: id,
  ...rest,
});
