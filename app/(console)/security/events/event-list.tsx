'use client';

import { useTranslations } from 'next-intl';
import { Avatar } from '@/components/avatar';
import { SeverityBadge } from '@/components/badge';
import { FilterBar } from '@/components/filter-bar';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Time } from '@/components/time';
import type { Page } from '@/domain/cursor';
import { eventStates, eventTypes, severities } from '@/domain/security-events/kinds';
import type { SecurityEventRow } from '@/domain/security-events/queries';
import styles from '../security.module.css';
import { EventSheet } from './event-sheet';
import { EventState } from './event-state';

type Props = { page: Page<SecurityEventRow>; input: Record<string, unknown>; self: string; mayAct: boolean };

export function EventList({ page, input, self, mayAct }: Props) {
  const t = useTranslations();
  const list = useLive('security-event.list', input, page, ['security']);
  const open = useOpenRow();
  const rows = list.data?.rows ?? [];
  return (
    <div className={styles.page}>
      <PageHeader title={t('securityEvents.title')} />
      <FilterBar
        search={{ placeholder: t('securityEvents.search') }}
        filters={[
          {
            key: 'state',
            label: t('securityEvents.state'),
            kind: 'one',
            pinned: true,
            options: eventStates.map((value) => ({ value, label: t(`securityEvents.states.${value}`) })),
          },
          {
            key: 'severity',
            label: t('securityEvents.severity'),
            kind: 'many',
            pinned: true,
            options: severities.map((value) => ({ value, label: t(`badges.severity.${value}`) })),
          },
          {
            key: 'type',
            label: t('securityEvents.type'),
            kind: 'one',
            options: eventTypes.map((value) => ({ value, label: t(`securityEvents.types.${value}`) })),
          },
        ]}
      />
      <DataTable
        name="security-events"
        label={t('securityEvents.title')}
        columns={useEventColumns(self)}
        rows={rows}
        rowKey={(row) => String(row.id)}
        next={list.data?.next ?? null}
        openKey={open.key}
        onOpen={open.set}
        version={(row) => `${row.assigneeId} ${row.resolved}`}
        dim={(row) => row.resolved}
        foot={t('securityEvents.count', { count: rows.length })}
        empty={
          <>
            <strong>{t('securityEvents.empty')}</strong>
            <br />
            {t('securityEvents.emptyHint')}
          </>
        }
        chooseColumns
      />
      {open.key && <EventSheet id={Number(open.key)} self={self} mayAct={mayAct} onClose={open.close} />}
    </div>
  );
}

function useEventColumns(self: string): Column<SecurityEventRow>[] {
  const t = useTranslations('securityEvents');
  return [
    { id: 'time', head: t('time'), width: 116, cell: (row) => <Time at={row.createdAt} /> },
    {
      id: 'severity',
      head: t('severity'),
      width: 100,
      cell: (row) => <SeverityBadge severity={row.severity} />,
    },
    { id: 'what', head: t('what'), width: 170, cell: (row) => t(`types.${row.type}`) },
    {
      id: 'who',
      head: t('who'),
      wide: true,
      cell: (row) =>
        row.userName && (
          <span className={styles.who}>
            <Avatar name={row.userName} /> {row.userName}
          </span>
        ),
    },
    {
      id: 'from',
      head: t('from'),
      width: 116,
      wide: true,
      cell: (row) => row.ip && <code className="vg-mono">{row.ip}</code>,
    },
    { id: 'state', head: t('state'), width: 100, cell: (row) => <EventState event={row} self={self} /> },
  ];
}
