import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { plannedRange } from '@/domain/planned-range';
import { iso } from '@/domain/transactions/rows';

/** One act on an alert, as the audit trail has it. */
export type AlertHistory = {
  at: string;
  action: string;
  actorName: string;
  note: string | null;
  disposition: string | null;
};

/** Who did what to the alert since it was raised, the newest first, at most 50. Renewals of a lease are left out: they say nothing new. */
export const alertHistory = async (db: Db, id: number, since: string): Promise<AlertHistory[]> => {
  const rows = await db.execute<
    Record<string, string | null>
  >(sql`select timestamp, action, actor_name, reason,
      new_values ->> 'disposition' as disposition
    from audit_trail where resource_type = 'alert' and resource_id = ${String(id)} and outcome = 'success'
      and ${plannedRange(sql`timestamp`, Date.parse(since), Date.now())}
      and (action not in ('alert:claim', 'alert:release')
        or old_values ->> 'assigneeId' is distinct from new_values ->> 'assigneeId')
    order by timestamp desc, id desc limit 50`);
  return rows.map((row) => ({
    at: iso(row.timestamp) ?? '',
    action: String(row.action),
    actorName: String(row.actor_name),
    note: row.reason ?? null,
    disposition: row.disposition ?? null,
  }));
};
