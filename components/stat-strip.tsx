import { IconArrowDownRight, IconArrowUpRight } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import { Sparkline } from './sparkline';
import styles from './stat-strip.module.css';

export type Stat = {
  label: string;
  /** Already formatted. */
  value: ReactNode;
  /** The rows behind the number. */
  href?: string;
  /** Change against the comparable period, formatted with its sign; `good` or `bad` only where more is plainly so. */
  change?: { text: string; tone?: 'good' | 'bad' } | null;
  /** In place of a change: "no labels yet". */
  note?: ReactNode;
  spark?: { values: (number | null)[]; color?: string };
};

/** `<StatStrip label="Last 24 hours" stats={[…]} />`: one surface, cells parted by lines. */
export function StatStrip({ label, stats }: { label: string; stats: Stat[] }) {
  return (
    <section className={styles.box} aria-label={label}>
      <div className={styles.strip}>
        {stats.map((stat) => (
          <Cell key={stat.label} stat={stat} />
        ))}
      </div>
    </section>
  );
}

function Cell({ stat }: { stat: Stat }) {
  const down = stat.change?.text.startsWith('−');
  const Arrow = down ? IconArrowDownRight : IconArrowUpRight;
  const content = (
    <>
      <span className={styles.label}>{stat.label}</span>
      <span className={styles.row}>
        <span className={styles.numbers}>
          <span className={styles.value}>{stat.value}</span>
          {stat.change ? (
            <span className={styles.change} data-tone={stat.change.tone}>
              {/^[+−]/.test(stat.change.text) && <Arrow size={12} stroke={2} aria-hidden />}
              {stat.change.text}
            </span>
          ) : (
            <span className={styles.note} title={typeof stat.note === 'string' ? stat.note : undefined}>
              {stat.note ?? '\u00a0'}
            </span>
          )}
        </span>
        {stat.spark && <Sparkline {...stat.spark} />}
      </span>
    </>
  );
  return stat.href ? (
    <Link href={stat.href} className={styles.cell} prefetch={false}>
      {content}
    </Link>
  ) : (
    <div className={styles.cell}>{content}</div>
  );
}
