import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import styles from './stepper.module.css';

export type Step = { name: string; note?: ReactNode; state: 'done' | 'current' | 'todo' };

/** `<Stepper label="Rule" steps={[{ name: 'Draft', note: 'Deniz, 16 Nov', state: 'done' }, …]} />` */
export function Stepper({ label, steps }: { label: string; steps: Step[] }) {
  return (
    <ol className={styles.steps} aria-label={label}>
      {steps.map((step, i) => (
        <li
          key={step.name}
          data-state={step.state}
          aria-current={step.state === 'current' ? 'step' : undefined}
        >
          <span className={styles.circle}>
            {step.state === 'done' ? <IconCheck size={12} stroke={2.5} /> : i + 1}
          </span>
          <span className={styles.name}>{step.name}</span>
          <span className={styles.note}>{step.note}</span>
        </li>
      ))}
    </ol>
  );
}
