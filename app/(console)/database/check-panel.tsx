'use client';

import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Badge, SeverityBadge } from '@/components/badge';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import type { CheckResult } from '@/domain/database/checks';
import type { DatabaseHealth } from '@/domain/database/queries';
import styles from './database.module.css';
import { useCheckWords } from './words';

/** Every check: its value beside its limits, and the cause and fix of what is past one. */
export function CheckPanel({ health }: { health: UseQueryResult<DatabaseHealth, LiveError> }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const rows = health.data?.checks ?? [];
  const columns: Column<CheckResult>[] = [
    { id: 'check', head: t('check'), width: 200, cell: (row) => words.name(row) },
    { id: 'status', head: t('status'), width: 110, cell: (row) => <CheckBadge check={row} /> },
    {
      id: 'value',
      head: t('value'),
      align: 'right',
      width: 110,
      cell: (row) => words.format(row.value, row.unit),
    },
    {
      id: 'warning',
      head: t('warnAt'),
      align: 'right',
      width: 110,
      wide: true,
      cell: (row) => `${row.below ? '<' : '≥'}\u00a0${words.format(row.warning, row.unit)}`,
    },
    {
      id: 'critical',
      head: t('criticalAt'),
      align: 'right',
      width: 110,
      wide: true,
      cell: (row) => `${row.below ? '<' : '≥'}\u00a0${words.format(row.critical, row.unit)}`,
    },
    { id: 'meaning', head: t('meaning'), wide: true, cell: (row) => <Meaning check={row} /> },
  ];
  return (
    <Panel
      title={t('checksTitle')}
      question={t('checksQuestion')}
      live={health}
      flush
      height={400}
      table={{
        head: [t('check'), t('status'), t('value'), t('warnAt'), t('criticalAt')],
        rows: rows.map((row) => [words.name(row), row.status, row.value, row.warning, row.critical]),
      }}
      csvName="database-checks"
    >
      <DataTable
        name="checks"
        label={t('checksTitle')}
        columns={columns}
        rows={rows}
        rowKey={(row) => row.name}
        inPanel
      />
    </Panel>
  );
}

function CheckBadge({ check }: { check: CheckResult }) {
  const t = useTranslations('database');
  return check.status === 'skipped' ? (
    <Badge>{t('skippedBadge')}</Badge>
  ) : (
    <SeverityBadge severity={check.status} />
  );
}

function Meaning({ check }: { check: CheckResult }) {
  const t = useTranslations('database');
  const words = useCheckWords();
  const text = check.skipped
    ? t(`skipped.${check.skipped}`)
    : check.status === 'ok'
      ? t(`checks.${check.name}.means`)
      : `${words.cause(check)} ${words.fix(check)}`;
  return (
    <span className={styles.meaning} title={text}>
      {text}
    </span>
  );
}
