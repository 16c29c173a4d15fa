'use client';

import {
  IconAlertOctagon,
  IconArrowBackUp,
  IconArrowUpCircle,
  IconCircleCheck,
  IconFlagOff,
} from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ActionBar, type BarAction } from '@/components/action-bar';
import type { Disposition } from '@/domain/alerts/input';

type Props = {
  /** Nothing to decide: no alert, decided, or somebody else's. */
  disabled: boolean;
  busy: boolean;
  onVerdict: (disposition: Disposition) => void;
  onEscalate: () => void;
  onUndo: () => void;
  /** Where in the queue. */
  end?: ReactNode;
};

/** F, G, P of equal weight, then E; at the right U and the place in the queue. */
export function VerdictBar({ disabled, busy, onVerdict, onEscalate, onUndo, end }: Props) {
  const t = useTranslations('alerts');
  const verdict = (
    label: string,
    keys: string,
    tone: BarAction['tone'],
    icon: ReactNode,
    disposition: Disposition,
  ): BarAction => ({
    label,
    keys,
    tone,
    icon,
    disabled: disabled || busy,
    run: () => onVerdict(disposition),
  });
  return (
    <ActionBar
      group={t('verdicts')}
      actions={[
        [
          verdict(t('fraud'), 'f', 'fraud', <IconAlertOctagon size={16} stroke={1.75} />, 'fraud'),
          verdict(t('goodAlert'), 'g', 'ok', <IconCircleCheck size={16} stroke={1.75} />, 'good_alert'),
          verdict(
            t('falsePositive'),
            'p',
            'plain',
            <IconFlagOff size={16} stroke={1.75} />,
            'false_positive',
          ),
        ],
        [
          {
            label: t('escalate'),
            keys: 'e',
            tone: 'review',
            icon: <IconArrowUpCircle size={16} stroke={1.75} />,
            disabled: disabled || busy,
            run: onEscalate,
          },
        ],
        [
          {
            label: t('undo'),
            keys: 'u',
            quiet: true,
            icon: <IconArrowBackUp size={16} stroke={1.75} />,
            disabled: busy,
            run: onUndo,
          },
        ],
      ]}
      end={end}
    />
  );
}
