'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Details } from '@/components/details';
import { formatAge, formatTime } from '@/components/format';
import { useLive } from '@/components/live';
import { SideSheet } from '@/components/side-sheet';
import { Age, Time, useNow, useZone } from '@/components/time';
import type { SessionRow } from '@/domain/sessions/queries';
import { LiveProblem } from '../live-problem';
import { useDeviceWords } from '../words';
import type { Ending } from './end-dialog';
import { SessionState } from './session-state';

type Props = { id: number; mayEnd: boolean; onClose: () => void; onEnd: (ending: Ending) => void };

export function SessionSheet({ id, mayEnd, onClose, onEnd }: Props) {
  const t = useTranslations('sessions');
  const session = useLive<SessionRow>('session.get', { id }, undefined, ['sessions']);
  const row = session.data?.id === id ? session.data : undefined;
  const foot = row && mayEnd && (
    <>
      {row.state === 'active' && !row.current && (
        <Button variant="danger" onClick={() => onEnd({ kind: 'one', id, name: row.name })}>
          {t('end')}
        </Button>
      )}
      <Button variant="default" onClick={() => onEnd({ kind: 'user', userId: row.userId, name: row.name })}>
        {t('endUser', { name: row.name })}
      </Button>
    </>
  );
  return (
    <SideSheet title={row?.name ?? t('title')} id={`#${id}`} onClose={onClose} actions={foot}>
      {row ? <Content row={row} /> : <LiveProblem error={session.error} />}
    </SideSheet>
  );
}

function Content({ row }: { row: SessionRow }) {
  const t = useTranslations('sessions');
  const roles = useTranslations('roles');
  const device = useDeviceWords();
  const [now, zone] = [useNow(), useZone()];
  const why = row.endReason && t(`reasons.${row.endReason}`, { name: row.endedBy ?? '' });
  return (
    <>
      <p>
        {t('sentence', {
          name: row.name,
          time: formatTime(row.createdAt, zone, 'short'),
          age: formatAge(row.lastActivity, now),
        })}
      </p>
      <Details
        items={[
          [t('state'), <SessionState key="state" state={row.state} />],
          [t('role'), roles(row.role)],
          [t('device'), device(row.device)],
          row.ip
            ? [
                t('ip'),
                <code key="ip" className="vg-mono">
                  {row.ip}
                </code>,
              ]
            : null,
          [t('signedIn'), <Time key="in" at={row.createdAt} style="full" />],
          [t('lastSeen'), <Age key="seen" at={row.lastActivity} />],
          row.state === 'active' && [t('until'), <Time key="until" at={row.expiresAt} style="full" />],
          row.endedAt ? [t('ended'), <Time key="ended" at={row.endedAt} style="full" />] : null,
          why ? [t('why'), why] : null,
          [
            t('person'),
            <Link key="person" href={`/security/people?open=${row.userId}`}>
              {t('openPerson')}
            </Link>,
          ],
        ]}
      />
    </>
  );
}
