'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useLive } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { Age, Time } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { SessionRow } from '@/domain/sessions/queries';
import { useDeviceWords } from '../security/words';
import styles from './account.module.css';
import { endOwnSessionAction } from './actions';

/** Where one is signed in, and ending what one does not know. */
export function OwnSessions({ initial }: { initial: SessionRow[] | undefined }) {
  const t = useTranslations('account');
  const sessions = useLive('session.list-own', {}, initial, ['sessions']);
  const device = useDeviceWords();
  const columns: Column<SessionRow>[] = [
    {
      id: 'device',
      head: t('device'),
      cell: (row) => (
        <span className={styles.device}>
          {device(row.device)} {row.current && <span className={styles.quiet}>{t('this')}</span>}
        </span>
      ),
    },
    {
      id: 'ip',
      head: t('ip'),
      wide: true,
      width: 150,
      cell: (row) => row.ip && <span className="vg-mono">{row.ip}</span>,
    },
    { id: 'since', head: t('since'), wide: true, width: 150, cell: (row) => <Time at={row.createdAt} /> },
    {
      id: 'lastSeen',
      head: t('lastSeen'),
      width: 110,
      align: 'right',
      cell: (row) => <Age at={row.lastActivity} />,
    },
    { id: 'end', head: '', width: 80, align: 'right', cell: (row) => !row.current && <EndOwn row={row} /> },
  ];
  return (
    <Panel title={t('sessions')} question={t('sessionsQuestion')} live={sessions} flush>
      <DataTable
        name="own-sessions"
        label={t('sessions')}
        columns={columns}
        rows={sessions.data ?? []}
        rowKey={(row) => String(row.id)}
        inPanel
      />
    </Panel>
  );
}

function EndOwn({ row }: { row: SessionRow }) {
  const t = useTranslations('account');
  const words = useDeviceWords();
  const device = words(row.device);
  const end = useCommand(endOwnSessionAction, { done: () => toast({ title: t('ended', { device }) }) });
  return (
    <Button
      size="xs"
      variant="default"
      loading={end.pending}
      aria-label={t('endLabel', { device })}
      onClick={() => end.run({ id: row.id })}
    >
      {t('end')}
    </Button>
  );
}
