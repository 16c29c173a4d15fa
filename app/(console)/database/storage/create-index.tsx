'use client';

import { Checkbox, MultiSelect, Select } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ConfirmDialog } from '@/components/dialog';
import { toast } from '@/components/toast';
import { useCommand } from '@/components/use-command';
import type { IndexList } from '@/domain/storage/queries';
import { createIndexAction } from './actions';

type CreateProps = { tables: IndexList['indexable']; onClose: () => void };

/** Asks for an index on up to five columns of a table; the last may run downwards. */
export function CreateIndexDialog({ tables, onClose }: CreateProps) {
  const t = useTranslations('storage.create');
  const [table, setTable] = useState('transactions');
  const [columns, setColumns] = useState<string[]>([]);
  const [descending, setDescending] = useState(false);
  const create = useCommand(createIndexAction, {
    done: ({ id }) => {
      toast({ title: t('done', { id }) });
      onClose();
    },
  });
  const known = tables.find((one) => one.table === table)?.columns ?? [];
  const issue =
    create.failure?.issues?.find((each) => each.field.startsWith('columns'))?.field ?? create.failure?.field;
  const wrong = issue?.startsWith('columns') ? create.fieldError(issue) : undefined;
  return (
    <ConfirmDialog
      opened
      onClose={onClose}
      title={t('question')}
      verb={t('verb')}
      reason="required"
      consequences={[{ text: t('effect') }, { text: t('cost'), warn: true }, { text: t('undo') }]}
      pending={create.pending}
      error={create.error ?? create.fieldError('reason')}
      onConfirm={(reason) =>
        create.run({
          table,
          columns: columns.map((name, i) => ({ name, descending: descending && i === columns.length - 1 })),
          reason,
        })
      }
    >
      <Select
        label={t('table')}
        searchable
        allowDeselect={false}
        value={table}
        error={create.fieldError('table')}
        onChange={(value) => {
          if (!value) return;
          setTable(value);
          setColumns([]);
        }}
        data={tables.map((one) => one.table)}
      />
      <MultiSelect
        label={t('columns')}
        description={t('columnsHint')}
        searchable
        maxValues={5}
        value={columns}
        error={wrong}
        onChange={setColumns}
        data={known}
      />
      <Checkbox
        label={t('descending')}
        checked={descending}
        onChange={(event) => setDescending(event.currentTarget.checked)}
      />
    </ConfirmDialog>
  );
}
