import type { RuleActions } from '@/domain/rules/actions';
import type { Condition, ConditionError } from '@/domain/rules/conditions';
import { parseCondition } from '@/domain/rules/conditions';
import type { RuleVersionRow } from '@/domain/rules/version-facts';
import type { RuleType } from '@/domain/rules/vocabulary';
import {
  type BuilderGroup,
  countingIds,
  emptyOperand,
  errorsById,
  fromBuilder,
  toBuilder,
} from './builder-query';

/** Everything that the form holds, as typed. */
export type FormState = {
  name: string;
  description: string;
  type: RuleType;
  priority: string;
  decision: 'NONE' | 'ALLOW' | 'REVIEW' | 'BLOCK';
  points: string;
  tags: string[];
  alert: 'none' | 'info' | 'warning' | 'critical';
  query: BuilderGroup;
};

const freshQuery = (): BuilderGroup => ({
  id: 'c0',
  combinator: 'and',
  not: false,
  rules: [{ id: 'c1', field: 'payment.amount', operator: 'gte', value: emptyOperand }],
});

/** The form for a new rule, or as a version has it. */
export function formOf(rule?: RuleVersionRow): FormState {
  if (!rule)
    return {
      ...{ name: '', description: '', type: 'other', priority: '100', decision: 'REVIEW', points: '' },
      ...{ tags: [], alert: 'none', query: freshQuery() },
    };
  const { actions } = rule;
  return {
    name: rule.name,
    description: rule.description,
    type: rule.type as RuleType,
    priority: String(rule.priority),
    decision: actions.decision ?? 'NONE',
    points: actions.points === undefined ? '' : String(actions.points),
    tags: actions.tags ?? [],
    alert: actions.alert?.severity ?? 'none',
    query: toBuilder(rule.conditions, countingIds()),
  };
}

const numberOf = (text: string): number => {
  const trimmed = text.trim().replace('−', '-');
  return /^[-+]?\d+(\.\d+)?$/.test(trimmed) ? Number(trimmed) : Number.NaN;
};

/** What the form says a rule does; points that are no number become NaN, which the server and `faults` refuse. */
export function actionsOf(form: FormState): RuleActions {
  return {
    ...(form.decision !== 'NONE' && { decision: form.decision }),
    ...(form.points.trim() !== '' && { points: numberOf(form.points) }),
    ...(form.tags.length > 0 && { tags: form.tags }),
    ...(form.alert !== 'none' && { alert: { severity: form.alert } }),
  };
}

export type Faults = {
  /** By field of the form: the rule that is broken (`errors.field.<rule>`). */
  fields: Partial<Record<'name' | 'priority' | 'points' | 'tags' | 'actions', string>>;
  /** By id in the builder. */
  rows: Map<string, { part: string; code: string }>;
};

export type Checked = { condition: Condition | null; faults: Faults; ok: boolean };

/** Checks the form as the server will, so that every fault stands at its field before anything is sent. */
export function check(form: FormState): Checked {
  const { raw, ids } = fromBuilder(form.query);
  const parsed = parseCondition(raw);
  const fields: Faults['fields'] = {};
  if (form.name.trim().length < 3) fields.name = form.name.trim() === '' ? 'required' : 'name_short';
  const priority = numberOf(form.priority);
  if (!Number.isInteger(priority) || priority < 1 || priority > 999) fields.priority = 'priority_range';
  const { decision, points, tags, alert } = actionsOf(form);
  if (points !== undefined && !(Math.abs(points) <= 1)) fields.points = 'points_range';
  if (form.tags.length > 5) fields.tags = 'too_many_tags';
  else if (form.tags.some((tag) => !/^[a-z0-9][a-z0-9-]{0,29}$/.test(tag))) fields.tags = 'bad_tag';
  if (!decision && !points && !alert && !tags && !fields.points) fields.actions = 'no_action';
  const errors: ConditionError[] = parsed.ok ? [] : parsed.errors;
  return {
    condition: parsed.ok ? parsed.condition : null,
    faults: { fields, rows: errorsById(errors, ids) },
    ok: parsed.ok && Object.keys(fields).length === 0,
  };
}

/** What is sent to createRule and editRule. Call it for a form that `check` has passed. */
export function writtenOf(form: FormState) {
  return {
    name: form.name.trim(),
    description: form.description.trim(),
    type: form.type,
    priority: numberOf(form.priority),
    conditions: fromBuilder(form.query).raw,
    actions: actionsOf(form),
  };
}
