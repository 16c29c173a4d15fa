'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatBytes, formatDuration, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { ReplicationSnapshot } from '@/domain/replication/queries';
import styles from './replication.module.css';

type Props = { live: UseQueryResult<ReplicationSnapshot, LiveError>; snapshot: ReplicationSnapshot };

/** How this server is set for replication, and how the archive of its log goes. */
export function ServerPanel({ live, snapshot }: Props) {
  const t = useTranslations('replication');
  const { server, slots, receivers, archiver } = snapshot;
  const settings: [name: string, value: string][] = [
    ['wal_level', t.has(`levels.${server.walLevel}`) ? t(`levels.${server.walLevel}`) : server.walLevel],
    ['max_wal_senders', t('usedOf', { used: receivers.length, most: formatNumber(server.maxSenders) })],
    ['max_replication_slots', t('usedOf', { used: slots.length, most: formatNumber(server.maxSlots) })],
    [
      'max_slot_wal_keep_size',
      server.keepBytes === null ? t('noLimit') : t('keepsAtMost', { size: formatBytes(server.keepBytes) }),
    ],
    ['synchronous_standby_names', server.synchronous || t('nobodyWaits')],
  ];
  return (
    <Panel
      title={t('serverTitle')}
      question={t('serverQuestion')}
      live={live}
      height={160}
      table={{ head: [t('setting'), t('value')], rows: [...settings, ['archive_mode', archiver.mode]] }}
      csvName="replication-settings"
    >
      <div className={styles.pair}>
        <Details wide items={settings} />
        <Details wide items={useArchive(archiver)} />
      </div>
    </Panel>
  );
}

function useArchive(archiver: ReplicationSnapshot['archiver']): (readonly [string, string] | false)[] {
  const t = useTranslations('replication');
  const off = archiver.mode === 'off';
  const ago = (seconds: number | null) => t('ago', { age: formatDuration(seconds) });
  return [
    ['archive_mode', off ? t('archiveOff') : archiver.mode],
    !off && [t('archived'), t('files', { count: archiver.archived })],
    archiver.archivedAge !== null && [t('lastArchived'), ago(archiver.archivedAge)],
    !off && archiver.failed > 0 && [t('failed'), t('times', { count: archiver.failed })],
    archiver.failingFor !== null && [
      t('failing'),
      t('failingFor', { age: formatDuration(archiver.failingFor), file: archiver.failedFile ?? '' }),
    ],
  ];
}
