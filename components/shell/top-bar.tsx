'use client';

import { ActionIcon, Menu, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { spotlight } from '@mantine/spotlight';
import { IconLogout, IconMoon, IconSearch, IconSun, IconUserCircle } from '@tabler/icons-react';
import Link from 'next/link';
import { signOut } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import type { Role } from '@/domain/access';
import { Avatar } from '../avatar';
import { KeyHint } from '../key-hint';
import { LiveState } from '../live';
import { Mark } from './mark';
import styles from './shell.module.css';

/** Top bar of 48 px: search, live state, theme, person. */
export function TopBar({ person }: { person: { name: string; email: string; role: Role } }) {
  const t = useTranslations();
  return (
    <header className={styles.bar}>
      <Link prefetch={false} href="/" className={styles.brand}>
        <Mark size={24} /> {t('common.product')}
      </Link>
      <button type="button" className={styles.search} onClick={spotlight.open}>
        <IconSearch size={16} stroke={1.75} aria-hidden />
        <span>{t('palette.placeholder')}</span>
        <KeyHint keys="⌘K" />
      </button>
      <div className={styles.end}>
        <LiveState />
        <ActionIcon className={styles.searchIcon} aria-label={t('palette.open')} onClick={spotlight.open}>
          <IconSearch size={20} stroke={1.75} />
        </ActionIcon>
        <SchemeSwitch />
        <PersonMenu person={person} />
      </div>
    </header>
  );
}

function SchemeSwitch() {
  const t = useTranslations('nav');
  const { setColorScheme } = useMantineColorScheme();
  const stored = useComputedColorScheme('light');
  // The server cannot know a stored choice: the first paint is the same for all.
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  const scheme = ready ? stored : 'light';
  return (
    <ActionIcon
      size={32}
      aria-label={scheme === 'dark' ? t('lightTheme') : t('darkTheme')}
      onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
    >
      {scheme === 'dark' ? <IconSun size={18} stroke={1.75} /> : <IconMoon size={18} stroke={1.75} />}
    </ActionIcon>
  );
}

function PersonMenu({ person }: { person: { name: string; email: string; role: Role } }) {
  const t = useTranslations();
  const [ready, setReady] = useState(false);
  useEffect(() => setReady(true), []);
  return (
    <Menu position="bottom-end" width={220}>
      <Menu.Target>
        <button type="button" className={styles.person} title={t('nav.personMenu')} disabled={!ready}>
          <Avatar name={person.name} size={28} />
          <span className={styles.personName}>{person.name}</span>
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        <div className={styles.personMail}>
          {person.email}
          <br />
          {t(`roles.${person.role}`)}
        </div>
        <Menu.Divider />
        <Menu.Item component={Link} href="/account" leftSection={<IconUserCircle size={16} stroke={1.75} />}>
          {t('nav.account')}
        </Menu.Item>
        <Menu.Item
          leftSection={<IconLogout size={16} stroke={1.75} />}
          onClick={() => signOut({ callbackUrl: '/login' })}
        >
          {t('nav.signOut')}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
