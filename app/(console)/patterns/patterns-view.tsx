'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { RuleBadge } from '@/components/badge';
import { formatNumber, formatRuleId } from '@/components/format';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import type { ListedPattern, PatternList } from '@/domain/patterns/queries';
import { NewPatternSheet } from './new-pattern-sheet';
import { PatternSheet } from './pattern-sheet';
import styles from './patterns.module.css';

/** No pattern can have this name: it has fewer than three letters. */
const fresh = '+';

function useColumns(): Column<ListedPattern>[] {
  const t = useTranslations('patterns');
  return [
    { id: 'name', head: t('name'), width: 220, cell: (row) => row.name },
    {
      id: 'state',
      head: t('state'),
      width: 110,
      cell: (row) => <RuleBadge state={row.active ? 'live' : 'paused'} />,
    },
    {
      id: 'rules',
      head: t('rules'),
      wide: 'very',
      cell: (row) => (
        <span className="vg-mono">
          {row.rules.map((rule) => `${formatRuleId(rule.ruleId)} × ${rule.weight}`).join('  ')}
        </span>
      ),
    },
    {
      id: 'review',
      head: t('reviewAt'),
      width: 100,
      align: 'right',
      wide: true,
      cell: (row) => formatNumber(row.reviewThreshold, 2),
    },
    {
      id: 'block',
      head: t('blockAt'),
      width: 100,
      align: 'right',
      wide: true,
      cell: (row) => formatNumber(row.blockThreshold, 2),
    },
    {
      id: 'alerts',
      head: t('alerts30'),
      width: 120,
      align: 'right',
      cell: (row) => formatNumber(row.alerts),
    },
    {
      id: 'confirmed',
      head: t('confirmed'),
      width: 170,
      align: 'right',
      wide: 'very',
      cell: (row) =>
        row.decided === 0
          ? t('noneDecided')
          : t('ofDecided', { confirmed: formatNumber(row.confirmed), decided: formatNumber(row.decided) }),
    },
  ];
}

/** Every pattern with what it found; one is read and changed in the sheet. */
export function PatternsView({ initial, mayChange }: { initial: PatternList; mayChange: boolean }) {
  const t = useTranslations('patterns');
  const live = useLive<PatternList>('pattern.list', {}, initial, ['rules', 'alerts']);
  const open = useOpenRow();
  const columns = useColumns();
  const { rows, rules } = live.data ?? initial;
  const row = rows.find((each) => each.name === open.key);
  return (
    <>
      <PageHeader title={t('title')} meta={mayChange ? t('intro') : t('readOnly')}>
        {mayChange && (
          <Button
            leftSection={<IconPlus size={16} stroke={1.75} aria-hidden />}
            onClick={() => open.set(fresh)}
          >
            {t('new')}
          </Button>
        )}
      </PageHeader>
      <DataTable
        name="patterns"
        label={t('title')}
        columns={columns}
        rows={rows}
        rowKey={(each) => each.name}
        version={(each) => each.version}
        openKey={open.key}
        onOpen={open.set}
        empty={
          <div className={styles.empty}>
            <strong>{t('empty')}</strong>
            <span>{t('emptyHint')}</span>
          </div>
        }
      />
      {mayChange && open.key === fresh && (
        <NewPatternSheet rules={rules} onClose={open.close} onMade={open.set} />
      )}
      {row && (
        <PatternSheet key={row.id} row={row} rules={rules} mayChange={mayChange} onClose={open.close} />
      )}
    </>
  );
}
