import { useTranslations } from 'next-intl';
import { Note } from '@/components/note';
import styles from '../database.module.css';

/** How to load pg_stat_statements: without it the server counts nothing per query. */
export function Instructions() {
  const t = useTranslations('database');
  return (
    <Note tone="info" title={t('missing.title')}>
      {t('missing.text')}
      <ol className={styles.steps}>
        <li>
          {t('missing.load')} <code className="vg-mono">shared_preload_libraries = 'pg_stat_statements'</code>
        </li>
        <li>{t('missing.restart')}</li>
        <li>{t('missing.start')}</li>
      </ol>
    </Note>
  );
}
