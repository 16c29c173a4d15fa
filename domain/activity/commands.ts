import { sql } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import type { AuditEntry } from '@/domain/audit';
import { command } from '@/domain/operation';
import { cutText, withoutSecrets } from './hide-secrets';
import { signalInput } from './input';
import type { Refusal } from './sessions';

/** Kept in the audit trail. */
const auditedLength = 500;

/**
 * `done`: the signal was sent; `ended` tells whether it was heard within two seconds.
 * `gone`: the session has ended, its query has finished or another one runs; nothing was done.
 * `refused`: this session is left alone, whoever asks.
 */
export type SignalOutcome =
  | { outcome: 'done'; ended: boolean }
  | { outcome: 'gone'; reason: 'ended' | 'finished' | 'moved_on' }
  | { outcome: 'refused'; reason: Refusal };

type Answer = SignalOutcome & { session?: Record<string, unknown> };
type Input = z.output<typeof signalInput>;

const signal = async (
  tx: Tx,
  kind: 'cancel' | 'terminate',
  input: Input,
): Promise<{ value: SignalOutcome; audit: AuditEntry }> => {
  const [row] =
    await tx.execute(sql`select signal_session(${kind}, ${input.pid}, ${input.backendStart}::text::timestamptz,
    ${input.queryStart}::text::timestamptz) as answer`);
  const { session, ...value } = row!.answer as Answer;
  const query = session?.query;
  return {
    value,
    audit: {
      resourceType: 'database_session',
      resourceId: input.pid,
      before: {
        ...session,
        ...(typeof query === 'string' ? { query: cutText(withoutSecrets(query), auditedLength) } : {}),
        backendStart: input.backendStart,
        queryStart: input.queryStart,
      },
      after: value,
      reason: input.reason,
      outcome: value.outcome === 'done' ? 'success' : value.outcome === 'gone' ? 'failure' : 'denied',
    },
  };
};

/**
 * Cancels the query of a session if it still is the one that was looked at. Its transaction fails; the session stays.
 * Whatever comes of it is on the record.
 */
export const cancelQuery = command({
  name: 'activity:cancel',
  can: 'activity:cancel',
  input: signalInput,
  topics: ['health'],
  run: ({ tx, input }) => signal(tx, 'cancel', input),
});

/** Ends a session if it still is the one that was looked at, and with it its transaction. */
export const terminateSession = command({
  name: 'activity:terminate',
  can: 'activity:terminate',
  input: signalInput,
  topics: ['health'],
  run: ({ tx, input }) => signal(tx, 'terminate', input),
});
