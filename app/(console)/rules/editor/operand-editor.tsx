'use client';

import { ActionIcon, Select, TagsInput, TextInput, Tooltip } from '@mantine/core';
import { IconArrowsLeftRight } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { type Field, type FieldUnit, findField } from '@/domain/rules/fields';
import type { RuleWords } from '@/domain/rules/words';
import styles from '../rules.module.css';
import { useBuilder } from './builder';
import type { Operand } from './builder-query';

type Props = {
  number: string;
  field: string;
  operator: string;
  value: Operand;
  /** The part that is wrong. */
  wrong?: string;
  describedBy?: string;
  words: RuleWords;
  onChange: (change: Partial<Operand>) => void;
};

/** What a field is compared with: a value, two, a list, or another field times a factor. */
export function OperandEditor(props: Props) {
  const { operator, field } = props;
  const known = findField(field);
  if (!known || operator === 'missing' || operator === 'present') return null;
  if (operator === 'in' || operator === 'notIn') return <ListEditor {...props} />;
  if (operator === 'between') return <RangeEditor {...props} known={known} />;
  return (
    <div className={styles.operand}>
      {props.value.other === null ? (
        <LiteralEditor {...props} known={known} />
      ) : (
        <FieldEditor {...props} known={known} />
      )}
      <OtherToggle {...props} known={known} />
    </div>
  );
}

const unitMarks: Partial<Record<FieldUnit, string>> = {
  km: 'km',
  'km/h': 'km/h',
  seconds: 's',
  hours: 'h',
  ratio: '×',
  degrees: '°',
};

function useUnit(known: Field, words: RuleWords): string | undefined {
  const t = useTranslations('rules.builder');
  if (known.unit === 'share') return t('share');
  // The money value of nothing is its currency sign.
  return known.unit === 'base currency' ? words.value('base currency', 0).charAt(0) : unitMarks[known.unit];
}

function LiteralEditor({
  known,
  number,
  value,
  wrong,
  describedBy,
  words,
  onChange,
}: Props & { known: Field }) {
  const t = useTranslations('rules');
  const unit = useUnit(known, words);
  const label = t('builder.value', { number });
  if (known.type === 'boolean')
    return (
      <Select
        aria-label={label}
        allowDeselect={false}
        value={value.text || null}
        placeholder={t('builder.choose')}
        error={wrong === 'value'}
        aria-describedby={describedBy}
        data={[
          { value: 'true', label: t('units.yes') },
          { value: 'false', label: t('units.no') },
        ]}
        onChange={(text) => onChange({ text: text ?? '' })}
      />
    );
  return (
    <TextInput
      aria-label={label}
      value={value.text}
      inputMode={known.type === 'number' ? 'decimal' : 'text'}
      maxLength={100}
      placeholder={known.pattern ? t(`builder.placeholder.${known.name}`) : undefined}
      error={wrong === 'value'}
      aria-describedby={describedBy}
      rightSection={unit && <span className={styles.unit}>{unit}</span>}
      onChange={(event) => onChange({ text: event.currentTarget.value })}
    />
  );
}

function RangeEditor({
  known,
  number,
  value,
  wrong,
  describedBy,
  words,
  onChange,
}: Props & { known: Field }) {
  const t = useTranslations('rules');
  const unit = useUnit(known, words);
  const shared = { inputMode: 'decimal' as const, maxLength: 30, 'aria-describedby': describedBy };
  return (
    <div className={styles.operand}>
      <TextInput
        {...shared}
        aria-label={t('builder.low', { number })}
        value={value.text}
        error={wrong === 'low'}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
      <span>{t('and')}</span>
      <TextInput
        {...shared}
        aria-label={t('builder.high', { number })}
        value={value.high}
        error={wrong === 'high'}
        rightSection={unit && <span className={styles.unit}>{unit}</span>}
        onChange={(event) => onChange({ high: event.currentTarget.value })}
      />
    </div>
  );
}

function ListEditor({ number, value, wrong, describedBy, onChange }: Props) {
  const t = useTranslations('rules.builder');
  return (
    <TagsInput
      className={styles.list}
      aria-label={t('list', { number })}
      placeholder={value.list.length === 0 ? t('listHint') : undefined}
      value={value.list}
      maxTags={200}
      acceptValueOnBlur
      splitChars={[',', ';']}
      error={wrong?.startsWith('values')}
      aria-describedby={describedBy}
      onChange={(list) => onChange({ list })}
    />
  );
}

function FieldEditor({
  known,
  number,
  field,
  value,
  wrong,
  describedBy,
  onChange,
}: Props & { known: Field }) {
  const t = useTranslations('rules.builder');
  const { fields } = useBuilder();
  const fitting = fields
    .map((group) => ({
      ...group,
      items: group.items.filter((item) => item.value !== field && findField(item.value)?.type === known.type),
    }))
    .filter((group) => group.items.length > 0);
  return (
    <>
      {known.type === 'number' && (
        <TextInput
          className={styles.times}
          rightSectionWidth={24}
          aria-label={t('times', { number })}
          value={value.times}
          placeholder="1"
          inputMode="decimal"
          error={wrong === 'than.times'}
          aria-describedby={describedBy}
          rightSection={<span className={styles.unit}>×</span>}
          onChange={(event) => onChange({ times: event.currentTarget.value })}
        />
      )}
      <Select
        searchable
        aria-label={t('otherField', { number })}
        placeholder={t('chooseField')}
        data={fitting}
        value={value.other || null}
        error={wrong === 'than.field'}
        aria-describedby={describedBy}
        allowDeselect={false}
        maxDropdownHeight={320}
        onChange={(other) => onChange({ other: other ?? '' })}
      />
    </>
  );
}

function OtherToggle({ known, number, value, onChange }: Props & { known: Field }) {
  const t = useTranslations('rules.builder');
  const comparing = value.other !== null;
  if (known.type === 'boolean' && !comparing) return null;
  const label = comparing ? t('compareValue', { number }) : t('compareField', { number });
  return (
    <Tooltip label={comparing ? t('toValue') : t('toField')}>
      <ActionIcon
        size={32}
        aria-label={label}
        aria-pressed={comparing}
        onClick={() => onChange({ other: comparing ? null : '' })}
      >
        <IconArrowsLeftRight size={16} stroke={1.75} />
      </ActionIcon>
    </Tooltip>
  );
}
