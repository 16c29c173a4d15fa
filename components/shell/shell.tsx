'use client';

import { usePathname } from 'next/navigation';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import type { Role } from '@/domain/access';
import { Activity } from '../activity';
import { Keyboard } from '../keyboard';
import { LiveConnection, useLive } from '../live';
import { Palette } from '../palette';
import type { AreaGroup } from './areas';
import { BottomTabs } from './bottom-tabs';
import { Navigation } from './navigation';
import styles from './shell.module.css';
import { TopBar } from './top-bar';

export type NavCounts = {
  openAlerts: number | null;
  unresolvedEvents: number | null;
  criticalChecks: number | null;
};

type Props = {
  person: { name: string; email: string; role: Role };
  groups: AreaGroup[];
  counts: NavCounts | undefined;
  demo: boolean;
  children: ReactNode;
};

/** Navigation, top bar and content of every console page. Triage pages get the rail and the whole width. */
export function Shell({ person, groups, counts, demo, children }: Props) {
  const path = usePathname();
  const t = useTranslations();
  const rail = path === '/alerts' || path.startsWith('/alerts/');
  const live = useLive<NavCounts>('overview.counts', {}, counts, ['alerts', 'security', 'health']);
  const shown = {
    alerts: live.data?.openAlerts,
    securityEvents: live.data?.unresolvedEvents,
    health: live.data?.criticalChecks,
  };
  return (
    <div className={styles.shell} data-rail={rail || undefined}>
      <a href="#content" className={styles.skip}>
        {t('common.skip')}
      </a>
      <Navigation
        groups={groups}
        path={path}
        rail={rail}
        counts={shown}
        roleName={t(`roles.${person.role}`)}
        demo={demo}
      />
      <div className={styles.column}>
        <TopBar person={person} />
        <main id="content" className={styles.main} tabIndex={-1}>
          {children}
        </main>
      </div>
      <BottomTabs groups={groups} path={path} counts={shown} />
      <LiveConnection />
      <Activity />
      <Keyboard />
      <Palette groups={groups} />
    </div>
  );
}
