'use client';

import { useTranslations } from 'next-intl';
import { ShownOnce } from '../shown-once';

export type MadeKey = { name: string; key: string };

/** The one time that a key is shown. */
export function MadeKeyDialog({ made, onClose }: { made: MadeKey | null; onClose: () => void }) {
  const t = useTranslations('apiKeys');
  return (
    <ShownOnce
      opened={made !== null}
      title={t('madeTitle', { name: made?.name ?? '' })}
      text={t('madeText')}
      label={t('key')}
      value={made?.key ?? ''}
      words={{ copy: t('copyKey'), copied: t('copied'), done: t('done') }}
      onClose={onClose}
    />
  );
}
