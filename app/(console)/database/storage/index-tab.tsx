'use client';

import { Button } from '@mantine/core';
import { IconPlus } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { FilterBar, useFilters } from '@/components/filter-bar';
import { formatBytes } from '@/components/format';
import { useLive } from '@/components/live';
import { PanelState, problemOf } from '@/components/panel-state';
import { DataTable } from '@/components/table';
import { useOpenRow, useSort } from '@/components/table-state';
import { indexViews } from '@/domain/storage/input';
import type { IndexList } from '@/domain/storage/queries';
import { inView } from '@/domain/storage/views';
import { CreateIndexDialog } from './create-index';
import { useIndexColumns } from './index-columns';
import { IndexSheet } from './index-sheet';
import { indexViewOf } from './params';
import { sortRows } from './sort';
import { every } from './words';

/** Every index, rolled up over partitions: which are read, and which only cost. */
export function IndexTab({ initial, mayChange }: { initial?: IndexList; mayChange: boolean }) {
  const t = useTranslations('storage');
  const indexes = useLive<IndexList>('storage.indexes', {}, initial, ['storage'], { every });
  const { values } = useFilters(['view']);
  const sort = useSort();
  const open = useOpenRow();
  const [creating, setCreating] = useState(false);
  const all = indexes.data?.rows ?? [];
  const columns = useIndexColumns(all);
  const view = indexViewOf(values.view);
  const q = values.q?.toLowerCase() ?? '';
  const rows = sortRows(
    all.filter((row) => inView(row, view) && `${row.name} ${row.table}`.toLowerCase().includes(q)),
    sort.value ?? '-bytes',
  );
  const opened = all.find((row) => row.name === open.key);
  return (
    <div>
      <FilterBar
        search={{ placeholder: t('searchIndexes') }}
        filters={[
          {
            key: 'view',
            label: t('show'),
            kind: 'one',
            pinned: true,
            options: indexViews
              .filter((one) => one !== 'all')
              .map((value) => ({ value, label: t(`views.${value}`) })),
          },
        ]}
      >
        {mayChange && (
          <Button
            variant="default"
            leftSection={<IconPlus size={16} stroke={1.75} />}
            onClick={() => setCreating(true)}
          >
            {t('create.button')}
          </Button>
        )}
      </FilterBar>
      {indexes.data ? (
        <DataTable
          name="indexes"
          label={t('tabs.indexes')}
          columns={columns}
          rows={rows}
          rowKey={(row) => row.name}
          openKey={open.key}
          onOpen={open.set}
          foot={t('indexFoot', {
            count: rows.length,
            size: formatBytes(rows.reduce((sum, row) => sum + row.bytes, 0)),
          })}
          empty={view === 'all' ? t('noneMatches') : t(`noneIn.${view}`)}
          chooseColumns
        />
      ) : (
        <PanelState problem={problemOf(indexes)} height={320} retry={() => indexes.refetch()} />
      )}
      {opened && <IndexSheet key={opened.name} index={opened} mayChange={mayChange} onClose={open.close} />}
      {creating && (
        <CreateIndexDialog tables={indexes.data?.indexable ?? []} onClose={() => setCreating(false)} />
      )}
    </div>
  );
}
