import Link from 'next/link';
import type { ReactNode } from 'react';
import { SeverityBadge } from './badge';
import styles from './stages.module.css';

export type Stage = {
  label: string;
  icon: ReactNode;
  value: ReactNode;
  note?: ReactNode;
  /** 0…1 of what may be, drawn under the value. */
  share: number;
  severity?: 'ok' | 'warning' | 'critical' | null;
  /** The rows behind it. */
  href?: string;
};

const tones: Record<string, string> = {
  ok: 'var(--vg-ok)',
  warning: 'var(--vg-review)',
  critical: 'var(--vg-fraud)',
};

/** `<Stages stages={[…]} />`: the steps of a way beside each other, each with its value, its limit and how near it is. */
export function Stages({ stages }: { stages: Stage[] }) {
  return (
    <div className={styles.place}>
      <div className={styles.stages}>
        {stages.map((stage) =>
          stage.href ? (
            <Link
              key={stage.label}
              href={stage.href}
              className={styles.stage}
              data-link
              prefetch={false}
              scroll={false}
            >
              <Content stage={stage} />
            </Link>
          ) : (
            <div key={stage.label} className={styles.stage}>
              <Content stage={stage} />
            </div>
          ),
        )}
      </div>
    </div>
  );
}

function Content({ stage }: { stage: Stage }) {
  const width = Math.min(100, Math.max(stage.share > 0 ? 1 : 0, stage.share * 100));
  return (
    <>
      <div className={styles.stageHead}>
        {stage.icon}
        <span>{stage.label}</span>
        {stage.severity && <SeverityBadge severity={stage.severity} />}
      </div>
      <div className={styles.stageRow}>
        <strong>{stage.value}</strong>
        <span>{stage.note}</span>
      </div>
      <div className={styles.track}>
        <span
          style={{
            width: `${width}%`,
            background: (stage.severity && tones[stage.severity]) || 'var(--vg-allowed)',
          }}
        />
      </div>
    </>
  );
}
