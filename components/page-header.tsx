import { IconChevronRight } from '@tabler/icons-react';
import Link from 'next/link';
import type { ReactNode } from 'react';
import styles from './page-header.module.css';

type Props = {
  title: ReactNode;
  /** What stands after the title, text-3: a range, a version, a count. */
  meta?: ReactNode;
  /** The list this page belongs to. */
  parent?: { href: string; label: string };
  /** Buttons at the right. */
  children?: ReactNode;
};

/** `<PageHeader title={t('title')} meta="since 1 Nov"><Button>…</Button></PageHeader>`: the h1 of a page. */
export function PageHeader({ title, meta, parent, children }: Props) {
  return (
    <header className={styles.header}>
      {parent && (
        <>
          <Link href={parent.href} className={styles.parent}>
            {parent.label}
          </Link>
          <IconChevronRight size={14} stroke={2} className={styles.arrow} aria-hidden />
        </>
      )}
      <h1 className={styles.title}>{title}</h1>
      {meta && <div className={styles.meta}>{meta}</div>}
      {children && <div className={styles.actions}>{children}</div>}
    </header>
  );
}
