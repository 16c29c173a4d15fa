'use client';

import { Button, Checkbox, NumberInput, Popover, TextInput } from '@mantine/core';
import { IconCheck, IconChevronDown, IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { Filter } from './filter-bar';
import styles from './filter-bar.module.css';

type Props = {
  filter: Filter;
  value: string | null;
  startOpen: boolean;
  onChange: (value: string | null) => void;
  onClose: () => void;
};

type Translate = ReturnType<typeof useTranslations<'filters'>>;

/** A filter's value in words. */
export function filterWords(filter: Filter, value: string, t: Translate): string {
  const name = (each: string) => filter.options?.find((option) => option.value === each)?.label ?? each;
  if (filter.kind === 'many') return value.split(',').map(name).join(', ');
  if (filter.kind === 'flag') return value === 'no' ? t('no') : t('yes');
  if (filter.kind === 'range' || filter.kind === 'days') {
    const [from = '', to = ''] = value.split('..');
    const unit = filter.unit ? `\u00a0${filter.unit}` : '';
    if (from && to) return from === to ? from + unit : t('between', { from, to: to + unit });
    return from ? t('atLeast', { value: from + unit }) : t('atMost', { value: to + unit });
  }
  return name(value);
}

/** One chip: outline with an arrow while unset, selected fill with × when set; its editor in a popover. */
export function FilterChip({ filter, value, startOpen, onChange, onClose }: Props) {
  const t = useTranslations('filters');
  const [open, setOpen] = useState(startOpen);
  const close = () => {
    setOpen(false);
    onClose();
  };
  return (
    <Popover
      opened={open}
      onChange={(next) => !next && close()}
      position="bottom-start"
      trapFocus
      returnFocus
    >
      <span className={styles.chip} data-kind={value === null ? 'unset' : 'set'}>
        <Popover.Target>
          <button type="button" className={styles.chipText} onClick={() => setOpen(!open)}>
            {filter.label}
            {value === null ? (
              <IconChevronDown size={14} stroke={2} aria-hidden />
            ) : (
              <>
                : <strong>{filterWords(filter, value, t)}</strong>
              </>
            )}
          </button>
        </Popover.Target>
        {value !== null && (
          <button
            type="button"
            className={styles.chipClear}
            aria-label={t('remove', { name: filter.label })}
            onClick={() => onChange(null)}
          >
            <IconX size={14} stroke={2} />
          </button>
        )}
      </span>
      <Popover.Dropdown className={styles.editor}>
        {open && (
          <Editor
            filter={filter}
            value={value}
            onChange={(next) => {
              onChange(next);
              close();
            }}
          />
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

type EditorProps = { filter: Filter; value: string | null; onChange: (value: string | null) => void };

function Editor(props: EditorProps) {
  const t = useTranslations('filters');
  const { filter, value, onChange } = props;
  if (filter.kind === 'one' || filter.kind === 'flag') {
    const options =
      filter.kind === 'flag'
        ? [
            { value: 'yes', label: t('yes') },
            { value: 'no', label: t('no') },
          ]
        : (filter.options ?? []);
    return (
      <div className={styles.options}>
        {options.map((option) => (
          <button
            key={option.value}
            type="button"
            className={styles.option}
            aria-pressed={option.value === value}
            onClick={() => onChange(option.value === value ? null : option.value)}
          >
            {option.label}
            {option.value === value && <IconCheck size={14} stroke={2} aria-hidden />}
          </button>
        ))}
      </div>
    );
  }
  return filter.kind === 'many' ? <ManyEditor {...props} /> : <TypedEditor {...props} />;
}

function ManyEditor({ filter, value, onChange }: EditorProps) {
  const t = useTranslations('filters');
  const [chosen, setChosen] = useState<string[]>(value ? value.split(',') : []);
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onChange(chosen.length ? chosen.join(',') : null);
      }}
    >
      <Checkbox.Group value={chosen} onChange={setChosen} aria-label={filter.label}>
        <div className={styles.ticks}>
          {filter.options?.map((option) => (
            <Checkbox key={option.value} value={option.value} label={option.label} />
          ))}
        </div>
      </Checkbox.Group>
      <Button type="submit" size="xs">
        {t('apply')}
      </Button>
    </form>
  );
}

function TypedEditor({ filter, value, onChange }: EditorProps) {
  const t = useTranslations('filters');
  const parts = (value ?? '').split('..');
  const [from, setFrom] = useState(parts[0] ?? '');
  const [to, setTo] = useState(parts[1] ?? '');
  const pair = from || to ? `${from}..${to}` : null;
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        onChange(filter.kind === 'text' ? from.trim() || null : pair);
      }}
    >
      {filter.kind === 'text' && (
        <TextInput
          data-autofocus
          label={filter.label}
          value={from}
          maxLength={200}
          onChange={(event) => setFrom(event.currentTarget.value)}
        />
      )}
      {filter.kind === 'range' && (
        <div className={styles.pair}>
          <NumberInput
            data-autofocus
            label={t('from')}
            value={from}
            onChange={(next) => setFrom(String(next))}
          />
          <NumberInput label={t('to')} value={to} onChange={(next) => setTo(String(next))} />
        </div>
      )}
      {filter.kind === 'days' && (
        <div className={styles.pair}>
          <TextInput
            type="date"
            label={t('from')}
            value={from}
            onChange={(event) => setFrom(event.currentTarget.value)}
          />
          <TextInput
            type="date"
            label={t('to')}
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          />
        </div>
      )}
      <Button type="submit" size="xs">
        {t('apply')}
      </Button>
    </form>
  );
}
