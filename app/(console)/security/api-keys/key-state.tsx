'use client';

import { IconBan, IconCircleCheck, IconClockOff } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import type { ApiKeyRow } from '@/domain/api-keys/queries';

export function KeyState({ apiKey }: { apiKey: ApiKeyRow }) {
  const t = useTranslations('apiKeys.states');
  if (apiKey.state === 'revoked') return <Badge icon={IconBan}>{t('revoked')}</Badge>;
  if (apiKey.state === 'expired') return <Badge icon={IconClockOff}>{t('expired')}</Badge>;
  return (
    <Badge tone="ok" icon={IconCircleCheck}>
      {t('active')}
    </Badge>
  );
}
