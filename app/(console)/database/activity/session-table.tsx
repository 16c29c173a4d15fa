'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconAlertTriangle, IconDownload } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { downloadCsv, toCsv } from '@/components/csv';
import { type Filter, FilterBar } from '@/components/filter-bar';
import { formatDuration } from '@/components/format';
import { type Column, DataTable } from '@/components/table';
import { sessionStates } from '@/domain/activity/input';
import type { ActivitySnapshot } from '@/domain/activity/queries';
import type { Session } from '@/domain/activity/sessions';
import { definitions } from '@/domain/database/checks/definitions';
import styles from './activity.module.css';
import { sessionKey } from './activity-params';
import { StateBadge } from './state-badge';
import { useActivityWords } from './words';

const longFrom = definitions.find((check) => check.name === 'longTransactions')!.warning;

type Props = { snapshot: ActivitySnapshot; open: { key: string | null; set: (key: string) => void } };

/** Every session, those with the oldest open transaction on top. */
export function SessionTable({ snapshot, open }: Props) {
  const t = useTranslations('activity');
  const columns = useColumns();
  const { sessions, found } = snapshot;
  return (
    <div>
      <FilterBar filters={useFilterList(snapshot)}>
        <Tooltip label={t('csv')}>
          <ActionIcon
            aria-label={t('csv')}
            onClick={() => downloadCsv('sessions', toCsv(csvHead, sessions.map(csvRow)))}
          >
            <IconDownload size={16} stroke={1.75} />
          </ActionIcon>
        </Tooltip>
      </FilterBar>
      <DataTable
        name="activity-sessions"
        label={t('sessionsTitle')}
        columns={columns}
        rows={sessions}
        rowKey={sessionKey}
        openKey={open.key}
        onOpen={open.set}
        dim={(row) => row.state === 'idle'}
        foot={t('sessionCount', { count: sessions.length, more: found - sessions.length })}
        empty={t('noSessions')}
        chooseColumns
      />
    </div>
  );
}

function useFilterList({ connections }: ActivitySnapshot): Filter[] {
  const t = useTranslations('activity');
  const names = (key: 'role' | 'application') =>
    [...new Set(connections.groups.map((group) => group[key]))]
      .filter((name) => name !== '')
      .sort()
      .slice(0, 50)
      .map((value) => ({ value, label: value }));
  const states = sessionStates.map((value) => ({ value, label: t(`states.${value}`) }));
  return [
    { key: 'state', label: t('state'), kind: 'one', pinned: true, options: states },
    { key: 'application', label: t('application'), kind: 'one', pinned: true, options: names('application') },
    { key: 'role', label: t('role'), kind: 'one', pinned: true, options: names('role') },
    { key: 'waiting', label: t('waitingOnly'), kind: 'flag', pinned: true },
    { key: 'background', label: t('withBackground'), kind: 'flag' },
  ];
}

const csvHead = [
  'pid',
  'role',
  'application',
  'client',
  'backend_type',
  'state',
  'transaction_s',
  'query_s',
  'state_s',
  'wait_event_type',
  'wait_event',
  'query',
];
const csvRow = (row: Session) => [
  row.pid,
  row.role,
  row.application,
  row.client,
  row.backendType,
  row.state,
  row.transactionSeconds,
  row.querySeconds,
  row.stateSeconds,
  row.wait?.type,
  row.wait?.event,
  row.query,
];

function useColumns(): Column<Session>[] {
  const t = useTranslations('activity');
  const words = useActivityWords();
  return [
    { id: 'pid', head: 'pid', width: 84, cell: (row) => <span className="vg-mono">{row.pid}</span> },
    { id: 'application', head: t('application'), width: 170, cell: (row) => words.who(row) },
    {
      id: 'role',
      head: t('role'),
      width: 130,
      wide: 'very',
      cell: (row) => row.role && <span className="vg-mono">{row.role}</span>,
    },
    {
      id: 'client',
      head: t('client'),
      width: 120,
      wide: 'very',
      hidden: true,
      cell: (row) => row.client && <span className="vg-mono">{row.client}</span>,
    },
    {
      id: 'transaction',
      head: t('transactionAge'),
      align: 'right',
      width: 112,
      cell: (row) => <TransactionAge session={row} />,
    },
    {
      id: 'state',
      head: t('state'),
      width: 156,
      cell: (row) =>
        row.backendType === 'client backend' ? (
          <StateBadge state={row.state} waits={row.wait?.type === 'Lock'} />
        ) : (
          row.backendType
        ),
    },
    {
      id: 'since',
      head: t('stateAge'),
      align: 'right',
      width: 96,
      wide: 'very',
      cell: (row) => formatDuration(row.stateSeconds),
    },
    {
      id: 'wait',
      head: t('waitEvent'),
      width: 150,
      wide: 'very',
      cell: (row) =>
        row.wait && (
          <span title={`${row.wait.type}: ${row.wait.event}. ${words.wait(row)}`}>{row.wait.event}</span>
        ),
    },
    {
      id: 'query',
      head: t('query'),
      wide: true,
      cell: (row) =>
        row.query === null ? (
          '–'
        ) : (
          <span className="vg-mono" title={row.query}>
            {row.query}
          </span>
        ),
    },
  ];
}

/** How long its transaction has been open; a long one carries a mark and a word. */
function TransactionAge({ session }: { session: Session }) {
  const t = useTranslations('activity');
  const { transactionSeconds: age } = session;
  const long = age !== null && age >= longFrom;
  return (
    <span className={styles.age} data-long={long || undefined}>
      {long && <IconAlertTriangle size={14} stroke={2} aria-label={t('long')} />}
      {formatDuration(age)}
    </span>
  );
}
