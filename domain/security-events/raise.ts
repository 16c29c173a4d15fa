import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import type { EventType, Severity } from './kinds';

export type RaisedEvent = {
  type: EventType;
  severity: Severity;
  /** For people who read the table itself. */
  description: string;
  userId?: string | null;
  ip: string | null;
  sessionId?: string | null;
  metadata?: Record<string, unknown>;
};

/** Writes a security event in the caller's transaction. The caller publishes the topic `security`. */
export const raiseEvent = async (tx: Db | Tx, event: RaisedEvent): Promise<void> => {
  await tx.execute(sql`insert into security_events
      (event_type, severity, description, user_id, ip_address, session_id, metadata)
    values (${event.type}, ${event.severity}, ${event.description}, ${event.userId ?? null}, ${event.ip}::inet,
      ${event.sessionId ?? null}, ${JSON.stringify(event.metadata ?? {})}::jsonb)`);
};
