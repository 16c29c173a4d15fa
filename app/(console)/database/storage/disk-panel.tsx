'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { niceTicks } from '@/components/charts/chart-data';
import { formatBytes, formatTime } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { useZone } from '@/components/time';
import type { Disk } from '@/domain/storage/disk';
import styles from './disk.module.css';
import { diskFrame } from './disk-frame';
import page from './storage.module.css';

/** How the database has grown, and when its disk is full where anybody knows how large that is. */
export function DiskPanel({ disk }: { disk: UseQueryResult<Disk, LiveError> }) {
  const t = useTranslations('storage.disk');
  const data = disk.data;
  return (
    <Panel
      title={t('title')}
      question={t('question')}
      live={disk}
      at={data?.at}
      height={196}
      empty={data !== undefined && data.points.length < 2 && { title: t('none'), hint: t('noneHint') }}
      table={{
        head: [t('time'), t('bytes')],
        rows: data?.points.map((point) => [point.at, Math.round(point.bytes)]) ?? [],
      }}
      csvName="disk-use"
    >
      {data && (
        <>
          <DiskChart disk={data} />
          <p className={page.quiet}>{limitWords(t, data)}</p>
        </>
      )}
    </Panel>
  );
}

const limitWords = (t: ReturnType<typeof useTranslations<'storage.disk'>>, disk: Disk): string => {
  if (disk.limit === null) return t('noLimit');
  const values = { limit: formatBytes(disk.limit), free: formatBytes(disk.limit - disk.bytes) };
  return t(disk.limitFrom === 'measured' ? 'measured' : 'configured', values);
};

const ticksFor = (max: number): number[] => niceTicks(max, 4);

function DiskChart({ disk }: { disk: Disk }) {
  const t = useTranslations('storage.disk');
  const frame = diskFrame(disk, ticksFor);
  const { now, ahead, limit, ticks } = frame;
  const top = ticks.at(-1) ?? 1;
  const at = (share: number) => `${share * 100}%`;
  const path = frame.history.map(({ x, y }, i) => `${i ? 'L' : 'M'}${x * 100} ${y * 100}`).join('');
  const first = frame.history[0]?.x ?? 0;
  const label = t('label', { now: formatBytes(disk.bytes), rate: formatBytes(disk.bytesADay ?? 0) });
  return (
    <div className={styles.chart} role="img" aria-label={label}>
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" aria-hidden="true">
        {ticks.map((value) => (
          <path
            key={value}
            className={styles.line}
            data-kind={value === 0 ? 'base' : 'grid'}
            d={`M0 ${100 - (100 * value) / top}H100`}
          />
        ))}
        <path className={styles.area} d={`${path}L${now.x * 100} 100L${first * 100} 100Z`} />
        <path className={styles.line} d={path} />
        {ahead && (
          <path
            className={styles.line}
            data-kind="ahead"
            d={`M${now.x * 100} ${now.y * 100}L${ahead.x * 100} ${ahead.y * 100}`}
          />
        )}
        {limit !== null && <path className={styles.line} data-kind="limit" d={`M0 ${limit * 100}H100`} />}
      </svg>
      {ticks.map((value) => (
        <span key={value} className={styles.value} style={{ top: at(1 - value / top) }}>
          {formatBytes(value)}
        </span>
      ))}
      {limit !== null && (
        <span className={styles.limit} style={{ top: at(limit) }}>
          {t('fullLine', { limit: formatBytes(disk.limit) })}
        </span>
      )}
      <span className={styles.dot} style={{ left: at(now.x), top: at(now.y) }} />
      <span
        className={styles.now}
        data-edge={now.x < 0.2 ? 'start' : undefined}
        style={{ left: at(now.x), top: at(now.y) }}
      >
        {t('now', { size: formatBytes(disk.bytes) })}
      </span>
      {ahead && frame.full && (
        <span
          className={styles.full}
          data-edge={ahead.x > 0.85 ? 'end' : undefined}
          style={{ left: at(ahead.x), top: at(ahead.y) }}
        >
          {formatTime(disk.fullAt, 'UTC', 'date')}
        </span>
      )}
      <TimeAxis from={frame.from} to={frame.to} />
    </div>
  );
}

const day = 86_400_000;

/** Five times along the axis, in days or months where it is long. */
function TimeAxis({ from, to }: { from: number; to: number }) {
  const zone = useZone();
  const words = (at: number) => {
    if (to - from <= 2 * day) return formatTime(at, zone, 'time');
    const [date, month, year] = formatTime(at, zone, 'date').split(' ');
    return to - from > 90 * day ? `${month} ${year}` : `${date} ${month}`;
  };
  return [0, 0.25, 0.5, 0.75, 1].map((share) => (
    <span
      key={share}
      className={styles.time}
      data-minor={share % 0.5 !== 0 || undefined}
      data-edge={share === 0 ? 'start' : share === 1 ? 'end' : undefined}
      style={{ left: `${share * 100}%` }}
    >
      {words(from + share * (to - from))}
    </span>
  ));
}
