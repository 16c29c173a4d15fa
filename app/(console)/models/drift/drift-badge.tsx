'use client';

import { IconAlertOctagon, IconAlertTriangle, IconCircleCheck, IconHelpCircle } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import type { DriftVerdict } from '@/domain/models/drift';

const marks = {
  stable: { tone: 'ok', icon: IconCircleCheck },
  moderate: { tone: 'review', icon: IconAlertTriangle },
  significant: { tone: 'fraud', icon: IconAlertOctagon },
  too_little: { tone: 'plain', icon: IconHelpCircle },
} as const;

/** What an index says, as word, icon and colour. */
export function DriftBadge({ verdict }: { verdict: DriftVerdict }) {
  const t = useTranslations('drift');
  return <Badge {...marks[verdict]}>{t(`verdicts.${verdict}`)}</Badge>;
}
