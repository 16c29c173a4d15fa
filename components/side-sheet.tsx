'use client';

import { ActionIcon } from '@mantine/core';
import { IconChevronDown, IconChevronUp, IconExternalLink, IconX } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { type ReactNode, useId } from 'react';
import { useShortcuts } from './keyboard';
import styles from './side-sheet.module.css';

type Props = {
  /** What the row is, in words. */
  title: ReactNode;
  /** Its id, in monospace. */
  id?: ReactNode;
  onClose: () => void;
  /** Page of the same thing. */
  href?: string;
  /** Actions, in the foot of 56 px. */
  actions?: ReactNode;
  children: ReactNode;
};

/**
 * Docked at the right, 448 wide; the table's j, k and arrows keep working and change what it shows. A page of
 * its own under 768 px. Start the content with a sentence.
 */
export function SideSheet({ title, id, onClose, href, actions, children }: Props) {
  const t = useTranslations();
  const label = useId();
  useShortcuts([{ keys: 'Escape', label: t('table.close'), run: onClose }]);
  const step = (key: string) => document.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  return (
    <aside className={styles.sheet} data-vg-sheet aria-labelledby={label}>
      <header className={styles.head}>
        <h2 id={label} className={styles.title}>
          {title}
        </h2>
        {id && <span className={styles.id}>{id}</span>}
        <span className={styles.buttons}>
          {href && (
            <ActionIcon component={Link} href={href} aria-label={t('table.open')}>
              <IconExternalLink size={16} stroke={1.75} />
            </ActionIcon>
          )}
          <ActionIcon aria-label={t('table.previous')} onClick={() => step('k')}>
            <IconChevronUp size={16} stroke={1.75} />
          </ActionIcon>
          <ActionIcon aria-label={t('table.next')} onClick={() => step('j')}>
            <IconChevronDown size={16} stroke={1.75} />
          </ActionIcon>
          <ActionIcon aria-label={t('common.close')} onClick={onClose}>
            <IconX size={16} stroke={1.75} />
          </ActionIcon>
        </span>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
      <div className={styles.body} tabIndex={0}>
        {children}
      </div>
      {actions && <footer className={styles.foot}>{actions}</footer>}
    </aside>
  );
}
