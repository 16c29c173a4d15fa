'use client';

import { ActionIcon, Button, SegmentedControl, Select } from '@mantine/core';
import { IconAlertCircle, IconFolderPlus, IconPlus, IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { RuleGroupProps, RuleGroupType } from 'react-querybuilder';
import styles from '../rules.module.css';
import { useBuilder } from './builder';
import type { BuilderGroup } from './builder-query';

/** Depth of groups inside the root that conditions may have. */
const deepest = 3;

/** One group: All or Any of these are true (or not true), its conditions, and buttons to add to it. */
export function BuilderGroupControl({
  ruleGroup,
  path,
  schema,
  actions,
  translations,
  context,
}: RuleGroupProps) {
  const t = useTranslations('rules');
  const { faults } = useBuilder();
  const group = ruleGroup as unknown as BuilderGroup;
  const fault = faults.get(group.id ?? '');
  const root = path.length === 0;
  const Group = schema.controls.ruleGroup;
  const Rule = schema.controls.rule;
  const number = path.map((at) => at + 1).join('.');
  return (
    <fieldset
      className={styles.group}
      data-nested={!root || undefined}
      data-wrong={fault ? true : undefined}
      aria-label={root ? t('builder.root') : t('builder.group', { number })}
    >
      <div className={styles.groupHead}>
        {root && <span>{t('when')}</span>}
        <SegmentedControl
          size="xs"
          aria-label={t('builder.combinator')}
          value={group.combinator}
          onChange={(value) => actions.onPropChange('combinator', value, path)}
          data={[
            { value: 'and', label: t('group.all') },
            { value: 'or', label: t('group.any') },
          ]}
        />
        <span>{t('builder.ofThese')}</span>
        <Select
          size="xs"
          w={104}
          aria-label={t('builder.truth')}
          allowDeselect={false}
          value={group.not ? 'not' : 'true'}
          onChange={(value) => actions.onPropChange('not', value === 'not', path)}
          data={[
            { value: 'true', label: t('builder.true') },
            { value: 'not', label: t('builder.notTrue') },
          ]}
        />
        {!root && (
          <ActionIcon
            className={styles.remove}
            size={28}
            aria-label={t('builder.removeGroup', { number })}
            onClick={() => actions.onGroupRemove(path)}
          >
            <IconX size={16} stroke={1.75} />
          </ActionIcon>
        )}
      </div>
      <ul className={styles.conditions}>
        {group.rules.map((child, i) => {
          const shared = { path: [...path, i], schema, actions, translations, context };
          return (
            <li key={child.id ?? i}>
              {'rules' in child ? (
                <Group {...shared} id={child.id} ruleGroup={child as RuleGroupType} />
              ) : (
                <Rule {...shared} id={child.id} rule={child} />
              )}
            </li>
          );
        })}
      </ul>
      {fault && (
        <p className={styles.fault} role="alert">
          <IconAlertCircle size={14} stroke={2} aria-hidden /> {t(`conditionErrors.${fault.code}`)}
        </p>
      )}
      <div className={styles.adders}>
        <Button
          size="xs"
          variant="subtle"
          color="gray"
          leftSection={<IconPlus size={14} stroke={2} />}
          onClick={() => actions.onRuleAdd(schema.createRule(), path)}
        >
          {t('builder.addCondition')}
        </Button>
        {path.length < deepest && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconFolderPlus size={14} stroke={2} />}
            onClick={() => actions.onGroupAdd(schema.createRuleGroup(), path)}
          >
            {t('builder.addGroup')}
          </Button>
        )}
      </div>
    </fieldset>
  );
}
