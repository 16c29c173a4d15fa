'use client';

import { useTranslations } from 'next-intl';
import { Badge } from '@/components/badge';
import { useShortcuts } from '@/components/keyboard';
import { useLive } from '@/components/live';
import { PageHeader } from '@/components/page-header';
import { Panel } from '@/components/panel';
import { type Column, DataTable } from '@/components/table';
import { useOpenRow } from '@/components/table-state';
import { Age } from '@/components/time';
import type { SettingList, SettingRow } from '@/domain/settings/queries';
import { SettingSheet } from './setting-sheet';
import styles from './settings.module.css';
import { useSettingWords } from './words';

/** Every setting by area, with what it is now; one is changed in the sheet, with a reason. */
export function SettingsView({ initial }: { initial: SettingList }) {
  const t = useTranslations('settings');
  const words = useSettingWords();
  const list = useLive<SettingList>('setting.list', {}, initial, ['config']);
  const open = useOpenRow();
  const { rows, mayChange } = list.data ?? initial;
  const areas = [...new Set(rows.map((row) => row.area))];
  const openRow = rows.find((row) => row.key === open.key);
  // The tables of the areas are one list to the keyboard.
  const step = (by: number) => {
    const at = rows.findIndex((row) => row.key === open.key);
    const to = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
    if (to) open.set(to.key);
  };
  const group = t('title');
  useShortcuts([
    { keys: 'j', label: t('next'), group, run: () => step(1) },
    { keys: 'k', label: t('previous'), group, run: () => step(-1) },
  ]);
  const columns: Column<SettingRow>[] = [
    { id: 'name', head: t('setting'), width: 170, cell: (row) => words.name(row.key) },
    {
      id: 'value',
      head: t('value'),
      align: 'right',
      cell: (row) => <span title={words.value(row, row.value)}>{words.value(row, row.value)}</span>,
    },
    {
      id: 'state',
      head: t('state'),
      width: 110,
      wide: true,
      cell: (row) => (row.changed ? <Badge tone="primary">{t('changed')}</Badge> : t('initial')),
    },
    {
      id: 'who',
      head: t('lastChange'),
      width: 200,
      wide: true,
      cell: (row) =>
        row.changed && row.updatedAt
          ? t.rich('by', { name: row.updatedBy ?? '', age: () => <Age at={row.updatedAt} /> })
          : '–',
    },
  ];
  return (
    <>
      <PageHeader title={t('title')} meta={mayChange ? t('intro') : t('readOnly')} />
      <div className={styles.page}>
        {areas.map((area) => (
          <Panel key={area} title={t(`areas.${area}`)} question={t(`questions.${area}`)} flush>
            <DataTable
              name={`settings-${area}`}
              label={t(`areas.${area}`)}
              columns={columns}
              rows={rows.filter((row) => row.area === area)}
              rowKey={(row) => row.key}
              version={(row) => row.version ?? ''}
              openKey={open.key}
              onOpen={open.set}
              inPanel
            />
          </Panel>
        ))}
      </div>
      {openRow && <SettingSheet key={openRow.key} row={openRow} mayChange={mayChange} onClose={open.close} />}
    </>
  );
}
