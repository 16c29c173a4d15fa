'use client';

import { useTranslations } from 'next-intl';
import { Badge, RuleBadge } from '@/components/badge';
import { CopyId } from '@/components/copy-id';
import { formatRuleId } from '@/components/format';
import { useRefreshOn } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { Time } from '@/components/time';
import type { RuleDetail, RuleHits } from '@/domain/rules/queries';
import styles from '../rules.module.css';
import { ConditionPanel } from './condition-panel';
import { HitsPanel } from './hits-panel';
import { StepButtons } from './step-buttons';
import { VersionsPanel } from './versions-panel';

export type Rights = { edit: boolean; activate: boolean; audit: boolean };
type Props = { rule: RuleDetail; hits: RuleHits | undefined; rights: Rights };

/** One rule: what it says, what it hit, its versions, and the steps that a person may take. */
export function RuleView({ rule, hits, rights }: Props) {
  const t = useTranslations('rules');
  useRefreshOn(['rules']);
  const { shown, draft } = rule;
  const waiting = draft && draft.versionId !== shown.versionId ? draft : null;
  return (
    <>
      <PageHeader
        title={shown.name}
        parent={{ href: '/rules', label: t('title') }}
        meta={
          <span className={styles.meta}>
            <CopyId id={formatRuleId(rule.ruleId)} />
            <Badge>{t('version', { version: shown.version })}</Badge>
            <RuleBadge state={shown.state} />
            {waiting && (
              <>
                <span>{t('versionIs', { version: waiting.version })}</span>
                <RuleBadge state="draft" />
              </>
            )}
          </span>
        }
      >
        <span className={styles.quiet}>
          {t('writtenBy', { name: shown.createdByName })} <Time at={shown.updatedAt} style="day" />
        </span>
        <StepButtons rule={rule} rights={rights} />
      </PageHeader>
      <div className={styles.columns}>
        <div className={styles.column}>
          {waiting && <ConditionPanel version={waiting} compared={shown} currency={rule.currency} />}
          <ConditionPanel version={shown} currency={rule.currency} />
        </div>
        <div className={styles.column}>
          <HitsPanel ruleId={rule.ruleId} initial={hits} />
          <VersionsPanel rule={rule} audit={rights.audit} />
        </div>
      </div>
    </>
  );
}
