import { getTranslations } from 'next-intl/server';
import type { ReactNode } from 'react';
import { Mark } from '@/components/shell/mark';
import styles from './entry.module.css';

/** The frame of the pages before sign-in: the mark, one panel, nothing else. */
export async function Entry({
  title,
  hint,
  children,
}: {
  title: string;
  hint?: string;
  children: ReactNode;
}) {
  const t = await getTranslations('common');
  return (
    <main className={styles.page}>
      <div className={styles.product}>
        <Mark size={24} />
        <span>{t('product')}</span>
      </div>
      <section className={styles.panel} aria-labelledby="entry-title">
        <h1 id="entry-title" className={styles.title}>
          {title}
        </h1>
        {hint && <p className={styles.hint}>{hint}</p>}
        {children}
      </section>
    </main>
  );
}
