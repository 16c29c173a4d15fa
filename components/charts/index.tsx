'use client';

import dynamic from 'next/dynamic';
import type { ComponentType } from 'react';
import styles from './charts.module.css';
import type { HourLanesProps } from './hour-lanes';
import type { TimeChartProps } from './time-chart';
import type { WorldMapProps } from './world-map';

export type { HourPoint, Limit, Series } from './chart-data';
export { niceCeiling, projected } from './chart-data';
export { type Contribution, Contributions } from './contributions';
export { IntervalMark } from './interval';
export type { LaneSpec } from './lane';
export { Legend, type LegendEntry } from './legend';
export { ScoreScale } from './score-scale';
export type { MapPoint } from './world-map';

// recharts and the atlas come after the page: they are a third of a first load and nothing waits for them.
const Lanes = dynamic(() => import('./hour-lanes').then((file) => file.HourLanes), { ssr: false });
const Chart = dynamic(() => import('./time-chart').then((file) => file.TimeChart), { ssr: false });
const World = dynamic(() => import('./world-map').then((file) => file.WorldMap), { ssr: false });

function Place({ height, children }: { height: number; children: React.ReactNode }) {
  return (
    <div style={{ minHeight: height }} className={styles.place}>
      {children}
    </div>
  );
}

/** Lanes by hour with comparison, projection and limits; see LaneSpec. */
export const HourLanes: ComponentType<HourLanesProps> = (props) => (
  <Place height={props.lanes.reduce((sum, lane) => sum + lane.height + 24, 24)}>
    <Lanes {...props} />
  </Place>
);

/** `<TimeChart label points={[{ at, value }]} series={[{ key: 'value', label, color }]} kind="line" limits={[…]} />` */
export const TimeChart: ComponentType<TimeChartProps> = (props) => (
  <Place height={(props.height ?? 140) + 24}>
    <Chart {...props} />
  </Place>
);

/** `<WorldMap points={[{ key: 'VN', label, latitude, longitude, value, tone: 'fraud' }]} />` */
export const WorldMap: ComponentType<WorldMapProps> = (props) => (
  <Place height={180}>
    <World {...props} />
  </Place>
);
