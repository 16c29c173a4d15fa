'use client';

import { IconBan, IconCircleCheck, IconMail } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import type { PersonRow } from '@/domain/people/queries';

export function PersonState({ person }: { person: PersonRow }) {
  const t = useTranslations('people.states');
  if (!person.isActive) return <Badge icon={IconBan}>{t('disabled')}</Badge>;
  if (!person.hasPassword)
    return (
      <Badge tone="allowed" icon={IconMail}>
        {t('invited')}
      </Badge>
    );
  return (
    <Badge tone="ok" icon={IconCircleCheck}>
      {t('active')}
    </Badge>
  );
}
