'use client';

import { IconAlertOctagon } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { Legend, type MapPoint, WorldMap } from '@/components/charts';
import { useCountryName } from '@/components/country';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { DataTable } from '@/components/table';
import type { BlockedPlace } from '@/domain/overview/places';
import { paymentsLink } from './links';
import styles from './overview.module.css';

/** Three times the usual hour and at least five payments. */
function isSurge(place: BlockedPlace): boolean {
  return place.blocked >= 5 && place.blocked >= 3 * place.usual;
}

function timesUsual(place: BlockedPlace): string | null {
  if (place.usual === 0) return null;
  const times = place.blocked / place.usual;
  return `×\u00a0${formatNumber(times, times < 10 ? 1 : 0)}`;
}

/** Where blocked payments came from in the last hour: circles on the map, the same rows beside it. */
export function PlacesPanel({ initial, payments }: { initial?: BlockedPlace[]; payments: boolean }) {
  const t = useTranslations('overview');
  const router = useRouter();
  const countryName = useCountryName();
  const live = useLive<BlockedPlace[]>('overview.places', {}, initial, [], { every: 20_000 });
  const rows = live.data ?? [];
  const name = (place: BlockedPlace) => (place.country ? countryName(place.country) : t('unknownCountry'));
  const link = (country: string) =>
    paymentsLink({
      country,
      decision: 'BLOCK',
      from: new Date(Math.floor(live.dataUpdatedAt / 60_000) * 60_000 - 3_600_000).toISOString(),
    });
  const points: MapPoint[] = rows.flatMap((place) =>
    place.latitude === null || place.longitude === null
      ? []
      : [
          {
            key: place.country ?? '',
            label: name(place),
            latitude: place.latitude,
            longitude: place.longitude,
            value: place.blocked,
            tone: isSurge(place) ? 'fraud' : 'blocked',
          },
        ],
  );
  const unplaced = rows
    .filter((place) => place.latitude === null)
    .reduce((sum, place) => sum + place.blocked, 0);
  const most = Math.max(1, ...rows.map((place) => place.blocked));
  return (
    <Panel
      title={t('placesTitle')}
      question={t('placesQuestion')}
      live={live}
      flush
      height={260}
      csvName="blocked-by-country"
      table={{
        head: [t('country'), t('blocked'), t('versusUsual')],
        rows: rows.map((place) => [name(place), place.blocked, timesUsual(place) ?? t('newCountry')]),
      }}
      empty={live.data?.length === 0 && { title: t('noneBlocked'), hint: t('noneBlockedHint') }}
    >
      <div className={styles.places}>
        <div className={styles.map}>
          <WorldMap
            points={points}
            onPick={payments ? (country) => country && router.push(link(country)) : undefined}
          />
          <Legend
            entries={[
              ...(rows.some(isSurge) ? [{ label: t('surgeLegend'), color: 'var(--vg-fraud)' }] : []),
              { label: t('otherBlocked'), color: 'var(--vg-blocked)' },
              { label: unplaced > 0 ? t('unplaced', { count: unplaced }) : t('area'), kind: 'none' },
            ]}
          />
        </div>
        <DataTable
          name="overview-places"
          label={t('placesTitle')}
          inPanel
          rows={rows.slice(0, 8)}
          rowKey={(place) => place.country ?? 'none'}
          href={
            payments
              ? (place) => (place.country ? link(place.country) : paymentsLink({ decision: 'BLOCK' }))
              : undefined
          }
          columns={[
            {
              id: 'country',
              head: t('country'),
              cell: (place) => (
                <span className={styles.country}>
                  {name(place)}
                  {isSurge(place) && (
                    <IconAlertOctagon
                      size={14}
                      stroke={2}
                      color="var(--vg-fraud-text)"
                      aria-label={t('surge')}
                      role="img"
                    />
                  )}
                </span>
              ),
            },
            {
              id: 'blocked',
              head: t('blocked'),
              align: 'right',
              width: 88,
              share: (place) => place.blocked / most,
              cell: (place) => formatNumber(place.blocked),
            },
            {
              id: 'usual',
              head: t('versusUsual'),
              align: 'right',
              width: 96,
              cell: (place) => timesUsual(place) ?? t('newCountry'),
            },
          ]}
        />
      </div>
    </Panel>
  );
}
