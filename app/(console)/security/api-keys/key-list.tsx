'use client';

import { Button } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { FilterBar } from '@/components/filter-bar';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { ApiKeyRow } from '@/domain/api-keys/queries';
import type { Page } from '@/domain/cursor';
import styles from '../security.module.css';
import { CreateKey } from './create-key';
import { KeySheet } from './key-sheet';
import { KeyState } from './key-state';
import { type MadeKey, MadeKeyDialog } from './made-key';

type Props = { page: Page<ApiKeyRow>; input: Record<string, unknown>; mayChange: boolean };

export function KeyList({ page, input, mayChange }: Props) {
  const t = useTranslations('apiKeys');
  const list = useLive('api-key.list', input, page, ['keys']);
  const open = useOpenRow();
  const [creating, setCreating] = useState(false);
  const [made, setMade] = useState<MadeKey | null>(null);
  const rows = list.data?.rows ?? [];
  return (
    <div className={styles.page}>
      <PageHeader title={t('title')}>
        {mayChange && (
          <Button leftSection={<IconKey size={16} stroke={1.75} />} onClick={() => setCreating(true)}>
            {t('create')}
          </Button>
        )}
      </PageHeader>
      <FilterBar
        filters={[
          {
            key: 'show',
            label: t('show'),
            kind: 'one',
            pinned: true,
            options: [
              { value: 'active', label: t('showActive') },
              { value: 'all', label: t('showAll') },
            ],
          },
        ]}
      />
      <DataTable
        name="api-keys"
        label={t('title')}
        columns={useKeyColumns()}
        rows={rows}
        rowKey={(row) => String(row.id)}
        next={list.data?.next ?? null}
        openKey={open.key}
        onOpen={open.set}
        version={(row) => `${row.state} ${row.name} ${row.ratePerSecond} ${row.burst} ${row.expiresAt}`}
        dim={(row) => row.state !== 'active'}
        foot={t('count', { count: rows.length })}
        empty={
          <>
            <strong>{t('empty')}</strong>
            <br />
            {t('emptyHint')}
          </>
        }
        chooseColumns
      />
      {open.key && <KeySheet id={Number(open.key)} mayChange={mayChange} onClose={open.close} />}
      <CreateKey opened={creating} onClose={() => setCreating(false)} onMade={setMade} />
      <MadeKeyDialog made={made} onClose={() => setMade(null)} />
    </div>
  );
}

function useKeyColumns(): Column<ApiKeyRow>[] {
  const t = useTranslations('apiKeys');
  return [
    { id: 'name', head: t('name'), cell: (row) => row.name },
    {
      id: 'prefix',
      head: t('prefix'),
      width: 140,
      hidden: true,
      wide: true,
      cell: (row) => <code>{row.prefix}…</code>,
    },
    {
      id: 'scopes',
      head: t('scopes'),
      width: 150,
      wide: true,
      cell: (row) => row.scopes.map((scope) => t(`scope.${scope}`)).join(', '),
    },
    { id: 'state', head: t('state'), width: 110, cell: (row) => <KeyState apiKey={row} /> },
    {
      id: 'rate',
      head: t('rate'),
      width: 85,
      align: 'right',
      wide: true,
      cell: (row) => t('perSecond', { rate: formatNumber(row.ratePerSecond) }),
    },
    {
      id: 'calls',
      head: t('calls24h'),
      width: 110,
      align: 'right',
      hidden: true,
      wide: true,
      cell: (row) => formatNumber(row.calls24h),
    },
    {
      id: 'lastUsed',
      head: t('lastUsed'),
      width: 125,
      cell: (row) => (row.lastUsedAt ? <Time at={row.lastUsedAt} /> : t('never')),
    },
    {
      id: 'expires',
      head: t('expires'),
      width: 110,
      wide: true,
      cell: (row) => (row.expiresAt ? <Time at={row.expiresAt} style="day" /> : t('noEnd')),
    },
    { id: 'owner', head: t('owner'), width: 150, hidden: true, wide: true, cell: (row) => row.ownerName },
  ];
}
