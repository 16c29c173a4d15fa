import { formatTime, timeParts } from '../format';
import type { HourPoint } from './chart-data';
import styles from './charts.module.css';

export type BarShape = {
  x: number;
  y: number;
  width: number;
  height: number;
  fill: string;
  payload: HourPoint;
  current?: string;
};

/** A bar; the hour in progress at 55 %. */
export function HourBar({ x, y, width, height, fill, payload, current }: BarShape) {
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

/** What the hour in progress comes to, dashed. */
export function ProjectedBar({ x, y, width, height }: BarShape) {
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

type TickProps = { x?: number | string; y?: number | string; payload?: { value: string } };

/** The time of an hour; midnight carries the date in bold, and with `daily` every tick does. `dates` have their month. */
export function HourTick({
  x = 0,
  y = 0,
  payload,
  zone,
  daily = false,
  dates = false,
}: TickProps & { zone: string; daily?: boolean; dates?: boolean }) {
  if (!payload) return null;
  const { hour, minute } = timeParts(payload.value, zone);
  const midnight = daily || (hour === '00' && minute === '00');
  const [weekday, day, month] = formatTime(payload.value, zone, 'day').split(' ');
  const date = dates ? `${day} ${month}` : `${weekday} ${day}`;
  const text = midnight ? date : formatTime(payload.value, zone, 'time');
  return (
    <text
      x={Number(x)}
      y={Number(y) + 10}
      textAnchor="middle"
      className={styles.tick}
      fontWeight={midnight && !dates ? 600 : 400}
      fill={midnight && !dates ? 'var(--vg-text)' : undefined}
    >
      {text}
    </text>
  );
}
