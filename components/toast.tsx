'use client';

import { Button } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { IconAlertOctagon, IconCircleCheck } from '@tabler/icons-react';
import { KeyHint } from './key-hint';
import styles from './toast.module.css';

type Toast = {
  title: string;
  text?: string;
  /** `failed` stays until it is closed. */
  tone?: 'ok' | 'failed';
  /** An undo or another step; the toast closes when it is pressed. `keys` is only a hint: register the key yourself. */
  action?: { label: string; run: () => void; keys?: string };
};

/** `toast({ title: t('confirmed', { id }), action: { label: common('undo'), keys: 'U', run: undo } })` */
export function toast({ title, text, tone = 'ok', action }: Toast): string {
  const id = crypto.randomUUID?.() ?? String(performance.now());
  const Icon = tone === 'ok' ? IconCircleCheck : IconAlertOctagon;
  notifications.show({
    id,
    autoClose: tone === 'ok' ? 8000 : false,
    icon: <Icon size={16} stroke={1.75} />,
    classNames: { root: styles.toast, icon: styles[tone] },
    role: tone === 'ok' ? 'status' : 'alert',
    withCloseButton: true,
    message: (
      <span className={styles.body}>
        <span className={styles.text}>
          <strong>{title}</strong>
          {text && <span>{text}</span>}
        </span>
        {action && (
          <Button
            size="xs"
            variant="default"
            rightSection={action.keys ? <KeyHint keys={action.keys} /> : undefined}
            onClick={() => {
              notifications.hide(id);
              action.run();
            }}
          >
            {action.label}
          </Button>
        )}
      </span>
    ),
  });
  return id;
}
