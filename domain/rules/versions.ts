import { type SQL, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { AppError } from '@/domain/errors';
import { actionsSchema } from './actions';
import { conditionSchema } from './conditions';
import type { RuleState } from './input';
import type { RuleVersionRow } from './version-facts';

type Stored = Record<'id' | 'rule_id' | 'version' | 'revision' | 'priority', number> &
  Record<'state' | 'rule_name' | 'rule_type' | 'reason_code' | 'created_by', string> &
  Record<'created_at' | 'updated_at' | 'state_at', string | Date> &
  Record<'description' | 'state_by' | 'state_note' | 'created_by_name' | 'state_by_name', string | null> & {
    conditions: unknown;
    actions: unknown;
  };

/** Text of PostgreSQL or Date → ISO 8601. */
export const iso = (value: string | Date): string => new Date(value).toISOString();

const fromStored = (row: Stored): RuleVersionRow => ({
  versionId: row.id,
  ruleId: row.rule_id,
  version: row.version,
  revision: row.revision,
  state: row.state as RuleState,
  name: row.rule_name,
  type: row.rule_type,
  description: row.description ?? '',
  priority: row.priority,
  conditions: conditionSchema.parse(row.conditions),
  actions: actionsSchema.parse(row.actions),
  reasonCode: row.reason_code,
  createdBy: row.created_by,
  createdByName: row.created_by_name ?? row.created_by,
  createdAt: iso(row.created_at),
  updatedAt: iso(row.updated_at),
  stateBy: row.state_by,
  stateByName: row.state_by_name ?? row.state_by,
  stateAt: iso(row.state_at),
  stateNote: row.state_note,
});

/** The versions that meet `where` (columns of `v`), newest first, at most `limit`. */
export async function readVersions(db: Db | Tx, where: SQL, limit = 100): Promise<RuleVersionRow[]> {
  const rows = await db.execute<Stored>(sql`
    select v.id, v.rule_id, v.version, v.revision, v.state, v.rule_name, v.rule_type, v.description, v.priority,
      v.conditions, v.actions, v.reason_code, v.created_by, v.created_at, v.updated_at, v.state_by, v.state_at,
      v.state_note, author.name as created_by_name, mover.name as state_by_name
    from rule_versions v
    left join console_users author on author.id::text = v.created_by
    left join console_users mover on mover.id::text = v.state_by
    where ${where} order by v.version desc limit ${limit}`);
  return rows.map(fromStored);
}

/**
 * The versions of one rule, with the rule locked until the transaction ends, so that two people's steps happen
 * one after the other. Throws not_found.
 */
export async function lockRule(tx: Tx, ruleId: number): Promise<RuleVersionRow[]> {
  const [rule] = await tx.execute(sql`select id from fraud_rules where id = ${ruleId} for update`);
  if (!rule) throw new AppError('not_found', { field: 'ruleId' });
  return readVersions(tx, sql`v.rule_id = ${ruleId}`, 1000);
}

/**
 * Writes what the live (else the paused, else the draft, else the last) version says into `fraud_rules`. Among
 * retired ones the name that stands there already wins: another may have been given away since.
 */
export async function mirrorRule(tx: Tx, ruleId: number): Promise<void> {
  await tx.execute(sql`
    update fraud_rules r set rule_name = v.rule_name, rule_type = v.rule_type, conditions = v.conditions,
      actions = v.actions, priority = v.priority, is_active = (v.state = 'live'), updated_at = now()
    from (select v.* from rule_versions v join fraud_rules r on r.id = v.rule_id where v.rule_id = ${ruleId}
      order by v.state = 'live' desc, v.state = 'paused' desc, v.state = 'draft' desc, v.rule_name = r.rule_name desc,
        v.version desc limit 1) v
    where r.id = ${ruleId}`);
}
