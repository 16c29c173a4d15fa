'use client';

import { useTranslations } from 'next-intl';
import { formatTime } from '../format';
import { useZone } from '../time';
import styles from './charts.module.css';

export type TooltipLine = { label: string; color?: string; value: string; compare?: string };
type Props = {
  at: string | number;
  /** Length of the step that begins at `at`; an hour without it. */
  seconds?: number;
  hours?: boolean;
  lines: TooltipLine[];
  hint?: string;
  compareLabel?: string;
};

/** The chart tooltip: the hour, the day, one line a series with its unit and its comparison. */
export function VigilTooltip({ at, seconds = 3600, hours = true, lines, hint, compareLabel }: Props) {
  const t = useTranslations('charts');
  const zone = useZone();
  const wholeDay = seconds === 86_400;
  const from = formatTime(at, zone, 'time');
  const to = formatTime(new Date(at).getTime() + seconds * 1000, zone, 'time');
  return (
    <div className={styles.tooltip}>
      <div className={styles.tooltipHead}>
        <strong>
          {wholeDay
            ? formatTime(at, 'UTC', 'day')
            : hours
              ? t('hourRange', { from, to })
              : formatTime(at, zone, 'short')}
        </strong>
        <span>{wholeDay ? 'UTC' : formatTime(at, zone, 'day')}</span>
      </div>
      <table>
        {compareLabel && (
          <thead>
            <tr>
              <th />
              <th />
              <th>{compareLabel}</th>
            </tr>
          </thead>
        )}
        <tbody>
          {lines.map((line) => (
            <tr key={line.label}>
              <td>
                {line.color && <span className={styles.swatch} style={{ background: line.color }} />}
                {line.label}
              </td>
              <td className={styles.tooltipValue}>{line.value}</td>
              {compareLabel && <td>{line.compare}</td>}
            </tr>
          ))}
        </tbody>
      </table>
      {hint && <div className={styles.tooltipHint}>{hint}</div>}
    </div>
  );
}
