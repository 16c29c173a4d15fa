'use client';

import { IconBan, IconCheck, IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { changedFields } from '@/components/diff';
import { formatAlertId, formatRuleId } from '@/components/format';
import type { Outcome } from '@/domain/audit-trail/kinds';
import type { AuditRow } from '@/domain/audit-trail/queries';

const icons = { success: IconCheck, failure: IconX, denied: IconBan };
const tones = { success: 'plain', failure: 'review', denied: 'fraud' } as const;

export function OutcomeWord({ outcome }: { outcome: Outcome }) {
  const t = useTranslations('audit.outcomes');
  return (
    <Badge tone={tones[outcome]} icon={icons[outcome]}>
      {t(outcome)}
    </Badge>
  );
}

/** Who it was: people and keys by name, the product itself as Vigil. */
export function useActorWords(): (row: AuditRow) => string {
  const t = useTranslations('audit.actors');
  return (row) => {
    if (row.actorType !== 'system') return row.actorName;
    return row.actorName === 'anonymous' ? t('anonymous') : `${t('system')} (${row.actorName})`;
  };
}

/** What it was done to, as people name it; '' when that is nobody and nothing in particular. */
export function useResourceWords(): (row: AuditRow) => string {
  const t = useTranslations('audit.resources');
  return (row) => {
    const id = row.resourceId;
    if (row.resourceName) return row.resourceName;
    if (row.resourceType === 'alert' && id && /^\d+$/.test(id)) return formatAlertId(id);
    if (row.resourceType === 'rule' && id && /^\d+$/.test(id)) return formatRuleId(id);
    if (id && ['security_event', 'session', 'audit'].includes(row.resourceType))
      return id === 'all' ? '' : `#${id}`;
    if (id && id !== row.action) return id;
    return t.has(row.resourceType) ? t(row.resourceType) : row.resourceType;
  };
}

/** The page of the thing, where it has one. */
export const resourceHref = ({ resourceType, resourceId }: AuditRow): string | null => {
  if (!resourceId) return null;
  const id = encodeURIComponent(resourceId);
  const pages: Record<string, string> = {
    alert: `/alerts/${id}`,
    rule: `/rules/${id}`,
    transaction: `/transactions/${id}`,
    person: `/security/people?open=${id}`,
    session: `/security/sessions?open=${id}`,
    security_event: `/security/events?open=${id}`,
    api_key: `/security/api-keys?open=${id}`,
    setting: '/settings',
    model: `/models?open=${encodeURIComponent(resourceId.replace(/ (?=[^ ]*$)/, '~'))}`,
    experiment: `/models/experiments?open=${id}`,
  };
  return resourceId === 'all' ? null : (pages[resourceType] ?? null);
};

const short = (value: unknown): string => {
  const text =
    value === null || value === undefined ? '–' : typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
};

/** The first changed field: "0.88 to 0.85, 2 more". */
export function useChangeWords(): (row: AuditRow) => string {
  const t = useTranslations('audit');
  return ({ before, after }) => {
    const fields = changedFields(before, after);
    const name = fields[0];
    if (name === undefined) return t('noChange');
    const first =
      before?.[name] === undefined
        ? short(after?.[name])
        : t('fromTo', { before: short(before[name]), after: short(after?.[name]) });
    return fields.length > 1 ? t('andMore', { first, count: fields.length - 1 }) : first;
  };
}
