import type { RuleActions } from './actions';
import type { Condition } from './conditions';
import type { RuleState } from './input';
import { conditionText } from './text';

/** One version of a rule as pages and commands see it; times are ISO 8601, people are given by name where known. */
export type RuleVersionRow = {
  versionId: number;
  ruleId: number;
  version: number;
  revision: number;
  state: RuleState;
  name: string;
  type: string;
  description: string;
  priority: number;
  conditions: Condition;
  actions: RuleActions;
  reasonCode: string;
  createdBy: string;
  createdByName: string;
  createdAt: string;
  updatedAt: string;
  stateBy: string | null;
  stateByName: string | null;
  stateAt: string;
  stateNote: string | null;
};

/** What a version says, flat and readable: for the audit trail and for comparing two versions. */
export function versionFacts(version: RuleVersionRow): Record<string, unknown> {
  const { decision, points, tags, alert } = version.actions;
  return {
    name: version.name,
    description: version.description || null,
    type: version.type,
    priority: version.priority,
    condition: conditionText(version.conditions),
    decision: decision ?? null,
    points: points ?? null,
    tags: tags?.join(', ') || null,
    alert: alert?.severity ?? null,
    explainedAs: version.reasonCode,
  };
}

/** The version that an edit starts from: the draft if there is one, else what is live, else paused, else the newest. */
export const headOf = (versions: readonly RuleVersionRow[]): RuleVersionRow => {
  const inState = (state: RuleState) => versions.find((v) => v.state === state);
  return inState('draft') ?? inState('live') ?? inState('paused') ?? versions[0]!;
};
