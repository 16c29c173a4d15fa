import type { RuleActions } from './actions';
import type { Condition } from './conditions';
import { compileCondition, compileTrace } from './evaluate';
import type { RuleRow, RuleValue } from './fields';
import { reasonOf } from './reasons';

/** A version of a rule as stored; ids are those of `rule_versions` and its rule. */
export type RuleVersion = {
  ruleId: number;
  versionId: number;
  name: string;
  priority: number;
  conditions: Condition;
  actions: RuleActions;
  /** The sentence that explains a hit (`reasons.ts`). */
  reasonCode: string;
};

/** A rule that fired: what it does, the values of every field it looked at, and why in code + values. */
export type RuleHit = {
  ruleId: number;
  versionId: number;
  name: string;
  priority: number;
  actions: RuleActions;
  seen: Record<string, RuleValue>;
  reasonCode: string;
  values: Record<string, RuleValue>;
};

/**
 * Compiles rule versions once; the result runs all of them over a row (`ruleRow`) and returns the hits, lower
 * priority first, then lower rule id. It is total: a row can lack any field. Throws on an invalid condition.
 */
export function compileRules(versions: readonly RuleVersion[]): (row: RuleRow) => RuleHit[] {
  const compiled = [...versions]
    .sort((a, b) => a.priority - b.priority || a.ruleId - b.ruleId)
    .map((version) => ({
      version,
      test: compileCondition(version.conditions),
      trace: compileTrace(version.conditions),
    }));
  return (row) => {
    const hits: RuleHit[] = [];
    for (const { version, test, trace } of compiled) {
      if (!test(row)) continue;
      const { ruleId, versionId, name, priority, actions } = version;
      const seen = trace(row);
      const { code, values } = reasonOf(version.reasonCode, name, row, seen);
      hits.push({ ruleId, versionId, name, priority, actions, seen, reasonCode: code, values });
    }
    return hits;
  };
}
