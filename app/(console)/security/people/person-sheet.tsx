'use client';

import { Button, Menu } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatNumber } from '@/components/format';
import { useLive } from '@/components/live';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { PersonRow } from '@/domain/people/queries';
import { LiveProblem } from '../live-problem';
import type { GivenLink } from './link-dialog';
import type { Self } from './people-list';
import { type PersonChange, PersonDialogs } from './person-dialogs';
import { PersonState } from './person-state';

type Props = { id: string; self: Self; onClose: () => void; onLink: (link: GivenLink) => void };

export function PersonSheet({ id, self, onClose, onLink }: Props) {
  const t = useTranslations('people');
  const [change, setChange] = useState<PersonChange | null>(null);
  const person = useLive<PersonRow>('person.get', { id }, undefined, ['sessions']);
  const row = person.data?.id === id ? person.data : undefined;
  // Administrators are changed by administrators, and nobody changes themselves.
  const mayChange =
    row && self.mayChange && row.id !== self.id && (row.role !== 'admin' || self.role === 'admin');
  return (
    <SideSheet
      title={row?.name ?? t('title')}
      onClose={onClose}
      actions={mayChange && <Actions person={row} onChange={setChange} />}
    >
      {row ? <Content row={row} /> : <LiveProblem error={person.error} />}
      {row && (
        <PersonDialogs
          change={change}
          person={row}
          self={self}
          onClose={() => setChange(null)}
          onLink={onLink}
        />
      )}
    </SideSheet>
  );
}

function Actions({ person, onChange }: { person: PersonRow; onChange: (change: PersonChange) => void }) {
  const t = useTranslations();
  return (
    <>
      {person.isActive ? (
        <Button variant="default" onClick={() => onChange('disable')}>
          {t('people.disable')}
        </Button>
      ) : (
        <Button onClick={() => onChange('enable')}>{t('people.enable')}</Button>
      )}
      <Button variant="default" onClick={() => onChange('role')}>
        {t('people.changeRole')}
      </Button>
      {person.isActive && (
        <Menu position="top-start">
          <Menu.Target>
            <Button variant="subtle" color="gray">
              {t('nav.more')}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item onClick={() => onChange('reset')}>{t('people.reset')}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </>
  );
}

function Content({ row }: { row: PersonRow }) {
  const t = useTranslations('people');
  const roles = useTranslations('roles');
  return (
    <>
      <p>{t('sentence', { name: row.name, email: row.email })}</p>
      <Details
        items={[
          [t('state'), <PersonState key="state" person={row} />],
          [t('role'), roles(row.role)],
          [t('email'), row.email],
          [t('added'), <Time key="added" at={row.createdAt} style="full" />],
          [
            t('lastSignIn'),
            row.lastSignInAt ? <Time key="last" at={row.lastSignInAt} style="full" /> : t('never'),
          ],
          row.linkUntil ? [t('linkUntil'), <Time key="link" at={row.linkUntil} style="full" />] : null,
          [t('sessions'), formatNumber(row.sessions)],
        ]}
      />
      <p>
        <Link href={`/security/sessions?user=${row.id}`}>{t('seeSessions')}</Link>
        {' · '}
        <Link href={`/security/audit-trail?person=${row.id}`}>{t('seeTrail')}</Link>
      </p>
    </>
  );
}
