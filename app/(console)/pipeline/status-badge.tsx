'use client';

import {
  IconArchiveOff,
  IconCircleCheck,
  IconHourglass,
  IconLoader,
  IconMailOff,
  IconRefreshAlert,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, type Tone } from '@/components/badge';
import type { StreamStatus } from '@/domain/stream/queries';

const badges: Record<StreamStatus, { tone: Tone; icon: typeof IconLoader }> = {
  PENDING: { tone: 'plain', icon: IconHourglass },
  PROCESSING: { tone: 'primary', icon: IconLoader },
  FAILED: { tone: 'review', icon: IconRefreshAlert },
  DONE: { tone: 'ok', icon: IconCircleCheck },
  DEAD: { tone: 'fraud', icon: IconMailOff },
  DISCARDED: { tone: 'plain', icon: IconArchiveOff },
};

/** `<StatusBadge status="DEAD" />` for the states of a queued payment. */
export function StatusBadge({ status }: { status: StreamStatus }) {
  const t = useTranslations('pipeline.statuses');
  return <Badge {...badges[status]}>{t(status)}</Badge>;
}
