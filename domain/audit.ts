import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { type Actor, actorId } from './actor';

/** What a command changed; `before`/`after` hold only the fields that changed, never secrets. */
export type AuditEntry = {
  /** Defaults to the command's name. */
  action?: string;
  resourceType: string;
  resourceId: string | number | null;
  before?: Record<string, unknown> | null;
  after?: Record<string, unknown> | null;
  reason?: string | null;
  outcome?: 'success' | 'failure' | 'denied';
  /** Who did it, where that is known only afterwards: a sign-in begins without anybody. */
  actor?: Actor;
};

const actorName = (actor: Actor): string => {
  switch (actor.kind) {
    case 'user':
      return actor.name;
    case 'api_key':
      return actor.keyName;
    case 'system':
      return actor.name;
    case 'anonymous':
      return 'anonymous';
  }
};

const text = (value: string | number | null | undefined, max: number): string | null =>
  value === null || value === undefined ? null : String(value).replaceAll('\u0000', '').slice(0, max);

/** Writes one row of audit_trail in the given transaction through append_audit(), the only way there is. */
export const appendAudit = async (
  tx: Tx,
  caller: Actor,
  action: string,
  entry: AuditEntry,
): Promise<void> => {
  const actor = entry.actor ?? caller;
  const type = actor.kind === 'anonymous' ? 'system' : actor.kind;
  await tx.execute(sql`select append_audit(
    ${type}, ${actor.kind === 'anonymous' || actor.kind === 'system' ? null : actorId(actor)},
    ${text(actorName(actor), 200)}, ${entry.action ?? action}, ${entry.resourceType},
    ${text(entry.resourceId, 100)}, ${entry.before ? JSON.stringify(entry.before) : null}::jsonb,
    ${entry.after ? JSON.stringify(entry.after) : null}::jsonb, ${entry.outcome ?? 'success'},
    ${text(entry.reason, 2000)}, ${actor.ip}::inet, ${text(actor.userAgent, 500)},
    ${actor.kind === 'user' ? actor.sessionId : null}, ${actor.requestId})`);
};

/** The fields in which two records differ, for an audit entry. */
export const changes = <T extends Record<string, unknown>>(
  before: T,
  after: T,
): { before: Partial<T>; after: Partial<T> } => {
  const changed = { before: {} as Partial<T>, after: {} as Partial<T> };
  for (const name of Object.keys(after) as (keyof T)[]) {
    if (JSON.stringify(before[name]) === JSON.stringify(after[name])) continue;
    changed.before[name] = before[name];
    changed.after[name] = after[name];
  }
  return changed;
};
