import { z } from 'zod';

const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const file = z.string().min(1).max(1000);

export const recordBackupInput = z.strictObject({
  id: z.uuid(),
  file,
  bytes: count,
  rows: count,
  tables: count,
  /** When it was begun, and the moment that it shows. */
  startedAt: z.iso.datetime({ offset: true }),
  madeAt: z.iso.datetime({ offset: true }),
  withSecrets: z.boolean(),
});

export const recordRestoreInput = z.strictObject({
  id: z.uuid(),
  file,
  rows: count,
  /** The moment that the backup shows. */
  madeAt: z.iso.datetime({ offset: true }),
  /** Ordered migrations that were run after it. */
  migrated: count,
});
