import { useTranslations } from 'next-intl';
import { Note } from '@/components/note';
import { publicationName } from '@/domain/replication/publication';
import type { ReplicationServer } from '@/domain/replication/server';
import { SqlBlock } from '../sql-block';
import styles from './replication.module.css';

const standby = [
  '# here, and then \\password vigil_replicator',
  'psql -d fraud_detection -f deploy/replication.sql',
  '# on the standby',
  "sudo -u postgres pg_basebackup -D /var/lib/postgresql/15/main -d 'host=db1 user=vigil_replicator' \\",
  '  -X stream -C -S vigil_standby -R -c fast',
].join('\n');

const subscriber = [
  'DATABASE_URL=postgres://postgres:…@db3:5432/postgres \\',
  "VIGIL_PUBLISHER='host=db1 dbname=fraud_detection user=vigil_replicator passfile=/var/lib/postgresql/.pgpass' \\",
  '  npm run db:subscribe',
].join('\n');

const logical = "ALTER SYSTEM SET wal_level = 'logical'; -- then restart PostgreSQL";

/** What it means that nobody follows this server, and how to let somebody. */
export function Instructions({ server }: { server: ReplicationServer }) {
  const t = useTranslations('replication.missing');
  return (
    <Note tone="info" title={t('title')}>
      {t('text')}
      {server.walLevel !== 'logical' && (
        <>
          <p className={styles.step}>{t('level', { level: server.walLevel })}</p>
          <SqlBlock text={logical} />
        </>
      )}
      <p className={styles.step}>{t('standby')}</p>
      <SqlBlock plain text={standby} />
      <p className={styles.step}>{t('subscriber', { publication: publicationName })}</p>
      <SqlBlock plain text={subscriber} />
      <p className={styles.step}>{t('reads')}</p>
      <SqlBlock plain text="ANALYTICS_DATABASE_URL=postgres://db2:5432/fraud_detection" />
      <p className={styles.more}>{t('more')}</p>
    </Note>
  );
}
