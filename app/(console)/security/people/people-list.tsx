'use client';

import { Button } from '@mantine/core';
import { IconUserPlus } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Avatar } from '@/components/avatar';
import { FilterBar } from '@/components/filter-bar';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import { type Role, roles } from '@/domain/access';
import type { Page } from '@/domain/cursor';
import type { PersonRow } from '@/domain/people/queries';
import styles from '../security.module.css';
import { AddPerson } from './add-person';
import { type GivenLink, LinkDialog } from './link-dialog';
import { PersonSheet } from './person-sheet';
import { PersonState } from './person-state';

export type Self = { id: string; role: Role; mayChange: boolean };
type Props = { page: Page<PersonRow>; input: Record<string, unknown>; self: Self };

export function PeopleList({ page, input, self }: Props) {
  const t = useTranslations();
  const list = useLive('person.list', input, page, ['sessions']);
  const open = useOpenRow();
  const [adding, setAdding] = useState(false);
  const [link, setLink] = useState<GivenLink | null>(null);
  const rows = list.data?.rows ?? [];
  return (
    <div className={styles.page}>
      <PageHeader title={t('people.title')}>
        {self.mayChange && (
          <Button leftSection={<IconUserPlus size={16} stroke={1.75} />} onClick={() => setAdding(true)}>
            {t('people.add')}
          </Button>
        )}
      </PageHeader>
      <FilterBar
        search={{ placeholder: t('people.search') }}
        filters={[
          {
            key: 'role',
            label: t('people.role'),
            kind: 'one',
            pinned: true,
            options: roles.map((value) => ({ value, label: t(`roles.${value}`) })),
          },
          { key: 'active', label: t('people.active'), kind: 'flag' },
        ]}
      />
      <DataTable
        name="people"
        label={t('people.title')}
        columns={usePeopleColumns(self)}
        rows={rows}
        rowKey={(row) => row.id}
        next={list.data?.next ?? null}
        openKey={open.key}
        onOpen={open.set}
        version={(row) => `${row.role} ${row.isActive} ${row.name}`}
        dim={(row) => !row.isActive}
        foot={t('people.count', { count: rows.length })}
        empty={
          <>
            <strong>{t('people.empty')}</strong>
            <br />
            {t('people.emptyHint')}
          </>
        }
        chooseColumns
      />
      {open.key && <PersonSheet id={open.key} self={self} onClose={open.close} onLink={setLink} />}
      <AddPerson opened={adding} self={self} onClose={() => setAdding(false)} onLink={setLink} />
      <LinkDialog link={link} onClose={() => setLink(null)} />
    </div>
  );
}

function usePeopleColumns(self: Self): Column<PersonRow>[] {
  const t = useTranslations();
  return [
    {
      id: 'name',
      head: t('people.name'),
      width: 180,
      cell: (row) => (
        <span className={styles.who}>
          <Avatar name={row.name} /> {row.name}
          {row.id === self.id && <span className={styles.quiet}>{t('people.self')}</span>}
        </span>
      ),
    },
    { id: 'email', head: t('people.email'), wide: true, cell: (row) => row.email },
    { id: 'role', head: t('people.role'), width: 150, cell: (row) => t(`roles.${row.role}`) },
    { id: 'state', head: t('people.state'), width: 104, cell: (row) => <PersonState person={row} /> },
    {
      id: 'sessions',
      head: t('people.sessions'),
      width: 80,
      align: 'right',
      wide: true,
      cell: (row) => formatNumber(row.sessions),
    },
    {
      id: 'lastSignIn',
      head: t('people.lastSignIn'),
      width: 120,
      wide: true,
      cell: (row) => (row.lastSignInAt ? <Time at={row.lastSignInAt} /> : t('people.never')),
    },
    {
      id: 'added',
      head: t('people.added'),
      width: 120,
      hidden: true,
      wide: true,
      cell: (row) => <Time at={row.createdAt} />,
    },
  ];
}
