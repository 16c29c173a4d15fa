'use client';

import { Button } from '@mantine/core';
import { IconUserCheck } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { useNow } from '@/components/time';
import type { AlertRow } from '@/domain/alerts/rows';
import type { Lease } from './use-lease';

type Props = { alert: AlertRow; lease: Lease; me: string; mayDecide: boolean; onClaim: () => void };

/** `9:41` */
const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
};

/** Whose the alert is and for how long: "Yours for 9:41", "With Mira Lindqvist for 3:20", or a way to claim it again. */
export function HolderBadge({ alert, lease, me, mayDecide, onClaim }: Props) {
  const t = useTranslations('alerts');
  const now = useNow();
  const left = (until: string) => new Date(until).getTime() - now;
  const mine = lease.state === 'held' || alert.holderId === me;
  const until = lease.state === 'held' ? lease.until : alert.leaseUntil;
  if (mine && until === null)
    return (
      <Badge tone="primary" icon={IconUserCheck}>
        {t('assigned')}
      </Badge>
    );
  if (mine && until !== null && left(until) > 0)
    return (
      <Badge tone="primary" icon={IconUserCheck}>
        <span className="vg-num">{t('yours', { time: clock(left(until)) })}</span>
      </Badge>
    );
  const name = lease.state === 'refused' ? lease.name : alert.holderId === me ? null : alert.holderName;
  const theirs = lease.state === 'refused' ? lease.until : alert.leaseUntil;
  if (name && (theirs === null || left(theirs) > 0))
    return (
      <Badge icon={IconUserCheck}>
        <span className="vg-num">
          {theirs ? t('heldFor', { name, time: clock(left(theirs)) }) : t('held', { name })}
        </span>
      </Badge>
    );
  if (!mayDecide || alert.status === 'decided' || lease.state === 'claiming') return null;
  const ended = mine && until !== null;
  return (
    <Button size="xs" variant="default" onClick={onClaim}>
      {t(ended ? 'claimAgain' : 'claim')}
    </Button>
  );
}
