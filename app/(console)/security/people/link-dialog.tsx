'use client';

import { useTranslations } from 'next-intl';
import { formatTime } from '@/components/format';
import { useZone } from '@/components/time';
import { ShownOnce } from '../shown-once';

export type GivenLink = { name: string; token: string; expiresAt: string };

/** The one time that a password link is shown. */
export function LinkDialog({ link, onClose }: { link: GivenLink | null; onClose: () => void }) {
  const t = useTranslations('people');
  const zone = useZone();
  return (
    <ShownOnce
      opened={link !== null}
      title={t('linkTitle', { name: link?.name ?? '' })}
      text={t('linkText', { time: formatTime(link?.expiresAt, zone, 'short') })}
      label={t('linkLabel')}
      value={link ? `${location.origin}/password/${link.token}` : ''}
      words={{ copy: t('copyLink'), copied: t('copied'), done: t('done') }}
      onClose={onClose}
    />
  );
}
