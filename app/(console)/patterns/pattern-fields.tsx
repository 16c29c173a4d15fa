'use client';

import { ActionIcon, NumberInput, Select, Textarea } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { formatNumber, formatRuleId } from '@/components/format';
import { mostRules, totalOf } from '@/domain/patterns/input';
import type { PatternList } from '@/domain/patterns/queries';
import styles from './patterns.module.css';

/** What is being written; numbers as they were typed. */
export type Draft = {
  description: string;
  rules: { ruleId: number; weight: number | string }[];
  reviewThreshold: number | string;
  blockThreshold: number | string;
};

export const emptyDraft: Draft = { description: '', rules: [], reviewThreshold: 0.5, blockThreshold: 1 };

/** What a command takes; what is no number is refused there, by its field. */
export const writtenOf = (draft: Draft) => ({
  description: draft.description,
  rules: draft.rules.map(({ ruleId, weight }) => ({ ruleId, weight: Number(weight) })),
  reviewThreshold: Number(draft.reviewThreshold),
  blockThreshold: Number(draft.blockThreshold),
});

type Props = {
  draft: Draft;
  change: (part: Partial<Draft>) => void;
  rules: PatternList['rules'];
  error: (field: string) => string | undefined;
};

/** Description, weighted rules and the two thresholds. */
export function PatternFields({ draft, change, rules, error }: Props) {
  const t = useTranslations('patterns');
  const total = totalOf(writtenOf(draft).rules);
  const number = { min: 0, step: 0.1, decimalScale: 2, hideControls: true } as const;
  return (
    <>
      <Textarea
        label={t('description')}
        autosize
        minRows={2}
        maxRows={5}
        maxLength={500}
        value={draft.description}
        error={error('description')}
        onChange={(event) => change({ description: event.currentTarget.value })}
      />
      <RuleFields draft={draft} change={change} rules={rules} error={error} />
      <div className={styles.pair}>
        <NumberInput
          {...number}
          label={t('reviewAt')}
          value={draft.reviewThreshold}
          error={error('reviewThreshold')}
          onChange={(reviewThreshold) => change({ reviewThreshold })}
        />
        <NumberInput
          {...number}
          label={t('blockAt')}
          value={draft.blockThreshold}
          error={error('blockThreshold')}
          onChange={(blockThreshold) => change({ blockThreshold })}
        />
      </div>
      {draft.rules.length > 0 && (
        <p className={styles.hint}>
          {t(Number(draft.blockThreshold) > total ? 'neverBlocks' : 'total', {
            total: formatNumber(total, 2),
          })}
        </p>
      )}
    </>
  );
}

function RuleFields({ draft, change, rules, error }: Props) {
  const t = useTranslations('patterns');
  const nameOf = (ruleId: number) => rules.find((rule) => rule.ruleId === ruleId)?.name ?? '';
  const chosen = new Set(draft.rules.map((rule) => rule.ruleId));
  const free = rules.filter((rule) => !chosen.has(rule.ruleId) && rule.state !== 'retired');
  const weigh = (at: number, weight: number | string) =>
    change({ rules: draft.rules.map((rule, i) => (i === at ? { ...rule, weight } : rule)) });
  const nested = draft.rules.map((_, i) => error(`rules.${i}.weight`));
  return (
    <fieldset className={styles.rules}>
      <legend>{t('weights')}</legend>
      {draft.rules.map(({ ruleId, weight }, i) => (
        <div key={ruleId} className={styles.weighted}>
          <span>
            <span className="vg-mono">{formatRuleId(ruleId)}</span> {nameOf(ruleId)}
          </span>
          <NumberInput
            w={72}
            min={0}
            max={1}
            step={0.1}
            decimalScale={2}
            hideControls
            aria-label={t('weight', { rule: formatRuleId(ruleId) })}
            value={weight}
            error={nested[i]}
            onChange={(value) => weigh(i, value)}
          />
          <ActionIcon
            aria-label={t('removeRule', { rule: formatRuleId(ruleId) })}
            onClick={() => change({ rules: draft.rules.filter((_, at) => at !== i) })}
          >
            <IconX size={16} stroke={1.75} />
          </ActionIcon>
        </div>
      ))}
      {draft.rules.length < mostRules && (
        <Select
          // A chosen rule leaves the list; the field begins again.
          key={draft.rules.length}
          searchable
          aria-label={t('addRule')}
          placeholder={t('addRule')}
          value={null}
          data={free.map((rule) => ({
            value: String(rule.ruleId),
            label: `${formatRuleId(rule.ruleId)} ${rule.name}`,
          }))}
          error={error('rules')}
          onChange={(id) => id && change({ rules: [...draft.rules, { ruleId: Number(id), weight: 0.5 }] })}
        />
      )}
    </fieldset>
  );
}
