'use client';

import { useState } from 'react';
import {
  Area,
  Bar,
  CartesianGrid,
  ComposedChart,
  Line,
  ReferenceArea,
  ReferenceLine,
  ResponsiveContainer,
  Tooltip,
  XAxis,
  YAxis,
} from 'recharts';
import { formatCompact, timeParts } from '../format';
import { useZone } from '../time';
import { type BarShape, HourBar, HourTick, ProjectedBar } from './bar-shapes';
import { type HourPoint, type Limit, niceTicks, type Series } from './chart-data';
import styles from './charts.module.css';
import { type TooltipLine, VigilTooltip } from './tooltip';

export type LaneSpec = {
  title: string;
  kind: 'bars' | 'line';
  /** Stacked from the bottom. */
  series: Series[];
  /** Keys of the lower and the upper end of what a line may as well have been. */
  band?: readonly [low: string, high: string];
  /** Key of the comparison, drawn as a step line over bars. */
  compare?: string;
  /** Key of what the hour in progress is projected to. */
  projection?: string;
  limits?: Limit[];
  height: number;
  format: (value: number | null) => string;
  /** Axis numbers; compact ones without it. */
  tickFormat?: (value: number) => string;
  /** The axis ends here at least. */
  ceiling?: number;
  /** The rows behind an hour of this lane. */
  href?: (at: string) => string;
};

type Props = {
  lane: LaneSpec;
  points: HourPoint[];
  /** Seconds from one point to the next; an hour without it. */
  stepSeconds?: number;
  /** ISO instant of the hour in progress. */
  current?: string;
  lines: (point: HourPoint) => TooltipLine[];
  compareLabel?: string;
  hint?: string;
  showAxis: boolean;
  hovered: number | null;
  onHover: (index: number | null) => void;
  onPick?: (at: string) => void;
  withTooltip: boolean;
};

/** Steps of a day are UTC days, and are called so wherever the viewer is. */
const daySeconds = 86_400;

// Room for the half of "0" that stands below the line, and for the half of "29 Nov" that stands beyond the last point.
const margin = { top: 10, right: 20, bottom: 6, left: 0 };
const axisMargin = { ...margin, bottom: 0 };

/** One lane: hour bars or a line, its comparison, its limits. Lanes above each other share the x axis. */
export function Lane(props: Props) {
  const { lane, points, current, showAxis, onHover, onPick, stepSeconds = 3600 } = props;
  const daily = points.length * stepSeconds > 2 * 86_400;
  const viewer = useZone();
  const zone = stepSeconds === daySeconds ? 'UTC' : viewer;
  const [width, setWidth] = useState(600);
  const ticks = niceTicks(laneMax(lane, points), Math.max(1, Math.round(lane.height / 44)));
  return (
    <div
      style={{ height: lane.height + (showAxis ? 24 : 0) }}
      data-pick={Boolean(onPick) || undefined}
      className={styles.lane}
    >
      <ResponsiveContainer width="100%" height="100%" onResize={(next) => setWidth(next)}>
        <ComposedChart
          data={points}
          margin={showAxis ? axisMargin : margin}
          barCategoryGap="12%"
          accessibilityLayer={false}
          onMouseMove={(state) =>
            onHover(state.activeTooltipIndex === undefined ? null : Number(state.activeTooltipIndex))
          }
          onMouseLeave={() => onHover(null)}
          onClick={(state) => state.activeLabel !== undefined && onPick?.(String(state.activeLabel))}
        >
          <CartesianGrid vertical={false} stroke="var(--vg-grid)" />
          <XAxis
            dataKey="at"
            tickLine={false}
            axisLine={{ stroke: 'var(--vg-line-strong)' }}
            tick={
              showAxis ? <HourTick zone={zone} daily={daily} dates={stepSeconds === daySeconds} /> : false
            }
            height={showAxis ? 24 : 1}
            interval={0}
            ticks={showAxis ? ticksOf(points, zone, stepSeconds, width) : undefined}
          />
          <YAxis
            width={44}
            axisLine={false}
            tickLine={false}
            ticks={ticks}
            interval={0}
            tick={{ fontSize: 11, fill: 'var(--vg-text-3)' }}
            tickFormatter={lane.tickFormat ?? ((value: number) => formatCompact(value))}
            domain={[0, ticks.at(-1) ?? 1]}
            allowDecimals={lane.kind === 'line'}
          />
          {props.hovered !== null && points[props.hovered] && (
            <ReferenceArea
              x1={points[props.hovered]?.at}
              x2={points[props.hovered]?.at}
              fill="var(--vg-text)"
              fillOpacity={0.06}
              ifOverflow="visible"
            />
          )}
          {lane.kind === 'bars' && laneBars(lane, current)}
          {lane.kind === 'line' && laneLines(lane)}
          {lane.compare && lane.kind === 'bars' && comparison(lane.compare)}
          {(lane.limits ?? []).map((limit) => (
            <ReferenceLine
              key={limit.label}
              y={limit.value}
              stroke={`var(--vg-${limit.tone})`}
              strokeDasharray="4 3"
              label={{
                value: limit.label,
                position: 'insideBottomLeft',
                fontSize: 11,
                fill: `var(--vg-${limit.tone}-text)`,
              }}
            />
          ))}
          <Tooltip
            cursor={
              lane.kind === 'bars'
                ? { fill: 'var(--vg-text)', fillOpacity: 0.06 }
                : { stroke: 'var(--vg-line-strong)' }
            }
            isAnimationActive={false}
            offset={16}
            wrapperStyle={{ zIndex: 10 }}
            content={({ active, payload }) => {
              const point = payload?.[0]?.payload as HourPoint | undefined;
              if (!active || !point || !props.withTooltip) return null;
              return (
                <VigilTooltip
                  at={point.at}
                  seconds={stepSeconds}
                  lines={props.lines(point)}
                  compareLabel={props.compareLabel}
                  hint={props.hint}
                />
              );
            }}
          />
        </ComposedChart>
      </ResponsiveContainer>
    </div>
  );
}

/** The greatest thing that is drawn: stacks added up, lines, comparison, limits. */
function laneMax(lane: LaneSpec, points: HourPoint[]): number {
  const number = (point: HourPoint, key: string) =>
    typeof point[key] === 'number' ? (point[key] as number) : 0;
  const stacked = [...lane.series.map((series) => series.key), ...(lane.projection ? [lane.projection] : [])];
  const drawn = points.flatMap((point) => [
    lane.kind === 'bars'
      ? stacked.reduce((sum, key) => sum + number(point, key), 0)
      : Math.max(...stacked.map((key) => number(point, key))),
    lane.compare ? number(point, lane.compare) : 0,
    lane.band ? number(point, lane.band[1]) : 0,
  ]);
  return Math.max(lane.ceiling ?? 0, ...(lane.limits ?? []).map((limit) => limit.value), ...drawn) || 1;
}

function laneBars(lane: LaneSpec, current?: string) {
  const last = lane.series.length - 1;
  const bars = lane.series.map((series, i) => (
    <Bar
      key={series.key}
      dataKey={series.key}
      stackId="lane"
      isAnimationActive={false}
      fill={series.color}
      radius={i === last ? [1.5, 1.5, 0, 0] : 0}
      shape={(shape: unknown) => <HourBar {...(shape as BarShape)} current={current} />}
    />
  ));
  if (lane.projection) {
    bars.push(
      <Bar
        key={lane.projection}
        dataKey={lane.projection}
        stackId="lane"
        isAnimationActive={false}
        fill="none"
        shape={(shape: unknown) => <ProjectedBar {...(shape as BarShape)} />}
      />,
    );
  }
  return bars;
}

function laneLines(lane: LaneSpec) {
  const band = lane.band;
  return [
    band && (
      <Area
        key="band"
        dataKey={(point: HourPoint) =>
          point[band[0]] === null ? undefined : [Number(point[band[0]]), Number(point[band[1]])]
        }
        type="linear"
        stroke="none"
        fill={lane.series[0]?.color}
        fillOpacity={0.14}
        activeDot={false}
        isAnimationActive={false}
      />
    ),
    lane.compare && (
      <Line
        key="compare"
        dataKey={lane.compare}
        type="linear"
        stroke="var(--vg-text)"
        strokeWidth={1.25}
        strokeOpacity={0.5}
        dot={false}
        activeDot={false}
        isAnimationActive={false}
      />
    ),
    ...lane.series.map((series) => (
      <Line
        key={series.key}
        dataKey={series.key}
        type="linear"
        stroke={series.color}
        strokeWidth={2}
        dot={false}
        isAnimationActive={false}
      />
    )),
  ];
}

function comparison(key: string) {
  return (
    <Line
      dataKey={key}
      type="step"
      stroke="var(--vg-text)"
      strokeWidth={1.25}
      strokeOpacity={0.5}
      dot={false}
      activeDot={false}
      isAnimationActive={false}
    />
  );
}

function ticksOf(points: HourPoint[], zone: string, stepSeconds: number, width: number): string[] {
  if (stepSeconds === 3600) return hourTicks(points, zone, width);
  if (stepSeconds !== daySeconds) return stepTicks(points, zone, stepSeconds, width);
  const every = Math.ceil(points.length / Math.max(2, Math.floor(width / 64)));
  return points.filter((_, i) => i % every === 0).map((point) => point.at);
}

/** Whole hours of the viewer's day, as many as have room: every 3, 6, 12 or 24; days by their midnight. */
function hourTicks(points: HourPoint[], zone: string, width: number): string[] {
  const room = Math.max(2, Math.floor(width / 64));
  const step = [1, 2, 3, 6, 12, 24].find((hours) => points.length / hours <= room) ?? 24;
  const marks = points
    .filter((point) => Number(timeParts(point.at, zone).hour) % step === 0)
    .map((point) => point.at);
  if (marks.length <= room) return marks;
  const every = Math.ceil(marks.length / room);
  return marks.filter((_, i) => i % every === 0);
}

/** Steps other than hours: round minutes of an hour, hours of a day, the first step of each day, as have room. */
function stepTicks(points: HourPoint[], zone: string, stepSeconds: number, width: number): string[] {
  const room = Math.max(2, Math.floor(width / 64));
  const length = points.length * stepSeconds;
  const apart = [600, 1200, 1800, 3600, 10_800, 21_600, 43_200].find((gap) => length / gap <= room) ?? 43_200;
  const every = length > 2 * 86_400 ? 86_400 : apart;
  return points
    .filter((point) => {
      const { hour, minute } = timeParts(point.at, zone);
      return (Number(hour) * 3600 + Number(minute) * 60) % every < stepSeconds;
    })
    .map((point) => point.at);
}
