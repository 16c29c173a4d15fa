'use client';

import { useDebouncedValue } from '@mantine/hooks';
import { useTranslations } from 'next-intl';
import { Panel } from '@/components/panel';
import type { RuleActions } from '@/domain/rules/actions';
import type { Condition } from '@/domain/rules/conditions';
import { DryRunNote } from '../dry-run-note';
import { RuleSentence } from '../rule-sentence';
import { RuleText } from '../rule-text';
import styles from '../rules.module.css';

type Props = { condition: Condition | null; actions: RuleActions; currency: string };

/** What the rule says so far, in a sentence and as text, and how often it would have fired. */
export function Preview({ condition, actions, currency }: Props) {
  const t = useTranslations('rules');
  const [settled] = useDebouncedValue(condition, 500);
  return (
    <Panel title={t('preview')} question={t('previewQuestion')}>
      {condition ? (
        <div className={styles.stack}>
          <RuleSentence actions={actions} conditions={condition} currency={currency} />
          <h3 className={styles.label}>{t('asText')}</h3>
          <RuleText condition={condition} label={t('asText')} />
          {settled && <DryRunNote conditions={settled} what={t('thisRule')} />}
        </div>
      ) : (
        <p className={styles.quiet}>{t('previewWaits')}</p>
      )}
    </Panel>
  );
}
