'use client';

import { useTranslations } from 'next-intl';
import { ConfirmDialog } from '@/components/dialog';
import { formatAlertId } from '@/components/format';
import type { Disposition } from '@/domain/alerts/input';

type EscalateProps = { id: number | null; onClose: () => void; onConfirm: (note: string) => void };

/** Asks for the note that an escalation needs. */
export function EscalateDialog({ id, onClose, onConfirm }: EscalateProps) {
  const t = useTranslations('alerts');
  return (
    <ConfirmDialog
      opened={id !== null}
      onClose={onClose}
      title={t('escalateTitle', { id: formatAlertId(id ?? 0) })}
      consequences={[{ text: t('escalateEffect') }]}
      reason="required"
      verb={t('escalateVerb')}
      onConfirm={onConfirm}
    />
  );
}

type BulkProps = {
  count: number;
  disposition: Disposition | null;
  pending: boolean;
  onClose: () => void;
  onConfirm: () => void;
};

/** Asks before one verdict on several alerts, with what follows. */
export function BulkDialog({ count, disposition, pending, onClose, onConfirm }: BulkProps) {
  const t = useTranslations('alerts');
  const verdict = disposition ?? 'fraud';
  const verb = { fraud: 'fraud', good_alert: 'goodAlert', false_positive: 'falsePositive' } as const;
  return (
    <ConfirmDialog
      opened={disposition !== null}
      onClose={onClose}
      title={t(`bulkTitle.${verdict}`, { count })}
      consequences={[{ text: t(`bulkEffect.${verdict}`) }, { text: t('bulkSkip') }]}
      verb={t(verb[verdict])}
      pending={pending}
      onConfirm={onConfirm}
    />
  );
}
