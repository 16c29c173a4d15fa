import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { AppError } from '@/domain/errors';

export type Month = {
  name: string;
  archived: boolean;
  held: boolean;
  /** One of the last three: payments may still come for it. */
  young: boolean;
};

/** A month of payments, wherever it is. @throws AppError 'not_found' (`month.not_there`) */
export const findMonth = async (db: Db | Tx, month: string): Promise<Month> => {
  const [row] = await db.execute(sql`select name, archived, held,
      to_at > date_trunc('month', now(), 'UTC') - interval '2 months' as young
    from v_partitions where parent in ('transactions', 'transactions_archive') and level = 1
      and from_at = ${`${month}-01T00:00:00Z`}::timestamptz`);
  if (!row) throw new AppError('not_found', { detail: 'month.not_there', field: 'month', values: { month } });
  return {
    name: String(row.name),
    archived: row.archived === true,
    held: row.held === true,
    young: row.young === true,
  };
};
