import { z } from 'zod';
import { alertSeverities, decisions } from './vocabulary';

const code = (message: string) => ({ error: message });

/**
 * What a rule does when it fires. `decision` is the least that happens (ALLOW wins over all but block lists),
 * `points` are added to the score (−1 … 1, score units), `tags` mark the payment, `alert` opens an alert.
 */
export const actionsSchema = z
  .strictObject({
    decision: z.enum(decisions, code('invalid')).optional(),
    points: z
      .number(code('not_finite'))
      .min(-1, code('points_range'))
      .max(1, code('points_range'))
      .optional(),
    tags: z
      .array(z.string().regex(/^[a-z0-9][a-z0-9-]{0,29}$/, code('bad_tag')))
      .max(5, code('too_many_tags'))
      .optional(),
    alert: z.strictObject({ severity: z.enum(alertSeverities, code('invalid')) }).optional(),
  })
  .refine((a) => a.decision || a.points || a.alert || (a.tags && a.tags.length > 0), code('no_action'));

export type RuleActions = z.infer<typeof actionsSchema>;
