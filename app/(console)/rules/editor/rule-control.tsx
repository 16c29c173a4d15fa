'use client';

import { ActionIcon, Select } from '@mantine/core';
import { IconAlertCircle, IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { RuleProps } from 'react-querybuilder';
import { findField } from '@/domain/rules/fields';
import styles from '../rules.module.css';
import { useBuilder } from './builder';
import { type BuilderRule, emptyOperand, type Operand, operatorsFor } from './builder-query';
import { OperandEditor } from './operand-editor';

const signs: Record<string, string> = { gte: '≥', gt: '>', lt: '<', lte: '≤' };

/** One condition: field, operator, what it is compared with, and a button to remove it. */
export function BuilderRuleControl({ rule, path, actions }: RuleProps) {
  const t = useTranslations('rules');
  const { fields, faults, words } = useBuilder();
  const { field, operator, value, id } = rule as unknown as BuilderRule;
  const fault = faults.get(id ?? '');
  const number = path.map((at) => at + 1).join('.');
  const known = findField(field);

  /** Another type of field starts afresh; one of the same type keeps what was typed. */
  function pickField(next: string) {
    actions.onPropChange('field', next, path);
    if (findField(next)?.type === known?.type) return;
    actions.onPropChange('operator', operatorsFor(next)[0], path);
    actions.onPropChange(
      'value',
      { ...emptyOperand, text: findField(next)?.type === 'boolean' ? 'true' : '' },
      path,
    );
  }

  return (
    <fieldset
      className={styles.leaf}
      data-wrong={fault ? true : undefined}
      aria-label={t('builder.condition', { number })}
    >
      <Select
        searchable
        aria-label={t('builder.field', { number })}
        data={fields}
        value={known ? field : null}
        title={field}
        error={fault?.part === 'field'}
        onChange={(next) => next && pickField(next)}
        allowDeselect={false}
        maxDropdownHeight={320}
        nothingFoundMessage={t('builder.noField')}
      />
      <Select
        aria-label={t('builder.operator', { number })}
        data={operatorsFor(field).map((op) => ({ value: op, label: signs[op] ?? t(`operators.${op}`) }))}
        value={operator}
        allowDeselect={false}
        error={fault?.part === 'op'}
        onChange={(next) => next && actions.onPropChange('operator', next, path)}
      />
      <div className={styles.operandCell}>
        <OperandEditor
          number={number}
          field={field}
          operator={operator}
          value={value}
          wrong={fault?.part}
          describedBy={fault ? `fault-${id}` : undefined}
          words={words}
          onChange={(change: Partial<Operand>) =>
            actions.onPropChange('value', { ...value, ...change }, path)
          }
        />
      </div>
      <ActionIcon
        className={styles.remove}
        size={32}
        aria-label={t('builder.remove', { number })}
        onClick={() => actions.onRuleRemove(path)}
      >
        <IconX size={16} stroke={1.75} />
      </ActionIcon>
      {fault && (
        <p id={`fault-${id}`} className={styles.fault} role="alert">
          <IconAlertCircle size={14} stroke={2} aria-hidden /> {t(`conditionErrors.${fault.code}`)}
        </p>
      )}
    </fieldset>
  );
}
