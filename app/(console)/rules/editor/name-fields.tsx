'use client';

import { Select, Textarea, TextInput } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { type RuleType, ruleTypes } from '@/domain/rules/vocabulary';
import styles from '../rules.module.css';
import type { Faults, FormState } from './form-state';

type Props = {
  form: FormState;
  change: (part: Partial<FormState>) => void;
  faults: Faults['fields'];
  nameError?: string;
};

/** Name, why the rule is there, its kind and its place among the others. */
export function NameFields({ form, change, faults, nameError }: Props) {
  const t = useTranslations('rules');
  const words = useTranslations('errors.field');
  const error = (rule: string | undefined) => rule && words(rule);
  return (
    <div className={styles.stack}>
      <div className={styles.row}>
        <TextInput
          className={styles.grow}
          label={t('name')}
          description={t('nameHelp')}
          maxLength={100}
          required
          withAsterisk={false}
          value={form.name}
          error={error(faults.name) ?? nameError}
          onChange={(event) => change({ name: event.currentTarget.value })}
        />
        <TextInput
          w={120}
          label={t('priority')}
          description={t('priorityHelp')}
          inputMode="numeric"
          maxLength={3}
          value={form.priority}
          error={error(faults.priority)}
          onChange={(event) => change({ priority: event.currentTarget.value })}
        />
        <Select
          w={152}
          label={t('type')}
          description={t('typeHelp')}
          allowDeselect={false}
          data={ruleTypes.map((value) => ({ value, label: t(`types.${value}`) }))}
          value={form.type}
          onChange={(type) => type && change({ type: type as RuleType })}
        />
      </div>
      <Textarea
        label={t('description')}
        description={t('descriptionHelp')}
        autosize
        minRows={1}
        maxRows={4}
        maxLength={500}
        value={form.description}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
    </div>
  );
}
