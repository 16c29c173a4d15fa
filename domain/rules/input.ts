import { z } from 'zod';
import { cursorInput } from '@/domain/cursor';
import { actionsSchema } from './actions';
import { conditionSchema } from './conditions';
import { reasonCodes } from './reasons';
import { decisions, ruleTypes } from './vocabulary';

export const ruleStates = [
  'draft',
  'in_review',
  'approved',
  'shadow',
  'canary',
  'live',
  'paused',
  'retired',
] as const;
export type RuleState = (typeof ruleStates)[number];

const id = z.coerce.number().int().positive().max(2_147_483_647);
const reason = z.string().trim().min(3).max(500);

/** What a person writes of a rule: shared by the form, `createRule` and `editRule`. */
const written = {
  name: z.string().trim().min(3).max(100),
  description: z.string().trim().max(500).default(''),
  type: z.enum(ruleTypes).default('other'),
  priority: z.number().int().min(1).max(999),
  conditions: conditionSchema,
  actions: actionsSchema,
};

export const createRuleInput = z.strictObject(written);
/** `basedOn` is the version that the editor was opened with; when it is no longer the newest, the edit is refused. */
export const editRuleInput = z.strictObject({
  ruleId: id,
  basedOn: z.strictObject({ versionId: id, revision: z.number().int().positive() }),
  ...written,
  reasonCode: z.enum(reasonCodes).optional(),
});

/** A step of one version; `versionId` says which the person saw. */
export const activateRuleInput = z.strictObject({
  ruleId: id,
  versionId: id,
  revision: z.number().int().positive(),
  reason,
});
export const stepRuleInput = z.strictObject({ ruleId: id, versionId: id, reason });
export const discardDraftInput = z.strictObject({ ruleId: id, versionId: id });

export const ruleSorts = ['priority', 'name', 'hits24h', 'hits7d', 'changed'] as const;
export const listRulesInput = z.strictObject({
  q: z.string().trim().max(100).optional(),
  state: z.array(z.enum(ruleStates)).max(8).optional(),
  decision: z
    .array(z.enum([...decisions, 'NONE']))
    .max(4)
    .optional(),
  type: z.array(z.enum(ruleTypes)).max(ruleTypes.length).optional(),
  draft: z.boolean().optional(),
  /** A sort key, with `-` before it for descending. */
  sort: z
    .string()
    .regex(new RegExp(`^-?(${ruleSorts.join('|')})$`))
    .default('priority'),
  cursor: cursorInput,
  limit: z.number().int().min(1).max(200).default(50),
});
export const getRuleInput = z.strictObject({ ruleId: id });
export const ruleHitsInput = z.strictObject({ ruleId: id, by: z.enum(['hour', 'day']).default('hour') });
/** A stored version, or what an editor holds; an invalid condition is refused with the path of the fault. */
export const dryRunInput = z.union([
  z.strictObject({ versionId: id }),
  z.strictObject({ conditions: conditionSchema }),
]);
