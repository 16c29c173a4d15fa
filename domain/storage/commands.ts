import { sql } from 'drizzle-orm';
import { actorId } from '@/domain/actor';
import { AppError } from '@/domain/errors';
import { holdMonthInput, releaseMonthInput } from '@/domain/maintenance/input';
import { findMonth } from '@/domain/maintenance/months';
import { command } from '@/domain/operation';

const topics = ['storage'] as const;

/**
 * Keeps a month of payments out of the archive, until `until` or until released. A hold that is there is changed.
 * @throws AppError 'not_found' (`month.not_there`), 'conflict' (`month.archived`)
 */
export const holdMonth = command({
  name: 'partition:hold',
  can: 'partition:hold',
  input: holdMonthInput,
  topics,
  run: async ({ tx, actor, input: { month, reason, until } }) => {
    const first = `${month}-01`;
    const [before] = await tx.execute(
      sql`select reason, until::text from partition_holds where month = ${first}::date`,
    );
    // Waits for an archive run that is at work, and is then told of what it did.
    await tx.execute(sql`insert into partition_holds (month, reason, held_by, until)
      values (${first}::date, ${reason}, ${actorId(actor)}, ${until}::timestamptz)
      on conflict (month) do update set reason = excluded.reason, held_by = excluded.held_by, until = excluded.until`);
    if ((await findMonth(tx, month)).archived)
      throw new AppError('conflict', { detail: 'month.archived', field: 'month', values: { month } });
    return {
      value: { month },
      audit: {
        resourceType: 'partition',
        resourceId: month,
        before: before ? { reason: before.reason, until: before.until } : null,
        after: { reason, until },
        reason,
      },
    };
  },
});

/** Lets the archive have a month again. @throws AppError 'not_found' (`month.not_held`) */
export const releaseMonth = command({
  name: 'partition:release',
  can: 'partition:release',
  input: releaseMonthInput,
  topics,
  run: async ({ tx, input: { month, reason } }) => {
    const [row] = await tx.execute(
      sql`delete from partition_holds where month = ${`${month}-01`}::date returning reason, held_by, until::text`,
    );
    if (!row)
      throw new AppError('not_found', { detail: 'month.not_held', field: 'month', values: { month } });
    return {
      value: { month },
      audit: {
        resourceType: 'partition',
        resourceId: month,
        before: { reason: row.reason, heldBy: row.held_by, until: row.until },
        after: null,
        reason,
      },
    };
  },
});
