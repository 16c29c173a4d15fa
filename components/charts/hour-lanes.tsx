'use client';

import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { formatTime } from '../format';
import { useZone } from '../time';
import type { HourPoint } from './chart-data';
import styles from './charts.module.css';
import { Lane, type LaneSpec } from './lane';

export type HourLanesProps = {
  points: HourPoint[];
  lanes: LaneSpec[];
  /** Seconds from one point to the next; an hour without it, a UTC day with 86 400. */
  stepSeconds?: number;
  /** ISO instant of the hour in progress: drawn at 55 %. */
  current?: string;
  /** Short name of the compared day, "Mon". */
  compareLabel?: string;
  /** The rows behind an hour. */
  href?: (at: string) => string;
};

/** Lanes above each other with one x axis; each prints the hovered hour's value and its comparison at the right. */
export function HourLanes(props: HourLanesProps) {
  const { points, lanes, current, compareLabel, href, stepSeconds = 3600 } = props;
  const t = useTranslations('charts');
  const zone = useZone();
  const router = useRouter();
  const [hovered, setHovered] = useState<number | null>(null);
  const lastWhole = points.findLastIndex((point) => point.at !== current);
  const shown = points[hovered ?? lastWhole];
  const number = (point: HourPoint | undefined, key: string | undefined) =>
    key && typeof point?.[key] === 'number' ? (point[key] as number) : null;
  const total = (point: HourPoint | undefined, lane: LaneSpec) => {
    const values = lane.series.map((series) => number(point, series.key));
    return values.every((value) => value === null)
      ? null
      : values.reduce<number>((sum, value) => sum + (value ?? 0), 0);
  };
  const pick = (link?: (at: string) => string) => link && ((at: string) => router.push(link(at)));
  const lines = (point: HourPoint) =>
    lanes.flatMap((lane) =>
      lane.series.map((series) => ({
        label: series.label,
        color: series.color,
        value: lane.format(number(point, series.key)),
        compare:
          lane.series.length === 1 && lane.compare ? lane.format(number(point, lane.compare)) : undefined,
      })),
    );
  return (
    <div className={styles.lanes}>
      {lanes.map((lane, i) => (
        <div key={lane.title} role="img" aria-label={lane.title}>
          <div className={styles.laneHead}>
            <strong>{lane.title}</strong>
            {shown && (
              <span className={styles.laneNow}>
                <span>
                  {stepSeconds === 86_400
                    ? formatTime(shown.at, 'UTC', 'day')
                    : t('hourRange', {
                        from: formatTime(shown.at, zone, 'time'),
                        to: formatTime(new Date(shown.at).getTime() + stepSeconds * 1000, zone, 'time'),
                      })}
                </span>
                <strong>{lane.format(total(shown, lane))}</strong>
                {lane.compare && compareLabel && (
                  <span>
                    {compareLabel} {lane.format(number(shown, lane.compare))}
                  </span>
                )}
              </span>
            )}
          </div>
          <Lane
            lane={lane}
            points={points}
            stepSeconds={stepSeconds}
            current={current}
            lines={lines}
            compareLabel={compareLabel}
            hint={href && t('clickRows')}
            showAxis={i === lanes.length - 1}
            hovered={hovered}
            onHover={setHovered}
            onPick={pick(lane.href ?? href)}
            withTooltip
          />
        </div>
      ))}
    </div>
  );
}
