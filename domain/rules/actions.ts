import { z } from 'zod';

export const decisions = ['ALLOW', 'REVIEW', 'BLOCK'] as const;
export const alertSeverities = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] as const;

const code = (message: string) => ({ error: message });

/**
 * What a rule does when it fires. `decision` is the least that happens (ALLOW wins over all but block lists),
 * `points` are added to the score (−1 … 1, score units), `tags` mark the payment, `alert` opens an alert.
 * `reason` names the sentence that explains it (`reasons.ts`).
 */
export const actionsSchema = z
  .strictObject({
    decision: z.enum(decisions, code('invalid')).optional(),
    points: z.number(code('notFinite')).min(-1, code('pointsRange')).max(1, code('pointsRange')).optional(),
    tags: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,29}$/, code('badTag')))
      .max(5, code('tooManyTags'))
      .optional(),
    alert: z.strictObject({ severity: z.enum(alertSeverities, code('invalid')) }).optional(),
    reason: z
      .string()
      .max(50)
      .regex(/^[a-zA-Z]+$/, code('invalid'))
      .default('rule'),
  })
  .refine((a) => a.decision || a.points || a.alert || (a.tags && a.tags.length > 0), code('noAction'));

export type RuleActions = z.infer<typeof actionsSchema>;
export type RuleDecision = (typeof decisions)[number];
export type AlertSeverity = (typeof alertSeverities)[number];
