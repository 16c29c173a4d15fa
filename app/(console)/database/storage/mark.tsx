import { IconAlertCircle, IconAlertTriangle, IconBulb, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './storage.module.css';

const icons = { ok: IconCircleCheck, review: IconAlertTriangle, fraud: IconAlertCircle, plain: IconBulb };

/** A few words with the icon of what they mean. */
export function Mark({ tone, children }: { tone: keyof typeof icons; children: ReactNode }) {
  const Icon = icons[tone];
  return (
    <span className={styles.mark} data-tone={tone}>
      <Icon size={14} stroke={2} aria-hidden /> {children}
    </span>
  );
}
