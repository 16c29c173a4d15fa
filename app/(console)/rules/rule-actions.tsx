import { IconBan, IconCheck, IconEye } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { Badge, SeverityBadge } from '@/components/badge';
import { formatSigned } from '@/components/format';
import type { RuleActions } from '@/domain/rules/actions';
import type { RuleDecision } from '@/domain/rules/vocabulary';
import styles from './rules.module.css';

const looks = {
  ALLOW: { tone: 'allowed', icon: IconCheck },
  REVIEW: { tone: 'review', icon: IconEye },
  BLOCK: { tone: 'blocked', icon: IconBan },
} as const;

/** What a rule decides, as a verb: "Block". */
export function VerbBadge({ decision }: { decision: RuleDecision }) {
  const t = useTranslations('rules.verbs');
  return <Badge {...looks[decision]}>{t(decision)}</Badge>;
}

/** What a rule does, as badges: decision, points, alert. */
export function RuleActionBadges({ actions }: { actions: RuleActions }) {
  const t = useTranslations('rules');
  return (
    <span className={styles.badges}>
      {actions.decision && <VerbBadge decision={actions.decision} />}
      {actions.points ? <Badge>{t('pointsBadge', { points: formatSigned(actions.points) })}</Badge> : null}
      {actions.alert && <SeverityBadge severity={actions.alert.severity} />}
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
