import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';

export type LastBackup = {
  /** The moment that the backup shows, ISO 8601. */
  at: string;
  file: string;
  bytes: number;
};

/** The newest backup that `npm run backup` made of this database; null when there has been none. Other tools' are not known here. */
export const lastBackup = async (db: Db): Promise<LastBackup | null> => {
  const [row] = await db.execute<{ detail: { madeAt: string; file: string; bytes: number } }>(
    sql`select detail from job_runs where job_name = 'backup' and status = 'ok' order by started_at desc limit 1`,
  );
  return row ? { at: row.detail.madeAt, file: row.detail.file, bytes: Number(row.detail.bytes) } : null;
};
