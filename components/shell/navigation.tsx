'use client';

import { Tooltip } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { formatNumber, timeParts } from '../format';
import { useNow, useZone } from '../time';
import { areaIcons } from './area-icons';
import { type AreaGroup, type AreaId, isInside } from './areas';
import { Mark } from './mark';
import styles from './navigation.module.css';

export type Counts = Partial<Record<AreaId, number | null>>;
type Props = {
  groups: AreaGroup[];
  path: string;
  rail: boolean;
  counts: Counts;
  roleName: string;
  demo: boolean;
};

/** Navigation of 216 px, or a rail of 56 px with names on hover. */
export function Navigation({ groups, path, rail, counts, roleName, demo }: Props) {
  const t = useTranslations('nav');
  const common = useTranslations('common');
  return (
    <nav className={styles.nav} data-rail={rail || undefined} aria-label={t('label')}>
      <Link
        prefetch={false}
        href="/"
        className={styles.brand}
        aria-label={rail ? common('product') : undefined}
      >
        <Mark />
        <span className={styles.name}>{common('product')}</span>
        {demo && <span className={styles.demo}>{common('demo')}</span>}
      </Link>
      {groups.map((group) => (
        <NavGroup key={group.areas[0]?.id} group={group} path={path} rail={rail} counts={counts} />
      ))}
      <div className={styles.foot}>
        <div>{roleName}</div>
        <ZoneName />
      </div>
    </nav>
  );
}

function NavGroup({
  group,
  path,
  rail,
  counts,
}: Pick<Props, 'path' | 'rail' | 'counts'> & { group: AreaGroup }) {
  const t = useTranslations('nav');
  const inside = group.areas.some((area) => isInside(path, area.href));
  const first = group.areas[0];
  if (!group.parent || !first) {
    return (
      <ul className={styles.group}>
        {group.areas.map((area) => (
          <NavItem
            key={area.id}
            id={area.id}
            href={area.href}
            path={path}
            rail={rail}
            count={counts[area.id]}
          />
        ))}
      </ul>
    );
  }
  const total = group.areas.reduce((sum, area) => sum + (counts[area.id] ?? 0), 0);
  const Icon = areaIcons[group.parent];
  return (
    <ul className={styles.group}>
      <li>
        <Tooltip label={t(group.parent)} position="right" disabled={!rail}>
          <Link
            prefetch={false}
            href={first.href}
            className={styles.item}
            data-parent={inside || undefined}
            aria-label={rail ? t(group.parent) : undefined}
          >
            <Icon size={16} stroke={1.75} aria-hidden />
            <span className={styles.label}>{t(group.parent)}</span>
            {!inside && total > 0 && <span className={styles.count}>{formatNumber(total)}</span>}
          </Link>
        </Tooltip>
      </li>
      {inside &&
        !rail &&
        group.areas.map((area) => (
          <li key={area.id}>
            <Link
              prefetch={false}
              href={area.href}
              className={styles.sub}
              aria-current={isInside(path, area.href) ? 'page' : undefined}
            >
              {t(area.id)}
              {Boolean(counts[area.id]) && (
                <span className={styles.count}>{formatNumber(counts[area.id])}</span>
              )}
            </Link>
          </li>
        ))}
    </ul>
  );
}

type ItemProps = { id: AreaId; href: string; path: string; rail: boolean; count?: number | null };

function NavItem({ id, href, path, rail, count }: ItemProps) {
  const t = useTranslations('nav');
  const Icon = areaIcons[id];
  return (
    <li>
      <Tooltip label={t(id)} position="right" disabled={!rail}>
        <Link
          prefetch={false}
          href={href}
          className={styles.item}
          aria-current={isInside(path, href) ? 'page' : undefined}
          aria-label={
            rail ? [t(id), count ? formatNumber(count) : null].filter(Boolean).join(' ') : undefined
          }
        >
          <Icon size={16} stroke={1.75} aria-hidden />
          <span className={styles.label}>{t(id)}</span>
          {Boolean(count) && (
            <span className={styles.count} data-urgent={id === 'alerts' || undefined}>
              {formatNumber(count)}
            </span>
          )}
        </Link>
      </Tooltip>
    </li>
  );
}

/** `Europe/Istanbul, UTC+3` */
function ZoneName() {
  const zone = useZone();
  const now = useNow();
  const minute = Math.floor(now / 60_000) * 60_000;
  const own = timeParts(minute, zone);
  const utc = timeParts(minute, 'UTC');
  const stamp = (p: typeof own) => Date.UTC(2000, 0, Number(p.day), Number(p.hour), Number(p.minute));
  let minutes = (stamp(own) - stamp(utc)) / 60_000;
  if (Math.abs(minutes) > 20 * 60)
    minutes -= Math.sign(minutes) * Math.round(Math.abs(minutes) / 1440) * 1440;
  const hours = Math.trunc(Math.abs(minutes) / 60);
  const rest = Math.abs(minutes) % 60;
  const offset =
    minutes === 0
      ? ''
      : `${minutes < 0 ? '−' : '+'}${hours}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
  return <div>{zone === 'UTC' ? 'UTC' : `${zone}, UTC${offset}`}</div>;
}
