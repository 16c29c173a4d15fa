import { useTranslations } from 'next-intl';
import { Badge, DecisionBadge, SeverityBadge } from '@/components/badge';
import { formatSigned } from '@/components/format';
import type { RuleActions } from '@/domain/rules/actions';
import styles from './rules.module.css';

/** What a rule does, as badges: decision, points, alert. */
export function RuleActionBadges({ actions, alert = true }: { actions: RuleActions; alert?: boolean }) {
  const t = useTranslations('rules');
  return (
    <span className={styles.badges}>
      {actions.decision && <DecisionBadge decision={actions.decision} />}
      {actions.points ? <Badge>{t('pointsBadge', { points: formatSigned(actions.points) })}</Badge> : null}
      {alert && actions.alert && <SeverityBadge severity={actions.alert.severity} />}
    </span>
  );
}

/** The tags that a rule puts on a payment. */
export function RuleTags({ tags }: { tags: readonly string[] | undefined }) {
  if (!tags || tags.length === 0) return null;
  return (
    <span className={styles.badges}>
      {tags.map((tag) => (
        <Badge key={tag}>{tag}</Badge>
      ))}
    </span>
  );
}
