'use client';

import { IconCircleCheck, IconClockPause, IconLogout } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import type { SessionState as State } from '@/domain/sessions/queries';

const icons = { active: IconCircleCheck, idle: IconClockPause, expired: IconClockPause, ended: IconLogout };

export function SessionState({ state }: { state: State }) {
  const t = useTranslations('sessions.states');
  return (
    <Badge tone={state === 'active' ? 'ok' : 'plain'} icon={icons[state]}>
      {t(state)}
    </Badge>
  );
}
