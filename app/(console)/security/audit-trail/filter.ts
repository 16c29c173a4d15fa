import { outcomes } from '@/domain/audit-trail/kinds';
import { daysOf, oneOf } from '../search-params';

const name = (value: string | undefined): string | undefined =>
  value && /^[a-z][a-z0-9:._-]{0,99}$/.test(value) ? value : undefined;

/** The filters in the address of the page and of its export. */
export const auditFilterOf = (params: Record<string, string | undefined>) => {
  const reviewed = oneOf(['yes', 'no'], params.reviewed);
  return {
    person: params.person?.slice(0, 100),
    action: name(params.action),
    resource: name(params.resource),
    outcome: oneOf(outcomes, params.outcome),
    reviewed: reviewed && reviewed === 'yes',
    ...daysOf(params.day),
    text: params.q?.trim().slice(0, 100) || undefined,
  };
};
