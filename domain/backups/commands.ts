import { sql } from 'drizzle-orm';
import { command } from '@/domain/operation';
import { endAllSessions } from '@/domain/sessions/commands';
import { recordBackupInput, recordRestoreInput } from './input';

/** Puts a finished backup on the record, and its moment where lastBackup() finds it. The command line's alone. */
export const recordBackup = command({
  name: 'backup:make',
  can: 'backup:make',
  input: recordBackupInput,
  topics: ['jobs'],
  run: async ({ tx, input }) => {
    const { id, startedAt, ...what } = input;
    await tx.execute(sql`select record_job_run('backup', ${startedAt}::timestamptz, 'ok', ${input.rows}::bigint, null,
      ${JSON.stringify({ id, file: input.file, bytes: input.bytes, madeAt: input.madeAt })}::text::jsonb)`);
    return { value: null, audit: { resourceType: 'backup', resourceId: id, after: what } };
  },
});

/**
 * Puts a restore on the record of the restored database, and ends every session in it: some were ended since the
 * backup and must not live again. The command line's alone.
 */
export const recordRestore = command({
  name: 'backup:restore',
  can: 'backup:restore',
  input: recordRestoreInput,
  topics: ['sessions'],
  run: async ({ tx, actor, input }) => {
    const { id, ...what } = input;
    const { ended } = await endAllSessions.inside(tx, actor, { reason: 'Restored from a backup' });
    return {
      value: { sessions: ended },
      audit: { resourceType: 'backup', resourceId: id, after: { ...what, sessionsEnded: ended } },
    };
  },
});
