'use client';

import { useTranslations } from 'next-intl';
import { formatSigned } from '@/components/format';
import type { RuleActions } from '@/domain/rules/actions';
import type { Condition } from '@/domain/rules/conditions';
import { VerbBadge } from './rule-actions';
import styles from './rules.module.css';
import { useRuleWords } from './use-rule-words';

type Props = { actions: RuleActions; conditions: Condition; currency: string };

/** A rule as a person would say it: "Block a payment when 3 or more … and amount is below € 10.00." */
export function RuleSentence({ actions, conditions, currency }: Props) {
  const t = useTranslations('rules');
  const words = useRuleWords(currency);
  const { decision, points } = actions;
  return (
    <p className={styles.sentence}>
      {decision && <VerbBadge decision={decision} />}{' '}
      {t(decision ? `does.${decision}` : points ? 'does.points' : 'does.mark', {
        points: formatSigned(points ?? 0),
      })}{' '}
      {words
        .condition(conditions)
        .map((part, i) =>
          part.strong ? <strong key={i}>{part.text}</strong> : <span key={i}>{part.text}</span>,
        )}
      .
    </p>
  );
}
