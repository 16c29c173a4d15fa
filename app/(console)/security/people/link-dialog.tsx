'use client';

import { Button, CopyButton, Modal, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { formatTime } from '@/components/format';
import { useZone } from '@/components/time';
import styles from '../security.module.css';

export type GivenLink = { name: string; token: string; expiresAt: string };

/** The one time that a password link is shown; it closes only by its button, so that it is not lost by accident. */
export function LinkDialog({ link, onClose }: { link: GivenLink | null; onClose: () => void }) {
  const t = useTranslations('people');
  const zone = useZone();
  const address = link ? `${location.origin}/password/${link.token}` : '';
  return (
    <Modal
      opened={link !== null}
      onClose={onClose}
      title={t('linkTitle', { name: link?.name ?? '' })}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={styles.form}>
        <p>{t('linkText', { time: formatTime(link?.expiresAt, zone, 'short') })}</p>
        <div className={styles.link}>
          <TextInput
            label={t('linkLabel')}
            value={address}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={address}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy} data-autofocus>
                {copied ? t('copied') : t('copyLink')}
              </Button>
            )}
          </CopyButton>
        </div>
        <div className={styles.formFoot}>
          <Button onClick={onClose}>{t('done')}</Button>
        </div>
      </div>
    </Modal>
  );
}
