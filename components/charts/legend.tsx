import styles from './charts.module.css';

export type LegendEntry = { label: string; color?: string; kind?: 'square' | 'line' | 'dashed' | 'none' };

/** `<Legend entries={[{ label, color: 'var(--vg-fraud)' }, { label, kind: 'line' }]} />` */
export function Legend({ entries }: { entries: LegendEntry[] }) {
  return (
    <div className={styles.legend}>
      {entries.map((entry) => (
        <span key={entry.label}>
          {entry.kind === 'line' && <span className={styles.legendLine} />}
          {entry.kind === 'dashed' && <span className={styles.legendDashed} />}
          {(entry.kind ?? 'square') === 'square' && (
            <span className={styles.swatch} style={{ background: entry.color }} />
          )}
          {entry.label}
        </span>
      ))}
    </div>
  );
}
