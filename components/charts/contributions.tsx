import { formatSigned } from '../format';
import styles from './charts.module.css';

export type Contribution = { label: string /** What was seen, formatted. */; seen?: string; value: number };

/** `<Contributions rows={[{ label, seen: '14.0 ×', value: 1.74 }]} />`: towards fraud right, towards genuine left. */
export function Contributions({ rows }: { rows: Contribution[] }) {
  const right = Math.max(0, ...rows.map((row) => row.value));
  const left = Math.max(0, ...rows.map((row) => -row.value));
  const span = right + left || 1;
  // Room for the numbers beside the longest bars.
  const scale = (left > 0 ? 50 : 74) / span;
  const zero = left > 0 ? 26 + left * scale : 4;
  return (
    <div className={styles.contributions}>
      {rows.map((row) => (
        <div key={row.label} style={{ display: 'contents' }}>
          <span>{row.label}</span>
          <span className={styles.contributionValue}>{row.seen}</span>
          <span className={styles.contributionTrack} style={{ ['--zero' as string]: `${zero}%` }}>
            <ContributionBar value={row.value} zero={zero} scale={scale} />
          </span>
        </div>
      ))}
    </div>
  );
}

function ContributionBar({ value, zero, scale }: { value: number; zero: number; scale: number }) {
  const width = Math.abs(value) * scale;
  const positive = value >= 0;
  return (
    <>
      <span
        className={styles.contributionBar}
        style={{
          left: `${positive ? zero : zero - width}%`,
          width: `${width}%`,
          background: positive ? 'var(--vg-fraud)' : 'var(--vg-ok)',
        }}
      />
      <span
        className={styles.contributionText}
        style={positive ? { left: `${zero + width}%` } : { right: `${100 - zero + width}%` }}
      >
        {formatSigned(value)}
      </span>
    </>
  );
}
