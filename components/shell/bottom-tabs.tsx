'use client';

import { Menu } from '@mantine/core';
import { IconMenu2 } from '@tabler/icons-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { areaIcons } from './area-icons';
import { type AreaGroup, isInside } from './areas';
import type { Counts } from './navigation';
import styles from './shell.module.css';

/** What fits beside an icon. */
const shortCount = (count: number) => (count > 999 ? '999+' : count);

/** Under 768 px: the first four areas as tabs of 64 px, the others behind "More". */
export function BottomTabs({ groups, path, counts }: { groups: AreaGroup[]; path: string; counts: Counts }) {
  const t = useTranslations('nav');
  const areas = groups.flatMap((group) => group.areas);
  const tabs = areas.slice(0, 4);
  const rest = areas.slice(4);
  return (
    <nav className={styles.tabs} aria-label={t('more')}>
      {tabs.map((area) => {
        const Icon = areaIcons[area.id];
        return (
          <Link
            prefetch={false}
            key={area.id}
            href={area.href}
            className={styles.tab}
            aria-current={isInside(path, area.href) ? 'page' : undefined}
          >
            <Icon size={22} stroke={1.75} aria-hidden />
            {t(area.id === 'transactions' ? 'payments' : area.id)}
            {Boolean(counts[area.id]) && (
              <span className={styles.tabCount}>{shortCount(counts[area.id] ?? 0)}</span>
            )}
          </Link>
        );
      })}
      {rest.length > 0 && (
        <Menu position="top-end" width={220}>
          <Menu.Target>
            <button type="button" className={styles.tab}>
              <IconMenu2 size={22} stroke={1.75} aria-hidden />
              {t('more')}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((area) => (
              <Menu.Item key={area.id} component={Link} href={area.href}>
                {t(area.id)}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
    </nav>
  );
}
