import { DASH, formatNumber } from '@/components/format';
import type { Figure } from '@/domain/models/performance';
import styles from './models.module.css';

/** `0.871  0.842–0.894`: a figure and, fainter, its 95 % interval. */
export function RangedFigure({ figure }: { figure: Figure | null }) {
  if (!figure) return DASH;
  return (
    <span className={styles.figure}>
      {formatNumber(figure.value, 3)}
      {figure.low !== null && figure.high !== null && (
        <span className={styles.interval}>
          {formatNumber(figure.low, 3)}–{formatNumber(figure.high, 3)}
        </span>
      )}
    </span>
  );
}
