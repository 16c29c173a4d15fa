'use client';

import { Button, Menu, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { parseAsString, useQueryStates } from 'nuqs';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import styles from './filter-bar.module.css';
import { FilterChip } from './filter-chip';
import { useShortcuts } from './keyboard';

export type Filter = {
  /** The name in the URL. */
  key: string;
  label: string;
  /**
   * `one` and `many` of `options` (many: `a,b`), `text` typed, `range` of numbers (`10..50`, `10..`, `..50`),
   * `days` of dates (`2026-11-01..2026-11-17`, UTC days), `flag` (`yes`, `no`).
   */
  kind: 'one' | 'many' | 'text' | 'range' | 'days' | 'flag';
  options?: { value: string; label: string }[];
  /** Shown as an outlined chip while unset; the others are behind "+ Filter". */
  pinned?: boolean;
  /** Unit behind a range. */
  unit?: string;
};

type Props = {
  filters: Filter[];
  /** A search field, `?q=` in the URL. */
  search?: { placeholder: string };
  /** At the right: views, export. */
  children?: ReactNode;
};

/** All values as they stand in the URL, and a setter that also goes back to the first page. */
export function useFilters(keys: string[]) {
  const parsers = Object.fromEntries([...keys, 'q', 'cursor', 'back'].map((key) => [key, parseAsString]));
  const [values, set] = useQueryStates(parsers, { shallow: false, history: 'push' });
  return {
    values: values as Record<string, string | null>,
    set: (change: Record<string, string | null>) => void set({ ...change, cursor: null, back: null }),
    clear: () => void set(Object.fromEntries(Object.keys(parsers).map((key) => [key, null]))),
  };
}

/** The one filter bar: search, chips set / unset / add. The page reads the same names from its searchParams. */
export function FilterBar({ filters, search, children }: Props) {
  const t = useTranslations('filters');
  const { values, set, clear } = useFilters(filters.map((filter) => filter.key));
  const [adding, setAdding] = useState<string | null>(null);
  const isSet = (filter: Filter) => values[filter.key] !== null && values[filter.key] !== undefined;
  const chips = filters.filter((filter) => filter.pinned || isSet(filter) || adding === filter.key);
  const rest = filters.filter((filter) => !chips.includes(filter));
  const anySet = filters.some(isSet) || Boolean(values.q);
  return (
    <search className={styles.bar}>
      {search && (
        <SearchField
          value={values.q ?? ''}
          placeholder={search.placeholder}
          onChange={(q) => set({ q: q || null })}
        />
      )}
      {chips.map((filter) => (
        <FilterChip
          key={filter.key}
          filter={filter}
          value={values[filter.key] ?? null}
          startOpen={adding === filter.key}
          onChange={(value) => {
            setAdding(null);
            set({ [filter.key]: value });
          }}
          onClose={() => setAdding(null)}
        />
      ))}
      {rest.length > 0 && (
        <Menu position="bottom-start">
          <Menu.Target>
            <button type="button" className={styles.chip} data-kind="add">
              <IconPlus size={14} stroke={2} aria-hidden />
              {t('add')}
            </button>
          </Menu.Target>
          <Menu.Dropdown>
            {rest.map((filter) => (
              <Menu.Item key={filter.key} onClick={() => setAdding(filter.key)}>
                {filter.label}
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {anySet && (
        <Button size="xs" variant="subtle" color="gray" onClick={clear}>
          {t('clear')}
        </Button>
      )}
      {children && <div className={styles.end}>{children}</div>}
    </search>
  );
}

function SearchField(props: { value: string; placeholder: string; onChange: (q: string) => void }) {
  const t = useTranslations('filters');
  const [text, setText] = useState(props.value);
  const ref = useRef<HTMLInputElement>(null);
  const send = useDebouncedCallback(props.onChange, 300);
  useEffect(() => {
    // Back, forward and Clear change the URL; what is being typed is not touched.
    if (document.activeElement !== ref.current) setText(props.value);
  }, [props.value]);
  useShortcuts([{ keys: '/', label: t('focus'), run: () => ref.current?.focus() }]);
  return (
    <TextInput
      ref={ref}
      className={styles.search}
      aria-label={props.placeholder}
      placeholder={props.placeholder}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      value={text}
      maxLength={200}
      onChange={(event) => {
        setText(event.currentTarget.value);
        send(event.currentTarget.value.trim());
      }}
    />
  );
}
