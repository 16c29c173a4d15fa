import { useTranslations } from 'next-intl';
import { Note } from '@/components/note';
import styles from '../database.module.css';

/** What a pool is for and how to put one in front: without it every process keeps connections of its own. */
export function Instructions() {
  const t = useTranslations('pool.missing');
  return (
    <Note tone="info" title={t('title')}>
      {t('text')}
      <ol className={styles.steps}>
        <li>
          {t('install')} <code className="vg-mono">deploy/pgbouncer.ini</code>
        </li>
        <li>
          {t('connect')} <code className="vg-mono">DATABASE_URL</code>,{' '}
          <code className="vg-mono">DIRECT_DATABASE_URL</code>
        </li>
        <li>
          {t('look')}{' '}
          <code className="vg-mono">
            VIGIL_POOLER_ADMIN_URL=postgres://vigil_stats:…@127.0.0.1:6432/pgbouncer
          </code>
        </li>
        <li>{t('start')}</li>
      </ol>
    </Note>
  );
}
