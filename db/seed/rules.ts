import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { systemActor } from '@/domain/actor';
import { appendAudit } from '@/domain/audit';
import { defaultRules } from '@/domain/rules/defaults';
import { conditionText } from '@/domain/rules/text';

/**
 * Puts the fifteen default rules into an installation that has none, live, each with its audit row. Running it
 * again changes nothing, whatever people have made of the rules since. Returns how many were added.
 */
export async function seedRules(db: Db): Promise<number> {
  return db.transaction(async (tx) => {
    await tx.execute(sql`select pg_advisory_xact_lock(hashtext('rule:create'))`);
    const [any] = await tx.execute(sql`select 1 from fraud_rules limit 1`);
    if (any) return 0;
    const actor = systemActor('Vigil');
    for (const rule of defaultRules) {
      const conditions = JSON.stringify(rule.conditions);
      const actions = JSON.stringify(rule.actions);
      const [row] = await tx.execute<{ id: number }>(sql`
        insert into fraud_rules (rule_name, rule_type, conditions, actions, priority, is_active, created_by)
        values (${rule.name}, ${rule.type}, ${conditions}::jsonb, ${actions}::jsonb, ${rule.priority}, true, ${actor.name})
        returning id`);
      await tx.execute(sql`
        insert into rule_versions (rule_id, version, state, rule_name, rule_type, description, conditions, actions,
          priority, reason_code, created_by, state_by)
        values (${row!.id}, 1, 'live', ${rule.name}, ${rule.type}, ${rule.description}, ${conditions}::jsonb,
          ${actions}::jsonb, ${rule.priority}, ${rule.reasonCode}, ${actor.name}, ${actor.name})`);
      await appendAudit(tx, actor, 'rule:activate', {
        resourceType: 'rule',
        resourceId: row!.id,
        before: null,
        after: { version: 1, state: 'live', name: rule.name, condition: conditionText(rule.conditions) },
        reason: 'Shipped with Vigil',
      });
    }
    return defaultRules.length;
  });
}
