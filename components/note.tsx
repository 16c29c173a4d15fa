import {
  IconAlertOctagon,
  IconAlertTriangle,
  IconCircleCheck,
  IconInfoCircle,
  IconLock,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './note.module.css';

const icons = {
  plain: IconInfoCircle,
  info: IconInfoCircle,
  ok: IconCircleCheck,
  review: IconAlertTriangle,
  fraud: IconAlertOctagon,
  locked: IconLock,
};

type Props = { tone?: keyof typeof icons; title?: ReactNode; children?: ReactNode; action?: ReactNode };

/** `<Note tone="review" title="3 partitions are missing.">What follows from it.</Note>`: the cause in bold, then the rest. */
export function Note({ tone = 'plain', title, children, action }: Props) {
  const Icon = icons[tone];
  return (
    <div className={styles.note} data-tone={tone} role={tone === 'fraud' ? 'alert' : undefined}>
      <Icon size={16} stroke={1.75} className={styles.icon} aria-hidden />
      <div className={styles.text}>
        {title && <strong>{title}</strong>} {children}
      </div>
      {action}
    </div>
  );
}
