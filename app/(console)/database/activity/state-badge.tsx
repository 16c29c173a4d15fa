'use client';

import {
  IconAlertOctagon,
  IconHelpCircle,
  IconHourglassHigh,
  IconLock,
  IconMoon,
  IconPlayerPlay,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import type { SessionState } from '@/domain/activity/input';

const looks: Record<SessionState | 'waiting', { tone: Tone; icon: typeof IconMoon }> = {
  active: { tone: 'allowed', icon: IconPlayerPlay },
  idle: { tone: 'plain', icon: IconMoon },
  idle_in_transaction: { tone: 'review', icon: IconHourglassHigh },
  aborted: { tone: 'fraud', icon: IconAlertOctagon },
  other: { tone: 'plain', icon: IconHelpCircle },
  waiting: { tone: 'fraud', icon: IconLock },
};

/** What a session does; one that is active and waits for a lock says that instead. */
export function StateBadge({ state, waits = false }: { state: SessionState; waits?: boolean }) {
  const t = useTranslations('activity.states');
  const shown = waits ? 'waiting' : state;
  return <Badge {...looks[shown]}>{t(shown)}</Badge>;
}
