import { useTranslations } from 'next-intl';
import { formatScore } from '../format';
import styles from './charts.module.css';

type Props = { score: number; reviewAt: number; blockAt: number };

/** `<ScoreScale score={0.97} reviewAt={0.5} blockAt={0.85} />`: the bands of the decision and where this score lies. */
export function ScoreScale({ score, reviewAt, blockAt }: Props) {
  const t = useTranslations('badges.decision');
  const chart = useTranslations('charts');
  const review = Math.min(reviewAt, blockAt);
  const bands = [
    { from: 0, to: review, color: 'var(--vg-allowed)', label: `0 ${t('ALLOW')}` },
    { from: review, to: blockAt, color: 'var(--vg-review)', label: `${formatScore(review)} ${t('REVIEW')}` },
    { from: blockAt, to: 1, color: 'var(--vg-blocked)', label: `${formatScore(blockAt)} ${t('BLOCK')}` },
  ].filter((band) => band.to > band.from);
  return (
    <div className={styles.scale} role="img" aria-label={`${chart('score')} ${formatScore(score)}`}>
      <div className={styles.scaleBar}>
        {bands.map((band) => (
          <span key={band.label} style={{ flex: band.to - band.from, background: band.color }} />
        ))}
      </div>
      <span className={styles.scaleMark} style={{ left: `${Math.min(1, Math.max(0, score)) * 100}%` }} />
      <div className={styles.scaleLabels}>
        {/* A narrow last band has no room for its words to the right of its beginning. */}
        {bands.map((band) => (
          <span key={band.label} style={band.from > 0.75 ? { right: 0 } : { left: `${band.from * 100}%` }}>
            {band.label}
          </span>
        ))}
      </div>
    </div>
  );
}
