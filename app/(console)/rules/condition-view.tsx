'use client';

import { useTranslations } from 'next-intl';
import type { Condition, LeafCondition } from '@/domain/rules/conditions';
import { findField } from '@/domain/rules/fields';
import type { RuleWords } from '@/domain/rules/words';
import styles from './rules.module.css';
import { useRuleWords } from './use-rule-words';

type Group = Extract<Condition, { op: 'all' | 'any' }>;
const isGroup = (c: Condition): c is Group => c.op === 'all' || c.op === 'any';
const signs: Partial<Record<LeafCondition['op'], string>> = { lt: '<', lte: '≤', gt: '>', gte: '≥' };

/** The condition as the editor shows it, for reading. */
export function ConditionView({ condition, currency }: { condition: Condition; currency: string }) {
  const t = useTranslations('rules');
  const words = useRuleWords(currency);
  if (isGroup(condition)) return <GroupView group={condition} words={words} lead={t('when')} />;
  return <GroupView group={{ op: 'all', conditions: [condition] }} words={words} lead={t('when')} />;
}

function GroupView({
  group,
  words,
  lead,
  not,
}: {
  group: Group;
  words: RuleWords;
  lead?: string;
  not?: boolean;
}) {
  const t = useTranslations('rules');
  return (
    <div className={styles.group} data-nested={lead === undefined || undefined}>
      <p className={styles.groupHead}>
        {lead && <span>{lead}</span>}
        <span className={styles.combinator}>{t(`group.${not ? 'not' : ''}${group.op}`)}</span>
        <span>{t('group.ofThese')}</span>
      </p>
      <ul className={styles.conditions}>
        {group.conditions.map((child, i) => (
          <li key={i}>
            <NodeView condition={child} words={words} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function NodeView({ condition, words }: { condition: Condition; words: RuleWords }) {
  if (isGroup(condition)) return <GroupView group={condition} words={words} />;
  if (condition.op === 'not') {
    const inner = condition.condition;
    return (
      <GroupView group={isGroup(inner) ? inner : { op: 'all', conditions: [inner] }} words={words} not />
    );
  }
  return <LeafView leaf={condition} words={words} />;
}

function LeafView({ leaf, words }: { leaf: LeafCondition; words: RuleWords }) {
  const t = useTranslations('rules');
  return (
    <span className={styles.leaf}>
      <span className={styles.cell} title={leaf.field}>
        {words.field(leaf.field)}
      </span>
      <span className={styles.cell}>{signs[leaf.op] ?? t(`operators.${leaf.op}`)}</span>
      {leaf.op !== 'missing' && leaf.op !== 'present' && (
        <span className={styles.cell} title={'than' in leaf ? leaf.than?.field : undefined}>
          {operandText(leaf, words, t('and'))}
        </span>
      )}
    </span>
  );
}

type WithOperand = Exclude<LeafCondition, { op: 'missing' | 'present' }>;

function operandText(leaf: WithOperand, words: RuleWords, and: string): string {
  const unit = findField(leaf.field)?.unit ?? 'none';
  if (leaf.op === 'in' || leaf.op === 'notIn') return leaf.values.map((v) => words.value(unit, v)).join(', ');
  if (leaf.op === 'between') return `${words.value(unit, leaf.low)} ${and} ${words.value(unit, leaf.high)}`;
  if (!leaf.than) return words.value(unit, leaf.value);
  const times = leaf.than.times ?? 1;
  return `${times === 1 ? '' : `${words.value('number', times)} × `}${words.field(leaf.than.field)}`;
}
