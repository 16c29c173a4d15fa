import { sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { shippedModel } from './shipped';

/** Which model scores payments now; without one in the registry it is the one that comes with the product. */
export async function namedChampion(db: Db | Tx): Promise<{ name: string; version: string }> {
  const [row] = await db.execute<{ name: string; version: string }>(
    sql`select model_name as name, model_version as version from models where is_champion`,
  );
  const { name, version } = row ?? shippedModel;
  return { name, version };
}
