'use client';

import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './action-bar.module.css';
import { KeyHint } from './key-hint';
import { shownKeys, useShortcuts } from './keyboard';

export type BarAction = {
  label: string;
  keys?: string;
  icon?: ReactNode;
  /** Colour of the icon only: no answer is favoured. */
  tone?: 'fraud' | 'ok' | 'review' | 'plain';
  run: () => void;
  disabled?: boolean;
  pending?: boolean;
  /** `quiet` has no border (undo). */
  quiet?: boolean;
};

type Props = { group: string; actions: BarAction[][]; end?: ReactNode };

/**
 * Sticky bar of 56 px: groups of buttons of equal weight divided by lines, each with its key, registered for
 * the overlay and the palette under `group`. `end` stands at the right (undo, J K, "1 of 43").
 */
export function ActionBar({ group, actions, end }: Props) {
  useShortcuts(
    actions
      .flat()
      .flatMap((a) =>
        a.keys
          ? [{ keys: a.keys, label: a.label, group, run: a.run, disabled: a.disabled || a.pending }]
          : [],
      ),
  );
  return (
    <div className={styles.bar} role="toolbar" aria-label={group}>
      {actions.map((part, i) => (
        <div key={i} className={styles.group}>
          {part.map((action) => (
            <Button
              key={action.label}
              variant={action.quiet ? 'subtle' : 'default'}
              color="gray"
              disabled={action.disabled}
              loading={action.pending}
              onClick={action.run}
              leftSection={
                action.icon && <span className={styles[action.tone ?? 'plain']}>{action.icon}</span>
              }
              rightSection={action.keys && <KeyHint keys={shownKeys(action.keys)} />}
            >
              {action.label}
            </Button>
          ))}
        </div>
      ))}
      {end && <div className={styles.end}>{end}</div>}
    </div>
  );
}
