'use client';

import { Modal } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { KeyHint } from './key-hint';
import styles from './keyboard.module.css';

export type Shortcut = {
  /** One key or two in a row: `f`, `?`, `Enter`, `ArrowDown`, `g a`. Letters in lower case. */
  keys: string;
  /** What it does, as shown in the overlay and the palette. */
  label: string;
  run: () => void;
  /** Heading in the overlay; "Everywhere" without one. */
  group?: string;
  disabled?: boolean;
  /** Keep out of the overlay and the palette (a second key for the same thing). */
  hidden?: boolean;
};

let registered: Shortcut[][] = [];
let snapshot: Shortcut[] = [];
const listeners = new Set<() => void>();

function publish() {
  snapshot = registered.flat();
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void) {
  listeners.add(listener);
  return () => {
    listeners.delete(listener);
  };
}

const none: Shortcut[] = [];

/** Every shortcut of what is on screen now; the overlay and the palette show them. */
export function useShortcutList(): Shortcut[] {
  return useSyncExternalStore(
    subscribe,
    () => snapshot,
    () => none,
  );
}

/**
 * `useShortcuts([{ keys: 'f', label, group, run: confirm }])`: works while the
 * component is mounted, unless the person types in a field or a dialog is open. The newest one wins.
 */
export function useShortcuts(shortcuts: Shortcut[]) {
  const latest = useRef(shortcuts);
  useEffect(() => {
    latest.current = shortcuts;
  });
  const signature = shortcuts
    .map((s) => [s.keys, s.label, s.group, s.disabled, s.hidden].join('|'))
    .join('\n');
  // biome-ignore lint/correctness/useExhaustiveDependencies: run() is read through the ref, so only the signature matters
  useEffect(() => {
    const own = latest.current.map((shortcut, i) => ({ ...shortcut, run: () => latest.current[i]?.run() }));
    registered = [...registered, own];
    publish();
    return () => {
      registered = registered.filter((each) => each !== own);
      publish();
    };
  }, [signature]);
}

function isTyping(target: EventTarget | null) {
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'submit'].includes(target.type)
  );
}

function isOwnKey(event: KeyboardEvent) {
  // Enter and Space belong to the focused button or link, arrows to an open menu or tab list.
  const target = event.target instanceof HTMLElement ? event.target : null;
  if (event.key === 'Enter' || event.key === ' ')
    return Boolean(target?.closest('button, a, [role=button], summary'));
  if (event.key.startsWith('Arrow'))
    return Boolean(target?.closest('[role=menu], [role=tablist], [role=radiogroup], [role=listbox]'));
  return false;
}

let first = '';
let firstAt = 0;

function onKeyDown(event: KeyboardEvent) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (isTyping(event.target) || isOwnKey(event)) return;
  if (document.querySelector('[role=dialog][aria-modal=true]')) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const sequence = Date.now() - firstAt < 1200 ? `${first} ${key}` : '';
  const match =
    snapshot.findLast((s) => !s.disabled && s.keys === sequence) ??
    snapshot.findLast((s) => !s.disabled && s.keys === key);
  const starts = snapshot.some((s) => s.keys.startsWith(`${key} `));
  if (match) {
    event.preventDefault();
    first = '';
    firstAt = 0;
    match.run();
  } else if (starts) {
    first = key;
    firstAt = Date.now();
  }
}

/** Listens once for the whole console and shows the `?` overlay. Part of the shell. */
export function Keyboard() {
  const t = useTranslations('keyboard');
  const [open, setOpen] = useState(false);
  useShortcuts([{ keys: '?', label: t('overlay'), run: () => setOpen(true) }]);
  useEffect(() => {
    document.addEventListener('keydown', onKeyDown);
    return () => document.removeEventListener('keydown', onKeyDown);
  }, []);
  const shown = useShortcutList().filter((shortcut) => !shortcut.hidden);
  const groups = new Map<string, Shortcut[]>();
  for (const shortcut of shown) {
    const group = shortcut.group ?? t('everywhere');
    groups.set(group, [...(groups.get(group) ?? []), shortcut]);
  }
  return (
    <Modal opened={open} onClose={() => setOpen(false)} title={t('title')} size={640}>
      <div className={styles.groups}>
        {[...groups].map(([group, entries]) => (
          <section key={group}>
            <h3 className={styles.group}>{group}</h3>
            <ul className={styles.list}>
              {entries.map((entry) => (
                <li key={entry.keys + entry.label}>
                  <span>{entry.label}</span>
                  <KeyHint keys={shownKeys(entry.keys)} />
                  <span className={styles.spoken}>{entry.keys}</span>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Modal>
  );
}

/** `f` → `F`, `ArrowDown` → `↓`: keys as they are printed. */
export function shownKeys(keys: string): string {
  const arrows: Record<string, string> = {
    ArrowDown: '↓',
    ArrowUp: '↑',
    Enter: '↵',
    Escape: 'Esc',
    ' ': 'Space',
  };
  if (keys === ' ') return 'Space';
  return keys
    .split(' ')
    .map((key) => arrows[key] ?? (key.length === 1 ? key.toUpperCase() : key))
    .join(' ');
}
