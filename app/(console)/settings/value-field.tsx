'use client';

import { ActionIcon, Button, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import type { SettingRow } from '@/domain/settings/queries';
import styles from './settings.module.css';
import { useSettingWords } from './words';

type Props = {
  row: SettingRow;
  parts: Record<string, string>;
  onChange: (parts: Record<string, string>) => void;
  errorOf: (field: string) => string | undefined;
};

/** One field for a plain value, one a part for the others; a list of currencies can grow and shrink. */
export function ValueField({ row, parts, onChange, errorOf }: Props) {
  const t = useTranslations('settings');
  const words = useSettingWords();
  const set = (name: string, text: string) => onChange({ ...parts, [name]: text });
  const open = row.key === 'currency.rates';
  if ('' in parts)
    return (
      <TextInput
        label={t('newValue')}
        description={row.unit && words.unit(row)}
        value={parts['']}
        onChange={(event) => set('', event.currentTarget.value)}
        error={errorOf('value')}
        inputMode={typeof row.initial === 'number' ? 'decimal' : 'text'}
        required
      />
    );
  return (
    <fieldset className={styles.parts}>
      <legend>{row.unit ? `${t('newValue')}, ${words.unit(row)}` : t('newValue')}</legend>
      {Object.keys(parts).map((name) => (
        <TextInput
          key={name}
          label={words.part(name)}
          value={parts[name]}
          onChange={(event) => set(name, event.currentTarget.value)}
          error={errorOf(`value.${name}`)}
          inputMode="decimal"
          required
          rightSection={
            open && (
              <ActionIcon
                aria-label={t('removeCurrency', { currency: name })}
                onClick={() =>
                  onChange(Object.fromEntries(Object.entries(parts).filter(([key]) => key !== name)))
                }
              >
                <IconX size={14} stroke={2} />
              </ActionIcon>
            )
          }
        />
      ))}
      {open && <NewCurrency taken={parts} onAdd={(name) => set(name, '')} />}
      {errorOf('value') && (
        <p className={styles.error} role="alert">
          {errorOf('value')}
        </p>
      )}
    </fieldset>
  );
}

function NewCurrency({ taken, onAdd }: { taken: Record<string, string>; onAdd: (name: string) => void }) {
  const t = useTranslations('settings');
  const [name, setName] = useState('');
  const code = name.trim().toUpperCase();
  const fits = /^[A-Z]{3}$/.test(code) && !(code in taken);
  return (
    <div className={styles.add}>
      <TextInput
        label={t('newCurrency')}
        placeholder="NOK"
        value={name}
        maxLength={3}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Button
        variant="default"
        leftSection={<IconPlus size={16} stroke={1.75} />}
        disabled={!fits}
        onClick={() => {
          onAdd(code);
          setName('');
        }}
      >
        {t('addCurrency')}
      </Button>
    </div>
  );
}
