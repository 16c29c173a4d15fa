'use client';

import { ActionIcon } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import styles from './details.module.css';
import { formatShortId } from './format';

/** `<CopyId id={row.sessionId} short />`: an id in monospace with a copy button; `short` shows 9f31…c07e, all on hover. */
export function CopyId({ id, short = false, href }: { id: string; short?: boolean; href?: string }) {
  const t = useTranslations('common');
  const clipboard = useClipboard({ timeout: 1500 });
  const text = short ? formatShortId(id) : id;
  return (
    <span className={styles.copy}>
      {href ? (
        <a href={href} className="vg-mono" title={id}>
          {text}
        </a>
      ) : (
        <span className="vg-mono" title={id}>
          {text}
        </span>
      )}
      <ActionIcon
        size={20}
        aria-label={clipboard.copied ? t('copied') : t('copyId')}
        onClick={() => clipboard.copy(id)}
      >
        {clipboard.copied ? <IconCheck size={14} stroke={2} /> : <IconCopy size={14} stroke={2} />}
      </ActionIcon>
    </span>
  );
}
