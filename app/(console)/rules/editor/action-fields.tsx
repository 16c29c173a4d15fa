'use client';

import { Select, TagsInput, TextInput } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { alertSeverities, decisions } from '@/domain/rules/vocabulary';
import styles from '../rules.module.css';
import type { Faults, FormState } from './form-state';

type Props = { form: FormState; change: (part: Partial<FormState>) => void; faults: Faults['fields'] };

/** What follows when the rule fires: decision, points, alert, tags. */
export function ActionFields({ form, change, faults }: Props) {
  const t = useTranslations('rules');
  const badges = useTranslations('badges');
  const words = useTranslations('errors.field');
  const error = (rule: string | undefined) => rule && words(rule);
  return (
    <div className={styles.stack}>
      <div className={styles.row}>
        <Select
          w={168}
          label={t('decision')}
          description={t('decisionHelp')}
          allowDeselect={false}
          data={[
            { value: 'NONE', label: t('noDecision') },
            ...decisions.map((value) => ({ value, label: t(`verbs.${value}`) })),
          ]}
          value={form.decision}
          onChange={(decision) => decision && change({ decision: decision as FormState['decision'] })}
        />
        <TextInput
          w={136}
          label={t('points')}
          description={t('pointsHelp')}
          inputMode="decimal"
          maxLength={8}
          value={form.points}
          error={error(faults.points)}
          onChange={(event) => change({ points: event.currentTarget.value })}
        />
        <Select
          w={168}
          label={t('alert')}
          description={t('alertHelp')}
          allowDeselect={false}
          data={[
            { value: 'none', label: t('noAlert') },
            ...alertSeverities.map((value) => ({ value, label: badges(`severity.${value}`) })),
          ]}
          value={form.alert}
          onChange={(alert) => alert && change({ alert: alert as FormState['alert'] })}
        />
      </div>
      <TagsInput
        label={t('tags')}
        labelProps={{ fz: 12, fw: 500 }}
        description={t('tagsHelp')}
        value={form.tags}
        maxTags={5}
        acceptValueOnBlur
        splitChars={[',', ' ', ';']}
        error={error(faults.tags)}
        onChange={(tags) => change({ tags: tags.map((tag) => tag.trim().toLowerCase()) })}
      />
      {faults.actions && (
        <p className={styles.fault} role="alert" data-wrong>
          <IconAlertCircle size={14} stroke={2} aria-hidden /> {error(faults.actions)}
        </p>
      )}
    </div>
  );
}
