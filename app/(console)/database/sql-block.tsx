'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { useClipboard } from '@mantine/hooks';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import styles from './database.module.css';
import { QueryText } from './query-text';

/** Statements to read and to copy; `plain` for what is no SQL. */
export function SqlBlock({ text, plain }: { text: string; plain?: boolean }) {
  const t = useTranslations('database');
  const clipboard = useClipboard({ timeout: 1500 });
  const word = clipboard.copied ? t('copied') : t('copySql');
  return (
    <div className={styles.block}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre className={`${styles.sql} vg-mono`} tabIndex={0}>
        {plain ? text : <QueryText text={text} />}
      </pre>
      <Tooltip label={word}>
        <ActionIcon className={styles.copy} size={24} aria-label={word} onClick={() => clipboard.copy(text)}>
          {clipboard.copied ? <IconCheck size={16} stroke={1.75} /> : <IconCopy size={16} stroke={1.75} />}
        </ActionIcon>
      </Tooltip>
    </div>
  );
}
