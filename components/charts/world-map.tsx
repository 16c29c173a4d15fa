'use client';

import { geoNaturalEarth1, geoPath } from 'd3-geo';
import { useTranslations } from 'next-intl';
import { useMemo } from 'react';
import { feature } from 'topojson-client';
import type { GeometryCollection, Topology } from 'topojson-specification';
import atlas from 'world-atlas/countries-110m.json';
import { formatNumber } from '../format';
import styles from './charts.module.css';

export type MapPoint = {
  key: string;
  label: string;
  latitude: number;
  longitude: number;
  value: number;
  tone: 'fraud' | 'blocked' | 'review' | 'allowed';
};
export type WorldMapProps = { points: MapPoint[]; onPick?: (key: string) => void };

const width = 440;
const height = 214;

/** Flat land, circles by area; the number inside when it fits. Without points only the land. */
export function WorldMap({ points, onPick }: WorldMapProps) {
  const t = useTranslations('charts');
  const { land, project } = useMemo(() => {
    const world = atlas as unknown as Topology<{ countries: GeometryCollection }>;
    const countries = feature(world, world.objects.countries);
    // Antarctica takes a fifth of the height and sends no payments.
    const lived = { ...countries, features: countries.features.filter((country) => country.id !== '010') };
    const projection = geoNaturalEarth1().fitSize([width, height], lived);
    return { land: geoPath(projection).digits(1)(lived) ?? '', project: projection };
  }, []);
  const most = Math.max(1, ...points.map((point) => point.value));
  const placed = points
    .map((point) => ({
      ...point,
      at: project([point.longitude, point.latitude]),
      r: 3 + Math.sqrt(point.value / most) * 12,
    }))
    .sort((a, b) => b.r - a.r);
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={styles.map} role="img" aria-label={t('map')}>
      <path d={land} fill="var(--vg-land)" stroke="var(--vg-surface)" strokeWidth={0.5} />
      {placed.map(
        (point) =>
          point.at && (
            // biome-ignore lint/a11y/noStaticElementInteractions: the table beside the map leads to the same rows
            <g key={point.key} onClick={() => onPick?.(point.key)} cursor={onPick ? 'pointer' : undefined}>
              <title>{`${point.label}: ${formatNumber(point.value)}`}</title>
              <circle
                cx={point.at[0]}
                cy={point.at[1]}
                r={point.r}
                fill={`var(--vg-${point.tone})`}
                fillOpacity={0.3}
                stroke={`var(--vg-${point.tone})`}
                strokeWidth={1.25}
              />
              {point.r > 9 && (
                <text
                  x={point.at[0]}
                  y={point.at[1] + 3}
                  textAnchor="middle"
                  className={styles.mapLabel}
                  fontSize={8}
                >
                  {formatNumber(point.value)}
                </text>
              )}
            </g>
          ),
      )}
    </svg>
  );
}
