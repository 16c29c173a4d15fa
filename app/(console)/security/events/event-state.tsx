'use client';

import { IconCircle, IconCircleCheck, IconUserCheck } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import type { SecurityEventRow } from '@/domain/security-events/queries';

export function EventState({ event, self }: { event: SecurityEventRow; self: string }) {
  const t = useTranslations('securityEvents.states');
  if (event.resolved)
    return (
      <Badge tone="ok" icon={IconCircleCheck}>
        {t('resolved')}
      </Badge>
    );
  if (!event.assigneeId) return <Badge icon={IconCircle}>{t('open')}</Badge>;
  return (
    <Badge tone="primary" icon={IconUserCheck}>
      {event.assigneeId === self ? t('mine') : t('taken')}
    </Badge>
  );
}
