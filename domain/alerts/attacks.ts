import { type SQL, sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { type AlertRow, alertColumns, alertNames, alertRow } from './rows';

/** From so many open alerts of one merchant within the hour, they are worked as one attack. */
export const attackAlerts = 4;
const attackLimit = 3;
const rowsPerAttack = 50;

export type Attack = {
  merchantId: string;
  merchantName: string | null;
  /** Open alerts of the merchant raised in the last hour. */
  count: number;
  /** The most urgent of them, at most 50. */
  rows: AlertRow[];
};

/** Merchants with several open alerts of the last hour that match `where`, the greatest first, with their alerts. */
export const listAttacks = async (db: Db, where: readonly SQL[]): Promise<Attack[]> => {
  const conditions = sql.join([...where, sql`a.created_at > now() - interval '1 hour'`], sql` and `);
  const rows = await db.execute<Record<string, unknown>>(sql`with attacked as (
      select a.merchant_id, count(*) as alerts from fraud_alerts a where ${conditions}
      group by a.merchant_id having count(*) >= ${attackAlerts} order by 2 desc, 1 limit ${attackLimit})
    select ${alertColumns}, a.alerts from (
      select a.*, k.alerts, row_number() over (partition by a.merchant_id order by a.queue_at, a.id) as nth
      from attacked k join fraud_alerts a on a.merchant_id = k.merchant_id where ${conditions}) a
    ${alertNames} where a.nth <= ${rowsPerAttack} order by a.alerts desc, a.merchant_id, a.queue_at, a.id`);
  const attacks = new Map<string, Attack>();
  for (const row of rows) {
    const alert = alertRow(row);
    const attack = attacks.get(alert.merchantId) ?? {
      merchantId: alert.merchantId,
      merchantName: alert.merchantName,
      count: Number(row.alerts),
      rows: [],
    };
    attack.rows.push(alert);
    attacks.set(alert.merchantId, attack);
  }
  return [...attacks.values()];
};
