import type { z } from 'zod';
import { type listRulesInput, ruleSorts, ruleStates } from '@/domain/rules/input';
import { decisions, ruleTypes } from '@/domain/rules/vocabulary';

export type ListRulesParams = z.input<typeof listRulesInput>;

const known = <T extends string>(text: string | undefined, allowed: readonly T[]): T[] | undefined => {
  const values = (text ?? '').split(',').filter((value): value is T => allowed.includes(value as T));
  return values.length > 0 ? values : undefined;
};

/** The list's filters from the URL; what is not known there is left out rather than refused. */
export function listRulesParams(params: Record<string, string | string[] | undefined>): ListRulesParams {
  const one = (key: string) => (Array.isArray(params[key]) ? params[key][0] : params[key]);
  const sort = one('sort');
  return {
    q: one('q')?.slice(0, 100) || undefined,
    state: known(one('state'), ruleStates),
    decision: known(one('decision'), [...decisions, 'NONE'] as const),
    type: known(one('type'), ruleTypes),
    draft: one('draft') === 'yes' ? true : undefined,
    sort: sort && ruleSorts.some((key) => sort.replace(/^-/, '') === key) ? sort : undefined,
    cursor: one('cursor') || undefined,
  };
}
