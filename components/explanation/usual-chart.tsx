'use client';

import { niceCeiling } from '@/components/charts';
import { formatNumber, formatTime } from '@/components/format';
import { useZone } from '@/components/time';
import type { Usual } from '@/domain/transactions/usual';
import styles from './explanation.module.css';

type Props = {
  payments: Usual['payments'];
  mean: number | null;
  now: { at: string; amountBase: number };
  label: string;
  meanLabel: string;
  nowLabel: string;
};

const width = 292;
const height = 104;
const left = 32;
const top = 8;
const bottom = 18;
const month = 30 * 86_400_000;

/** The customer's payments of thirty days as dots by time and amount, their mean, and this payment as a diamond. */
export function UsualChart({ payments, mean, now, label, meanLabel, nowLabel }: Props) {
  const zone = useZone();
  const end = new Date(now.at).getTime();
  const ceiling = niceCeiling(Math.max(now.amountBase, ...payments.map((each) => each.amountBase), 1));
  const x = (at: string) => left + ((new Date(at).getTime() - (end - month)) / month) * (width - left - 10);
  const y = (amount: number) => height - bottom - (amount / ceiling) * (height - top - bottom);
  const high = now.amountBase > ceiling * 0.75;
  return (
    <svg viewBox={`0 0 ${width} ${height}`} className={styles.usualChart} role="img" aria-label={label}>
      {[ceiling, ceiling / 2, 0].map((tick) => (
        <g key={tick}>
          <line x1={left} x2={width} y1={y(tick)} y2={y(tick)} className={styles.grid} />
          <text x={left - 6} y={y(tick) + 3} textAnchor="end">
            {formatNumber(tick, ceiling < 4 ? 1 : 0)}
          </text>
        </g>
      ))}
      {payments.map((each) => (
        <circle
          key={`${each.id}${each.at}`}
          cx={x(each.at)}
          cy={y(each.amountBase)}
          r={2.5}
          data-fraud={each.isFraud || undefined}
          className={styles.dot}
        />
      ))}
      {mean !== null && (
        <>
          <line x1={left} x2={width} y1={y(mean)} y2={y(mean)} className={styles.mean} />
          <text x={left + 4} y={Math.max(top + 4, y(mean) - 6)} className={styles.chartWord}>
            {meanLabel}
          </text>
        </>
      )}
      <path d={`M${x(now.at)} ${y(now.amountBase) - 5}l5 5-5 5-5-5z`} className={styles.diamond} />
      <text
        x={x(now.at) - 9}
        y={y(now.amountBase) + (high ? 4 : -6)}
        textAnchor="end"
        className={styles.nowWord}
      >
        {nowLabel}
      </text>
      <text x={left} y={height - 4}>
        {formatTime(end - month, zone, 'day').replace(/^\w+ /, '')}
      </text>
      <text x={width} y={height - 4} textAnchor="end">
        {formatTime(end, zone, 'day').replace(/^\w+ /, '')}
      </text>
    </svg>
  );
}
