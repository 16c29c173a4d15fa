'use client';

import { useState } from 'react';
import { formatNumber } from '../format';
import type { HourPoint, Limit, Series } from './chart-data';
import { Lane } from './lane';

export type TimeChartProps = {
  label: string;
  points: HourPoint[];
  series: Series[];
  /** Counts are bars (stacked), measurements are lines. */
  kind: 'bars' | 'line';
  /** Seconds from one point to the next; an hour without it. */
  stepSeconds?: number;
  /** Key of the comparison series. */
  compare?: string;
  limits?: Limit[];
  /** ISO instant of the hour in progress. */
  current?: string;
  format?: (value: number | null) => string;
  tickFormat?: (value: number) => string;
  height?: number;
  /** The axis ends here at least. */
  ceiling?: number;
  onPick?: (at: string) => void;
};

/** One chart over time: bars or lines with limits; the axis shows real times of the viewer's zone. */
export function TimeChart(props: TimeChartProps) {
  const [hovered, setHovered] = useState<number | null>(null);
  const format = props.format ?? ((value: number | null) => formatNumber(value));
  return (
    <div role="img" aria-label={props.label}>
      <Lane
        lane={{
          title: props.label,
          kind: props.kind,
          series: props.series,
          compare: props.compare,
          limits: props.limits,
          height: props.height ?? 140,
          format,
          tickFormat: props.tickFormat,
          ceiling: props.ceiling,
        }}
        points={props.points}
        stepSeconds={props.stepSeconds}
        current={props.current}
        lines={(point) =>
          props.series.map((series) => ({
            label: series.label,
            color: series.color,
            value: format(typeof point[series.key] === 'number' ? (point[series.key] as number) : null),
          }))
        }
        showAxis
        hovered={hovered}
        onHover={setHovered}
        onPick={props.onPick}
        withTooltip
      />
    </div>
  );
}
