'use client';

import { Button, CopyButton, Modal, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import styles from '../security.module.css';

export type MadeKey = { name: string; key: string };

/** The one time that a key is shown; it closes only by its button, so that it is not lost by accident. */
export function MadeKeyDialog({ made, onClose }: { made: MadeKey | null; onClose: () => void }) {
  const t = useTranslations('apiKeys');
  return (
    <Modal
      opened={made !== null}
      onClose={onClose}
      title={t('madeTitle', { name: made?.name ?? '' })}
      withCloseButton={false}
      closeOnClickOutside={false}
      closeOnEscape={false}
    >
      <div className={styles.form}>
        <p>{t('madeText')}</p>
        <div className={styles.link}>
          <TextInput
            label={t('key')}
            value={made?.key ?? ''}
            readOnly
            onFocus={(event) => event.currentTarget.select()}
          />
          <CopyButton value={made?.key ?? ''}>
            {({ copied, copy }) => (
              <Button variant="default" onClick={copy} data-autofocus>
                {copied ? t('copied') : t('copyKey')}
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
