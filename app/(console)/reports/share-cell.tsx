'use client';

import { useTranslations } from 'next-intl';
import { IntervalMark } from '@/components/charts';
import { DASH, formatNumber, formatPercent } from '@/components/format';
import type { Proportion } from '@/domain/reports/proportion';
import styles from './reports.module.css';

type Props = {
  now: Proportion | null;
  before?: Proportion | null;
  digits?: number;
  max?: number;
  /** What stands when there is nothing to know it from. */
  none?: string;
};

/** A share with the interval it lies in, as words and as dot and whisker; the counts on hover. */
export function ShareCell({ now, before, digits = 0, max, none }: Props) {
  const t = useTranslations('reports');
  if (!now) return <span className={styles.none}>{none ?? DASH}</span>;
  return (
    <span
      className={styles.share}
      title={t('ofCounted', { hits: formatNumber(now.hits), of: formatNumber(now.of) })}
    >
      <span className={styles.shareText}>
        {formatPercent(now.value, digits)}
        <small>
          {t('interval', {
            low: formatNumber(now.low * 100, digits),
            high: formatNumber(now.high * 100, digits),
          })}
        </small>
      </span>
      <IntervalMark now={now} before={before} max={max} />
    </span>
  );
}

/** The same as fields of a file. */
export const shareFields = (share: Proportion | null): (number | null)[] =>
  share ? [share.value, share.low, share.high].map((value) => Number(value.toFixed(6))) : [null, null, null];
