'use client';

import { Button } from '@mantine/core';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { SeverityBadge } from '@/components/badge';
import { Details } from '@/components/details';
import { formatTime } from '@/components/format';
import { useLive } from '@/components/live';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Time, useZone } from '@/components/time';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { SecurityEventDetail } from '@/domain/security-events/queries';
import { LiveProblem } from '../live-problem';
import { useDeviceWords } from '../words';
import { triageEventAction } from './actions';
import { EventState } from './event-state';
import { ResolveDialog } from './resolve-dialog';

type Props = { id: number; self: string; mayAct: boolean; onClose: () => void };

export function EventSheet({ id, self, mayAct, onClose }: Props) {
  const t = useTranslations('securityEvents');
  const event = useLive<SecurityEventDetail>('security-event.get', { id }, undefined, [
    'security',
    'sessions',
  ]);
  const row = event.data?.id === id ? event.data : undefined;
  const [resolving, setResolving] = useState(false);
  const take = useCommand(triageEventAction, { done: () => toast({ title: t('taken') }) });
  const foot = row && mayAct && !row.resolved && (
    <>
      {row.assigneeId !== self && (
        <Button variant="default" loading={take.pending} onClick={() => take.run({ id })}>
          {t('take')}
        </Button>
      )}
      <Button onClick={() => setResolving(true)}>{t('resolve')}</Button>
    </>
  );
  return (
    <SideSheet
      title={row ? t(`types.${row.type}`) : t('event')}
      id={`#${id}`}
      onClose={onClose}
      actions={foot}
    >
      {row ? <Content row={row} self={self} /> : <LiveProblem error={event.error} />}
      <ResolveDialog id={id} opened={resolving} onClose={() => setResolving(false)} />
    </SideSheet>
  );
}

/** The values a sentence may need; what an event does not have is a dash. */
const valuesOf = (row: SecurityEventDetail): Record<string, string | number> => ({
  email: '–',
  accounts: '–',
  operation: '–',
  keyName: '–',
  ...Object.fromEntries(
    Object.entries(row.metadata).map(([name, value]) => [
      name,
      typeof value === 'number' ? value : String(value),
    ]),
  ),
  // A key acts for its owner, but it is the key that did it.
  name: String(row.metadata.keyName ?? row.userName ?? '–'),
});

function Content({ row, self }: { row: SecurityEventDetail; self: string }) {
  const t = useTranslations('securityEvents');
  const device = useDeviceWords();
  const zone = useZone();
  const { session } = row;
  return (
    <>
      <p>{t(`sentences.${row.type}`, valuesOf(row))}</p>
      {row.resolved && (
        <Note tone="ok" title={t('resolved', { resolution: t(`resolutions.${row.resolution}`) })}>
          {row.note}{' '}
          {t('resolvedBy', { name: row.resolvedBy ?? '–', time: formatTime(row.resolvedAt, zone, 'short') })}
        </Note>
      )}
      <Details
        items={[
          [t('severity'), <SeverityBadge key="severity" severity={row.severity} />],
          [t('state'), <EventState key="state" event={row} self={self} />],
          [t('assignee'), row.assigneeName ?? t('notTaken')],
          [t('time'), <Time key="time" at={row.createdAt} style="full" />],
          row.ip
            ? [
                t('ip'),
                <code key="ip" className="vg-mono">
                  {row.ip}
                </code>,
              ]
            : null,
          row.userId && row.userName
            ? [
                t('person'),
                <Link key="person" href={`/security/people?open=${row.userId}`}>
                  {row.userName}
                </Link>,
              ]
            : null,
          session
            ? [
                t('session'),
                <Link key="session" href={`/security/sessions?user=${row.userId}&open=${session.id}`}>
                  {device(session.device)}, {session.active ? t('sessionOpen') : t('sessionEnded')}
                </Link>,
              ]
            : null,
        ]}
      />
    </>
  );
}
