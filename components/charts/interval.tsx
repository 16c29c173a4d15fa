import styles from './charts.module.css';

type Share = { value: number; low: number; high: number };
const width = 72;
type Props = {
  now: Share | null;
  before?: Share | null /** Where the scale ends; 1 without it. */;
  max?: number;
};

/** `<IntervalMark now={{ value: .86, low: .8, high: .91 }} before={…} />`: dot and whisker from 0 on, the older one hollow. */
export function IntervalMark({ now, before, max = 1 }: Props) {
  const at = (share: number) => 4 + Math.min(1, share / max) * (width - 8);
  return (
    <svg width={width} height={16} className={styles.interval} aria-hidden="true">
      <line x1={4} x2={width - 4} y1={8} y2={8} stroke="var(--vg-grid)" />
      {before && (
        <>
          <line x1={at(before.low)} x2={at(before.high)} y1={12} y2={12} stroke="var(--vg-text-3)" />
          <circle
            cx={at(before.value)}
            cy={12}
            r={2.5}
            fill="var(--vg-surface)"
            stroke="var(--vg-text-3)"
            strokeWidth={1.25}
          />
        </>
      )}
      {now && (
        <>
          <line
            x1={at(now.low)}
            x2={at(now.high)}
            y1={6}
            y2={6}
            stroke="var(--vg-text-2)"
            strokeWidth={1.5}
          />
          <circle cx={at(now.value)} cy={6} r={3} fill="var(--vg-text)" />
        </>
      )}
    </svg>
  );
}
