'use client';

import { Spotlight, spotlight } from '@mantine/spotlight';
import { IconArrowRight, IconBolt, IconSearch } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { KeyHint } from './key-hint';
import { shownKeys, useShortcutList, useShortcuts } from './keyboard';
import styles from './palette.module.css';
import { areaIcons } from './shell/area-icons';
import type { AreaGroup } from './shell/areas';

export type Jump = { kind: 'alert' | 'rule' | 'transaction'; id: string; href: string };

/** What typed text may be the id of: `A-90417`, `R-118`, otherwise (no blanks, five or more) a transaction. */
export function jumpsFor(text: string): Jump[] {
  const typed = text.trim();
  const alert = /^a-?(\d{1,12})$/i.exec(typed);
  if (alert?.[1]) return [{ kind: 'alert', id: `A-${alert[1]}`, href: `/alerts/${Number(alert[1])}` }];
  const rule = /^r-?(\d{1,9})$/i.exec(typed);
  if (rule?.[1]) return [{ kind: 'rule', id: `R-${rule[1]}`, href: `/rules/${Number(rule[1])}` }];
  if (!/^\S{5,100}$/.test(typed) || !/\d/.test(typed)) return [];
  return [{ kind: 'transaction', id: typed, href: `/transactions/${encodeURIComponent(typed)}` }];
}

/** ⌘K: pages the role may see, what can be done on this page, and any alert, rule or transaction by its id. */
export function Palette({ groups }: { groups: AreaGroup[] }) {
  const t = useTranslations();
  const router = useRouter();
  const [query, setQuery] = useState('');
  const areas = groups.flatMap((group) => group.areas);
  const list = t('table.next');
  useShortcuts(
    areas.map((area) => ({
      keys: area.keys,
      label: t('keyboard.goTo', { page: t(`nav.${area.id}`) }),
      run: () => router.push(area.href),
    })),
  );
  const matches = (label: string) => label.toLocaleLowerCase().includes(query.trim().toLocaleLowerCase());
  const pages = [
    ...areas.map((area) => ({
      id: area.id,
      href: area.href,
      label: t(`nav.${area.id}`),
      Icon: areaIcons[area.id],
    })),
    { id: 'account', href: '/account', label: t('nav.account'), Icon: IconArrowRight },
  ].filter((page) => matches(page.label));
  const actions = useShortcutList().filter(
    (s) => !s.hidden && !s.disabled && !s.keys.startsWith('g ') && s.label !== list && matches(s.label),
  );
  const jumps = jumpsFor(query).filter((jump) => areas.some((area) => jump.href.startsWith(`${area.href}/`)));
  const nothing = pages.length + actions.length + jumps.length === 0;
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut="mod + K"
      maxHeight={420}
      scrollable
      size={560}
      transitionProps={{ duration: 120 }}
      classNames={{
        content: styles.content,
        action: styles.action,
        actionsGroup: styles.group,
        search: styles.search,
      }}
    >
      <Spotlight.Search
        placeholder={t('palette.input')}
        aria-label={t('palette.input')}
        leftSection={<IconSearch size={16} stroke={1.75} />}
      />
      <Spotlight.ActionsList>
        {jumps.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.jump')}>
            {jumps.map((jump) => (
              <Spotlight.Action
                key={jump.href}
                label={t(`palette.${jump.kind}`, { id: jump.id })}
                leftSection={<IconArrowRight size={16} stroke={1.75} />}
                onClick={() => router.push(jump.href)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {pages.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.pages')}>
            {pages.map(({ id, href, label, Icon }) => (
              <Spotlight.Action
                key={id}
                label={label}
                leftSection={<Icon size={16} stroke={1.75} />}
                onClick={() => router.push(href)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {actions.length > 0 && (
          <Spotlight.ActionsGroup label={t('palette.actions')}>
            {actions.map((action) => (
              <Spotlight.Action
                key={action.keys + action.label}
                label={action.label}
                leftSection={<IconBolt size={16} stroke={1.75} />}
                rightSection={<KeyHint keys={shownKeys(action.keys)} />}
                // After the dialog is gone, so that what opens next gets the focus.
                onClick={() => setTimeout(action.run, 150)}
              />
            ))}
          </Spotlight.ActionsGroup>
        )}
        {nothing && <Spotlight.Empty>{t('palette.nothing')}</Spotlight.Empty>}
      </Spotlight.ActionsList>
    </Spotlight.Root>
  );
}

/** Opens the palette from elsewhere. */
export const openPalette = () => spotlight.open();
