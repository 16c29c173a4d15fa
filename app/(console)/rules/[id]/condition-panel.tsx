'use client';

import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { Panel } from '@/components/panel';
import type { RuleVersionRow } from '@/domain/rules/version-facts';
import { ConditionView } from '../condition-view';
import { DryRunNote } from '../dry-run-note';
import { RuleActionBadges, RuleTags } from '../rule-actions';
import { RuleSentence } from '../rule-sentence';
import { RuleText } from '../rule-text';
import styles from '../rules.module.css';

type Props = { version: RuleVersionRow; compared?: RuleVersionRow; currency: string };

/** One version read in full: sentence, tests, what follows, text, and how often it would have fired. */
export function ConditionPanel({ version, compared, currency }: Props) {
  const t = useTranslations('rules');
  const { actions, conditions } = version;
  const label = t('version', { version: version.version });
  return (
    <Panel
      title={compared ? t('conditionOf', { version: label }) : t('condition')}
      question={compared ? t('waitsBeside', { version: compared.version }) : version.description || undefined}
    >
      <div className={styles.stack}>
        <RuleSentence actions={actions} conditions={conditions} currency={currency} />
        <ConditionView condition={conditions} currency={currency} />
        <Details
          items={[
            [t('then'), <RuleActionBadges key="a" actions={actions} />],
            actions.tags?.length ? [t('tags'), <RuleTags key="t" tags={actions.tags} />] : null,
            [t('priority'), t('priorityOf', { priority: version.priority })],
            [t('type'), t(`types.${version.type}`)],
          ]}
        />
        <h3 className={styles.label}>{t('asText')}</h3>
        <RuleText condition={conditions} label={t('asText')} />
        <DryRunNote conditions={conditions} versionId={version.versionId} what={label} />
      </div>
    </Panel>
  );
}
