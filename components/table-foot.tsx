'use client';

import { Button, Checkbox, Popover } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconColumns3 } from '@tabler/icons-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import styles from './table.module.css';
import { usePaging } from './table-state';

/** Foot of 40 px: words at the left, column choice, Newer and Older. */
export function TableFoot({
  next,
  foot,
  children,
}: {
  next?: string | null;
  foot?: ReactNode;
  children?: ReactNode;
}) {
  const t = useTranslations('table');
  const paging = usePaging();
  return (
    <div className={styles.foot}>
      <span className={styles.footText}>{foot}</span>
      {children}
      {next !== undefined && (
        <>
          <Button
            size="xs"
            variant="default"
            disabled={paging.isFirst}
            leftSection={<IconChevronLeft size={14} stroke={2} />}
            onClick={() => paging.newer()}
          >
            {t('newer')}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={!next}
            rightSection={<IconChevronRight size={14} stroke={2} />}
            onClick={() => next && paging.older(next)}
          >
            {t('older')}
          </Button>
        </>
      )}
    </div>
  );
}

type MenuProps = { columns: { id: string; head: string }[]; hidden: string[]; toggle: (id: string) => void };

/** "Columns": which columns are shown. */
export function ColumnMenu({ columns, hidden, toggle }: MenuProps) {
  const t = useTranslations('table');
  return (
    <Popover position="top-end">
      <Popover.Target>
        <Button size="xs" variant="subtle" color="gray" leftSection={<IconColumns3 size={14} stroke={2} />}>
          {t('columns')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown className={styles.columnList}>
        {columns.map((column) => (
          <Checkbox
            key={column.id}
            label={column.head}
            checked={!hidden.includes(column.id)}
            onChange={() => toggle(column.id)}
          />
        ))}
      </Popover.Dropdown>
    </Popover>
  );
}
