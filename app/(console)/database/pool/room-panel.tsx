'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatDuration, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import type { PoolSnapshot } from '@/domain/pool/queries';
import type { ServerRoom } from '@/domain/pool/reading';
import styles from './pool.module.css';

type Props = {
  live: UseQueryResult<PoolSnapshot, LiveError>;
  snapshot: Extract<PoolSnapshot, { state: 'read' }>;
};

/** The numbers of PgBouncer beside those of the server: what the pools may open, and what there is. */
export function RoomPanel({ live, snapshot }: Props) {
  const t = useTranslations('pool');
  const { capacity } = snapshot;
  const { limits } = snapshot.reading;
  const unlimited = (value: number) => (value === 0 ? t('noLimit') : formatNumber(value));
  const settings: [name: string, value: string][] = [
    ['pool_mode', limits.mode],
    ['default_pool_size', formatNumber(limits.poolSize)],
    [
      'reserve_pool_size',
      t('reserveAfter', { size: limits.reserveSize, seconds: limits.reserveAfterSeconds }),
    ],
    ['max_db_connections', unlimited(limits.maxPerDatabase)],
    ['max_user_connections', unlimited(limits.maxPerLogin)],
    ['max_client_conn', formatNumber(limits.maxClients)],
    [
      'query_wait_timeout',
      limits.waitTimeoutSeconds ? formatDuration(limits.waitTimeoutSeconds) : t('never'),
    ],
  ];
  return (
    <Panel
      title={t('roomTitle')}
      question={t('roomQuestion')}
      live={live}
      height={260}
      table={{
        head: [t('setting'), t('value')],
        rows: [
          ...settings,
          [t('possible'), capacity.possible],
          [t('direct'), capacity.direct],
          [t('allowed'), capacity.allowed],
        ],
      }}
      csvName="pool-limits"
    >
      <p className={styles.sentence}>
        {t(capacity.fits ? 'fits' : 'fitsNot', {
          possible: formatNumber(capacity.possible),
          direct: formatNumber(capacity.direct),
          allowed: formatNumber(capacity.allowed),
        })}
      </p>
      <Room possible={capacity.possible} direct={capacity.direct} allowed={capacity.allowed} />
      <Details wide items={settings} />
    </Panel>
  );
}

/** Without PgBouncer: what the server allows, and how much of it is taken. */
export function ServerRoomPanel({ room }: { room: ServerRoom }) {
  const t = useTranslations('pool');
  const values = { used: formatNumber(room.used), allowed: formatNumber(room.allowed) };
  return (
    <Panel
      title={t('roomTitle')}
      question={t('serverRoomQuestion')}
      height={64}
      table={{
        head: [t('setting'), t('value')],
        rows: [
          [t('open'), room.used],
          [t('allowed'), room.allowed],
        ],
      }}
      csvName="server-connections"
    >
      <p className={styles.sentence}>{t('serverRoom', values)}</p>
      <Room possible={0} direct={room.used} allowed={room.allowed} />
    </Panel>
  );
}

/** The server's connections as a bar: those past the pools, those the pools may open, the rest. */
function Room({ possible, direct, allowed }: { possible: number; direct: number; allowed: number }) {
  const t = useTranslations('pool');
  const whole = Math.max(allowed, possible + direct, 1);
  const width = (part: number) => ({ width: `${(100 * part) / whole}%` });
  return (
    <div className={styles.room} role="img" aria-label={t('roomBar', { possible, direct, allowed })}>
      <span className={styles.direct} style={width(direct)} title={t('direct')} />
      <span className={styles.possible} style={width(possible)} title={t('possible')} />
      <span className={styles.limit} style={{ left: `${(100 * allowed) / whole}%` }} />
    </div>
  );
}
