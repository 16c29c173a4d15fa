'use client';

import { Button } from '@mantine/core';
import { IconLogout } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Avatar } from '@/components/avatar';
import { FilterBar } from '@/components/filter-bar';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Age, Time } from '@/components/time';
import type { Page } from '@/domain/cursor';
import type { SessionRow } from '@/domain/sessions/queries';
import styles from '../security.module.css';
import { useDeviceWords } from '../words';
import { EndDialog, type Ending } from './end-dialog';
import { SessionSheet } from './session-sheet';
import { SessionState } from './session-state';

type Props = { page: Page<SessionRow>; input: Record<string, unknown>; mayEnd: boolean };

export function SessionList({ page, input, mayEnd }: Props) {
  const t = useTranslations('sessions');
  const list = useLive('session.list', input, page, ['sessions']);
  const open = useOpenRow();
  const [ending, setEnding] = useState<Ending | null>(null);
  const rows = list.data?.rows ?? [];
  const columns = useSessionColumns();
  const states = (['active', 'ended'] as const).map((value) => ({
    value,
    label: t(`filterStates.${value}`),
  }));
  return (
    <div className={styles.page}>
      <PageHeader title={t('title')}>
        {mayEnd && (
          <Button
            variant="default"
            leftSection={<IconLogout size={16} stroke={1.75} />}
            onClick={() => setEnding({ kind: 'all' })}
          >
            {t('endAll')}
          </Button>
        )}
      </PageHeader>
      <FilterBar
        search={{ placeholder: t('search') }}
        filters={[
          { key: 'state', label: t('state'), kind: 'one', pinned: true, options: states },
          {
            key: 'user',
            label: t('person'),
            kind: 'one',
            options: [...new Map(rows.map((row) => [row.userId, row.name]))].map(([value, label]) => ({
              value,
              label,
            })),
          },
        ]}
      />
      <DataTable
        name="sessions"
        label={t('title')}
        columns={columns}
        rows={rows}
        rowKey={(row) => String(row.id)}
        next={list.data?.next ?? null}
        openKey={open.key}
        onOpen={open.set}
        version={(row) => row.state}
        dim={(row) => row.state !== 'active'}
        foot={t('count', { count: rows.length })}
        empty={<Nothing />}
        chooseColumns
      />
      {open.key && (
        <SessionSheet id={Number(open.key)} mayEnd={mayEnd} onClose={open.close} onEnd={setEnding} />
      )}
      <EndDialog ending={ending} onClose={() => setEnding(null)} />
    </div>
  );
}

function Nothing() {
  const t = useTranslations('sessions');
  return (
    <>
      <strong>{t('empty')}</strong>
      <br />
      {t('emptyHint')}
    </>
  );
}

function useSessionColumns(): Column<SessionRow>[] {
  const t = useTranslations();
  const device = useDeviceWords();
  return [
    {
      id: 'who',
      head: t('sessions.who'),
      width: 190,
      cell: (row) => (
        <span className={styles.who}>
          <Avatar name={row.name} /> {row.name}
          {row.current && <span className={styles.quiet}>{t('sessions.this')}</span>}
        </span>
      ),
    },
    {
      id: 'role',
      hidden: true,
      head: t('sessions.role'),
      width: 150,
      wide: true,
      cell: (row) => t(`roles.${row.role}`),
    },
    { id: 'device', head: t('sessions.device'), wide: true, cell: (row) => device(row.device) },
    {
      id: 'ip',
      head: t('sessions.ip'),
      width: 116,
      wide: true,
      cell: (row) => row.ip && <code className="vg-mono">{row.ip}</code>,
    },
    {
      id: 'signedIn',
      head: t('sessions.signedIn'),
      width: 116,
      wide: true,
      cell: (row) => <Time at={row.createdAt} />,
    },
    {
      id: 'lastSeen',
      head: t('sessions.lastSeen'),
      width: 84,
      align: 'right',
      cell: (row) => <Age at={row.lastActivity} />,
    },
    { id: 'state', head: t('sessions.state'), width: 116, cell: (row) => <SessionState state={row.state} /> },
  ];
}
