import type { Disk } from '@/domain/storage/disk';

export type Point = { x: number; y: number };
/** Everything in shares of the chart, 0…1, from the left and from the top. */
export type DiskFrame = {
  from: number;
  to: number;
  /** Of the axis of sizes; the last is its top. */
  ticks: number[];
  history: Point[];
  now: Point;
  /** Where the present growth leads; null where it leads nowhere. */
  ahead: Point | null;
  /** Set when that is where the limit is reached. */
  full: boolean;
  limit: number | null;
};

/** Under this share of the limit, drawing the limit would press the line to the ground. */
const smallestShare = 0.1;

/** What the chart shows: all of the history, and ahead until the disk is full, at most as far again. */
export const diskFrame = (disk: Disk, ticksFor: (max: number) => number[]): DiskFrame => {
  const now = Date.parse(disk.at);
  const from = Date.parse(disk.points[0]?.at ?? disk.at);
  const history = Math.max(1, now - from);
  const full = disk.fullAt === null ? null : Date.parse(disk.fullAt);
  const shown = disk.limit !== null && disk.bytes >= disk.limit * smallestShare;
  const reached = shown && full !== null && full - now <= history * 1.2;
  const growing = disk.bytesADay !== null;
  const to = growing ? now + (reached && full !== null ? (full - now) * 1.15 : history * 0.3) : now;
  const end = reached && full !== null ? full : to;
  const bytesAt = (at: number) => Math.max(0, disk.bytes + ((disk.bytesADay ?? 0) * (at - now)) / 86_400_000);
  const highest = Math.max(
    disk.bytes,
    growing ? bytesAt(end) : 0,
    shown ? (disk.limit as number) : 0,
    ...disk.points.map((point) => point.bytes),
  );
  const ticks = ticksFor(highest);
  const top = ticks.at(-1) ?? 1;
  const place = (at: number, bytes: number): Point => ({
    x: (at - from) / (to - from || 1),
    y: 1 - bytes / top,
  });
  return {
    from,
    to,
    ticks,
    history: [
      ...disk.points.map((point) => place(Date.parse(point.at), point.bytes)),
      place(now, disk.bytes),
    ],
    now: place(now, disk.bytes),
    ahead: growing ? place(end, bytesAt(end)) : null,
    full: reached,
    limit: shown ? 1 - (disk.limit as number) / top : null,
  };
};
