import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { AppError, sqlState } from '@/domain/errors';
import type { JobName } from '@/domain/jobs/catalogue';

/** Longer than this a reader of the catalog waits for nobody. */
const patienceMs = 100;

/**
 * Reads the catalog without standing in anybody's way: where a lock is not to be had at once, nothing is read.
 * @throws AppError 'timed_out' then
 */
export const readCatalog = async <T>(db: Db, read: (tx: Tx) => Promise<T>): Promise<T> => {
  try {
    return await db.transaction(
      async (tx) => {
        // Compiling a query over thousands of partitions takes longer than running it.
        await tx.execute(
          sql`select set_config('lock_timeout', ${`${patienceMs}ms`}, true), set_config('jit', 'off', true)`,
        );
        return read(tx);
      },
      { accessMode: 'read only' },
    );
  } catch (error) {
    if (sqlState(error) === '55P03') throw new AppError('timed_out', { detail: 'storage.locked' });
    throw error;
  }
};

export const iso = (value: unknown): string | null =>
  value === null || value === undefined ? null : new Date(String(value)).toISOString();

/** How a job went last, and whether somebody has paused it. */
export type LastRun = { startedAt: string; status: string; error: string | null; paused: boolean };

export const readLastRun = async (tx: Tx, job: JobName): Promise<LastRun | null> => {
  const [row] = await tx.execute(sql`select r.started_at, r.status, r.error_message,
      exists (select from job_pauses p where p.job_name = ${job}) as paused
    from job_runs r where r.job_name = ${job} order by r.started_at desc limit 1`);
  return row
    ? {
        startedAt: iso(row.started_at) as string,
        status: String(row.status),
        error: row.error_message as string | null,
        paused: row.paused === true,
      }
    : null;
};
