'use client';

import type { ReactNode } from 'react';
import type { Explanation } from '@/domain/transactions/explain';
import { CardPanel } from './card-panel';
import styles from './explanation.module.css';
import { RulesPanel } from './rules-panel';
import { ScorePanel } from './score-panel';
import { SimilarPanel } from './similar-panel';
import { UsualPanel } from './usual-panel';
import { WhyPanel } from './why-panel';

type Props = {
  explanation: Explanation;
  /** More panels below the left and the right column. */
  left?: ReactNode;
  right?: ReactNode;
};

/** A decision explained: why, which rules, what moved the score; beside it what is usual, what is similar, the card. */
export function ExplanationPanels({ explanation, left, right }: Props) {
  return (
    <div className={styles.columns}>
      <div className={styles.column}>
        <WhyPanel explanation={explanation} />
        <RulesPanel explanation={explanation} />
        <ScorePanel explanation={explanation} />
        {left}
      </div>
      <div className={styles.column}>
        <UsualPanel explanation={explanation} />
        <SimilarPanel similar={explanation.similar} at={explanation.payment.at} />
        <CardPanel explanation={explanation} />
        {right}
      </div>
    </div>
  );
}
