'use client';

import { useState } from 'react';
import {
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
import { formatCompact, formatTime, timeParts } from '../format';
import { useZone } from '../time';
import type { HourPoint, Limit, Series } from './chart-data';
import styles from './charts.module.css';
import { type TooltipLine, VigilTooltip } from './tooltip';

type TickProps = { x?: number | string; y?: number | string; payload?: { value: string } };

function HourTick({ x = 0, y = 0, payload, zone }: TickProps & { zone: string }) {
  if (!payload) return null;
  const midnight = timeParts(payload.value, zone).hour === '00';
  const text = midnight
    ? formatTime(payload.value, zone, 'day').split(' ').slice(0, 2).join(' ')
    : formatTime(payload.value, zone, 'time');
  return (
    <text
      x={Number(x)}
      y={Number(y) + 10}
      textAnchor="middle"
      className={styles.tick}
      fontWeight={midnight ? 600 : 400}
      fill={midnight ? 'var(--vg-text)' : undefined}
    >
      {text}
    </text>
  );
}

export type LaneSpec = {
  title: string;
  kind: 'bars' | 'line';
  /** Stacked from the bottom. */
  series: Series[];
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

const margin = { top: 10, right: 0, bottom: 0, left: 0 };

/** One lane: hour bars or a line, its comparison, its limits. Lanes above each other share the x axis. */
export function Lane(props: Props) {
  const { lane, points, current, showAxis, onHover, onPick } = props;
  const zone = useZone();
  const [width, setWidth] = useState(600);
  const top = Math.max(lane.ceiling ?? 0, ...(lane.limits ?? []).map((limit) => limit.value));
  return (
    <div
      style={{ height: lane.height + (showAxis ? 24 : 0) }}
      data-pick={Boolean(onPick) || undefined}
      className={styles.lane}
    >
      <ResponsiveContainer width="100%" height="100%" onResize={(next) => setWidth(next)}>
        <ComposedChart
          data={points}
          margin={margin}
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
            tick={showAxis ? <HourTick zone={zone} /> : false}
            height={showAxis ? 24 : 1}
            interval={0}
            ticks={showAxis ? hourTicks(points, zone, width) : undefined}
          />
          <YAxis
            width={44}
            axisLine={false}
            tickLine={false}
            tickCount={4}
            tick={{ fontSize: 11, fill: 'var(--vg-text-3)' }}
            tickFormatter={lane.tickFormat ?? ((value: number) => formatCompact(value))}
            domain={[0, (max: number) => Math.max(max, top) || 1]}
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
  return [
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

type BarShape = {
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string;
  payload: HourPoint;
  current?: string;
};

function HourBar({ x, y, width, height, fill, payload, current }: BarShape) {
  if (!(height > 0)) return null;
  return (
    <rect
      x={x}
      y={y}
      width={width}
      height={height}
      rx={1.5}
      fill={fill}
      opacity={payload.at === current ? 0.55 : 1}
    />
  );
}

function ProjectedBar({ x, y, width, height }: BarShape) {
  if (!(height > 0)) return null;
  return (
    <rect
      x={x + 0.5}
      y={y}
      width={Math.max(0, width - 1)}
      height={height}
      fill="none"
      stroke="var(--vg-text-3)"
      strokeDasharray="2 2"
    />
  );
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
