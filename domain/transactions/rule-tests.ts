import { type Condition, conditionSchema, type LeafCondition } from '@/domain/rules/conditions';
import { compileCondition } from '@/domain/rules/evaluate';
import type { RuleValue } from '@/domain/rules/fields';

/** One test of a rule that held: the field, what it was, and the test itself with its limit. */
export type RuleTest = {
  leaf: LeafCondition;
  seen: RuleValue;
  /** The field it was compared with, where the limit is another field. */
  other: RuleValue;
};

const leaves = (condition: Condition): LeafCondition[] => {
  if (condition.op === 'all' || condition.op === 'any') return condition.conditions.flatMap(leaves);
  // What held inside `not` is what did not make the rule fire.
  if (condition.op === 'not') return [];
  return [condition];
};

/**
 * The tests of a rule that made it fire, in the order they are written, with the values the rule saw.
 * Conditions that no longer parse give none.
 */
export const ruleTests = (conditions: unknown, seen: Readonly<Record<string, RuleValue>>): RuleTest[] => {
  const parsed = conditionSchema.safeParse(conditions);
  if (!parsed.success) return [];
  return leaves(parsed.data)
    .filter((leaf) => compileCondition(leaf)(seen))
    .map((leaf) => ({
      leaf,
      seen: seen[leaf.field] ?? null,
      other: 'than' in leaf && leaf.than ? (seen[leaf.than.field] ?? null) : null,
    }));
};
