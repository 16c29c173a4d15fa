import { sql } from 'drizzle-orm';
import { command } from '@/domain/operation';
import { dropSlotInput } from './input';

export type SlotRefusal = 'active' | 'other_database' | 'not_granted';

/**
 * `gone`: it was dropped already, or has moved on since it was looked at; nothing was done.
 * `refused`: somebody reads it, it is another database's, or this server keeps that right to itself.
 */
export type DropOutcome =
  | { outcome: 'done' }
  | { outcome: 'gone'; reason: 'dropped' | 'moved_on' }
  | { outcome: 'refused'; reason: SlotRefusal };

type Answer = DropOutcome & { slot?: Record<string, unknown> };

/**
 * Drops a slot that nobody reads, if it still stands where it stood when it was looked at: its reader cannot go on
 * afterwards. Whatever comes of it is on the record.
 */
export const dropSlot = command({
  name: 'slot:drop',
  can: 'slot:drop',
  input: dropSlotInput,
  topics: ['health'],
  run: async ({ tx, input }) => {
    const [row] =
      await tx.execute(sql`select drop_unread_slot(${input.slot}, ${input.restartLsn}::text::pg_lsn,
      ${input.confirmedLsn}::text::pg_lsn) as answer`);
    const { slot, ...value } = row!.answer as Answer;
    return {
      value,
      audit: {
        resourceType: 'replication_slot',
        resourceId: input.slot,
        before: { ...slot, seen: { restartLsn: input.restartLsn, confirmedLsn: input.confirmedLsn } },
        after: value,
        reason: input.reason,
        outcome: value.outcome === 'done' ? 'success' : value.outcome === 'gone' ? 'failure' : 'denied',
      },
    };
  },
});
