import type { ReactNode } from 'react';
import styles from './page-state.module.css';

type Props = {
  icon: ReactNode;
  title: string;
  hint?: ReactNode;
  tone?: 'fraud' | 'plain';
  children?: ReactNode;
};

/** A whole page that has only words: missing, failed, not allowed. */
export function PageState({ icon, title, hint, tone = 'plain', children }: Props) {
  return (
    <div className={styles.page} data-tone={tone}>
      <span className={styles.icon}>{icon}</span>
      <h1>{title}</h1>
      {hint && <p>{hint}</p>}
      {children && <div className={styles.actions}>{children}</div>}
    </div>
  );
}
