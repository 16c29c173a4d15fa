import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { AppError, sqlState } from '@/domain/errors';

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
