import { statfs } from 'node:fs/promises';
import { sql } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { bytesPerMiB } from '@/domain/database/sample-health';
import { readSetting } from '@/domain/settings/read';

export type DiskPoint = { at: string; bytes: number };
export type Disk = {
  at: string;
  /** The database now. */
  bytes: number;
  /** What it may grow to, and how that is known; null where nobody knows. */
  limit: number | null;
  limitFrom: 'measured' | 'configured' | null;
  /** Mean growth a day over the history that there is; null under a day of it. */
  bytesADay: number | null;
  /** How many days that mean is over. */
  historyDays: number;
  /** When the limit is reached at that growth; null where it is not growing or has no limit. */
  fullAt: string | null;
  stepSeconds: number;
  points: DiskPoint[];
};

const day = 86_400;
/** About a hundred points, whatever the history. */
const stepFor = (seconds: number): number =>
  seconds > 12 * day ? day : seconds > 2 * day ? 6 * 3_600 : seconds > 8 * 3_600 ? 1_800 : 300;

/** Growth a second by least squares, so that one day of vacuum or import does not decide it. */
export const slopeOf = (points: readonly DiskPoint[]): number | null => {
  if (points.length < 3) return null;
  const times = points.map((point) => Date.parse(point.at) / 1000);
  const meanTime = times.reduce((sum, at) => sum + at, 0) / times.length;
  const meanBytes = points.reduce((sum, point) => sum + point.bytes, 0) / points.length;
  let above = 0;
  let below = 0;
  points.forEach((point, i) => {
    const away = (times[i] as number) - meanTime;
    above += away * (point.bytes - meanBytes);
    below += away * away;
  });
  return below === 0 ? null : above / below;
};

/** Farther away than this is as good as never. */
const farthestDays = 10 * 366;

/** When the limit is reached at the given growth. */
export const fullAt = (
  now: Date,
  bytes: number,
  limit: number | null,
  bytesADay: number | null,
): string | null => {
  if (limit === null || bytesADay === null || bytesADay <= 0) return null;
  const days = Math.max(0, limit - bytes) / bytesADay;
  return days > farthestDays ? null : new Date(now.getTime() + days * day * 1000).toISOString();
};

/**
 * The size of the disk: measured where this process shares the server's host and was told where its files lie
 * (`VIGIL_DISK_PATH`), else what somebody has set (`database.disk_gb`), else unknown. It is never guessed.
 */
const readLimit = async (db: Db, bytes: number): Promise<Pick<Disk, 'limit' | 'limitFrom'>> => {
  const configured = await readSetting(db, 'database.disk_gb');
  if (configured > 0) return { limit: configured * 1e9, limitFrom: 'configured' };
  const path = process.env.VIGIL_DISK_PATH;
  if (!path) return { limit: null, limitFrom: null };
  try {
    const { bavail, bsize } = await statfs(path);
    return { limit: bytes + bavail * bsize, limitFrom: 'measured' };
  } catch {
    return { limit: null, limitFrom: null };
  }
};

/** Days older than these are read as days, which the roll-up has made by then. */
const daysByMinute = 2;

/** Sizes of the database by step, of a year at most. */
const readPoints = async (db: Db, now: Date): Promise<{ stepSeconds: number; points: DiskPoint[] }> => {
  // As a value: the days before it are then left out of the plan, however many hours they have.
  const recent = new Date(now.getTime() - daysByMinute * day * 1000).toISOString().slice(0, 10);
  const rows = await db.execute(sql`
    select day::timestamptz::text as at, max_value::float8 as mib from system_metrics_daily
      where metric_name = 'db.database_size' and day > current_date - 366 and day < ${recent}::date
    union all
    select to_timestamp(floor(extract(epoch from timestamp) / 300) * 300)::text, max(metric_value)::float8 from system_metrics
      where metric_name = 'db.database_size' and timestamp >= ${`${recent}T00:00:00Z`}::timestamptz group by 1`);
  const samples = rows.map((row) => ({
    at: Date.parse(String(row.at)),
    bytes: Number(row.mib) * bytesPerMiB,
  }));
  const first = Math.min(...samples.map(({ at }) => at));
  const stepSeconds = samples.length > 0 ? stepFor((now.getTime() - first) / 1000) : 300;
  const highest = new Map<number, number>();
  for (const { at, bytes } of samples) {
    const step = Math.floor(at / 1000 / stepSeconds) * stepSeconds * 1000;
    highest.set(step, Math.max(bytes, highest.get(step) ?? 0));
  }
  const points = [...highest].map(([at, bytes]) => ({ at: new Date(at).toISOString(), bytes }));
  return { stepSeconds, points: points.sort((a, b) => (a.at < b.at ? -1 : 1)) };
};

const freshMs = 15 * 60_000;

const databaseSize = async (db: Db): Promise<number> => {
  const [size] = await db.execute(sql`select pg_database_size(current_database())::float8 as bytes`);
  return Number(size?.bytes);
};

/** How the database has grown, and when its disk is full where that is known. */
export const readDisk = async (db: Db, now: Date): Promise<Disk> => {
  const { stepSeconds, points } = await readPoints(db, now);
  const last = points.at(-1);
  // Asking the server means asking for the size of every file, of which there may be ten thousands.
  const fresh =
    last && now.getTime() - Date.parse(last.at) < freshMs && stepSeconds < 3_600 ? last.bytes : null;
  const bytes = fresh ?? (await databaseSize(db));
  const first = points[0];
  const historyDays = first ? (now.getTime() - Date.parse(first.at)) / 1000 / day : 0;
  const recent = points.filter((point) => now.getTime() - Date.parse(point.at) < 90 * day * 1000);
  const slope = historyDays < 1 ? null : slopeOf(recent);
  const bytesADay = slope === null ? null : slope * day;
  const limit = await readLimit(db, bytes);
  return {
    at: now.toISOString(),
    bytes,
    ...limit,
    bytesADay,
    historyDays,
    fullAt: fullAt(now, bytes, limit.limit, bytesADay),
    stepSeconds,
    points,
  };
};
