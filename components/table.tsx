'use client';

import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { useShortcuts } from './keyboard';
import styles from './table.module.css';
import { ColumnMenu, TableFoot } from './table-foot';
import { useChanged, useColumns, useOverflow, useSort } from './table-state';

export type Column<Row> = {
  id: string;
  /** Head, in words. */
  head: string;
  cell: (row: Row) => ReactNode;
  /** `right` for numbers (tabular figures). */
  align?: 'right';
  /** Pixels; the columns without one share the rest. */
  width?: number;
  /** The head sorts by `?sort=id` or `?sort=-id`; the query must allow it. */
  sort?: boolean;
  /** Off until chosen under Columns. */
  hidden?: boolean;
  /** 0…1: a bar behind the number. */
  share?: (row: Row) => number;
  /** Left out where the table is narrow: under 640 px, `very` under 900 px (beside an open sheet). */
  wide?: boolean | 'very';
};

type Props<Row> = {
  /** Names the table for screen readers and keeps its chosen columns. */
  name: string;
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** Opens a row: Enter and click. Usually `open.set` of useOpenRow(). */
  onOpen?: (key: string) => void;
  /** The open row; arrows and j/k then open the next one. */
  openKey?: string | null;
  /** Where the row leads, for middle click and for pages without a sheet. */
  href?: (row: Row) => string;
  selection?: { keys: ReadonlySet<string>; set: (keys: Set<string>) => void };
  /** A value that changes with the row's content: changed rows fade from green. */
  version?: (row: Row) => string | number;
  /** Row taken by another: dimmed. */
  dim?: (row: Row) => boolean;
  /** Cursor of the next page, from the query; shows Newer and Older. */
  next?: string | null;
  /** Left of the foot: a count, how far the search looked. */
  foot?: ReactNode;
  /** Shown instead of rows. */
  empty?: ReactNode;
  /** 32-px rows inside a panel, no border of its own. */
  inPanel?: boolean;
  /** Heads only for screen readers: where the columns explain themselves. */
  hideHead?: boolean;
  /** Column choice; off inside panels. */
  chooseColumns?: boolean;
};

/** The one dense table. Rows come sorted and paged from the server; sort and page live in the URL. */
export function DataTable<Row>(props: Props<Row>) {
  const { rows, rowKey, inPanel, selection, openKey } = props;
  const t = useTranslations('table');
  const { shown, toggle, hiddenIds } = useColumns(props.name, props.columns);
  const sort = useSort();
  const changed = useChanged(rows, rowKey, props.version);
  const { active, setActive, openRow } = useRowKeys(props);
  const scroll = useOverflow();
  const keys = rows.map(rowKey);
  const all = keys.length > 0 && keys.every((key) => selection?.keys.has(key));
  const some = keys.some((key) => selection?.keys.has(key));
  return (
    <div className={inPanel ? styles.inPanel : styles.frame}>
      <section
        ref={scroll.ref}
        className={styles.scroll}
        aria-label={scroll.overflows ? props.label : undefined}
        tabIndex={scroll.overflows ? 0 : undefined}
      >
        <table className={styles.table} aria-label={props.label}>
          <thead className={props.hideHead ? styles.hiddenHead : undefined}>
            <tr>
              {selection && (
                <th className={styles.tick}>
                  <Checkbox
                    aria-label={t('selectAll')}
                    checked={all}
                    indeterminate={some && !all}
                    onChange={() => selection.set(new Set(all ? [] : keys))}
                  />
                </th>
              )}
              {shown.map((column) => (
                <Head key={column.id} column={column} sort={sort} />
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, i) => (
              <BodyRow
                key={keys[i]}
                row={row}
                id={keys[i] ?? ''}
                columns={shown}
                open={openKey === keys[i]}
                active={active === keys[i]}
                changed={changed.has(keys[i] ?? '')}
                dim={props.dim?.(row) ?? false}
                href={props.href?.(row)}
                selection={selection}
                onOpen={props.onOpen || props.href ? () => openRow(keys[i] ?? '') : undefined}
                onPoint={() => setActive(keys[i] ?? null)}
              />
            ))}
          </tbody>
        </table>
        {rows.length === 0 && <div className={styles.empty}>{props.empty ?? t('emptyHint')}</div>}
      </section>
      {(props.next !== undefined || props.foot || props.chooseColumns) && (
        <TableFoot next={props.next} foot={props.foot}>
          {props.chooseColumns && <ColumnMenu columns={props.columns} hidden={hiddenIds} toggle={toggle} />}
        </TableFoot>
      )}
    </div>
  );
}

function Head<Row>({ column, sort }: { column: Column<Row>; sort: ReturnType<typeof useSort> }) {
  const t = useTranslations('table');
  const direction =
    sort.value === column.id ? 'ascending' : sort.value === `-${column.id}` ? 'descending' : undefined;
  return (
    <th
      scope="col"
      style={column.width ? { width: column.width } : undefined}
      data-align={column.align}
      data-wide={column.wide || undefined}
      aria-sort={direction}
    >
      {column.sort ? (
        <button
          type="button"
          className={styles.sort}
          title={t('sortBy', { column: column.head })}
          onClick={() => sort.by(column.id)}
        >
          {column.head}
          {direction === 'ascending' && <IconArrowUp size={14} stroke={2} aria-hidden />}
          {direction === 'descending' && <IconArrowDown size={14} stroke={2} aria-hidden />}
        </button>
      ) : (
        column.head
      )}
    </th>
  );
}

type RowProps<Row> = {
  row: Row;
  id: string;
  columns: Column<Row>[];
  open: boolean;
  active: boolean;
  changed: boolean;
  dim: boolean;
  href?: string;
  selection?: Props<Row>['selection'];
  onOpen?: () => void;
  onPoint: () => void;
};

function BodyRow<Row>({
  row,
  id,
  columns,
  open,
  active,
  changed,
  dim,
  href,
  selection,
  onOpen,
  onPoint,
}: RowProps<Row>) {
  const t = useTranslations('table');
  const ref = useRef<HTMLTableRowElement>(null);
  useEffect(() => {
    if (active || open) ref.current?.scrollIntoView({ block: 'nearest' });
  }, [active, open]);
  function click(event: MouseEvent) {
    if ((event.target as HTMLElement).closest('a, button, input, label')) return;
    if (href && (event.ctrlKey || event.metaKey)) {
      window.open(href, '_blank');
      return;
    }
    onPoint();
    onOpen?.();
  }
  const ticked = selection?.keys.has(id) ?? false;
  return (
    <tr
      ref={ref}
      data-key={id}
      data-open={open || undefined}
      data-active={active || undefined}
      data-ticked={ticked || undefined}
      data-changed={changed || undefined}
      data-dim={dim || undefined}
      data-link={Boolean(onOpen) || undefined}
      aria-current={open ? 'true' : undefined}
      onClick={click}
    >
      {selection && (
        <td className={styles.tick}>
          <Checkbox
            aria-label={t('selectRow', { id })}
            checked={ticked}
            onChange={() => {
              const next = new Set(selection.keys);
              if (!next.delete(id)) next.add(id);
              selection.set(next);
            }}
          />
        </td>
      )}
      {columns.map((column) => (
        <td key={column.id} data-align={column.align} data-wide={column.wide || undefined}>
          {column.share ? (
            <span className={styles.share}>
              <span
                className={styles.shareBar}
                style={{ width: `${Math.min(1, Math.max(0, column.share(row))) * 100}%` }}
              />
              <span className={styles.shareText}>{column.cell(row)}</span>
            </span>
          ) : (
            column.cell(row)
          )}
        </td>
      ))}
    </tr>
  );
}

/** j / k and the arrows move, Enter opens, x ticks; while a row is open, moving opens the next one. */
function useRowKeys<Row>({ rows, rowKey, onOpen, openKey, href, selection, label, inPanel }: Props<Row>) {
  const t = useTranslations('table');
  const router = useRouter();
  const [active, setActive] = useState<string | null>(null);
  const keys = rows.map(rowKey);
  const current = openKey ?? active;
  function openRow(key: string) {
    const row = rows.find((each) => rowKey(each) === key);
    if (onOpen) onOpen(key);
    else if (href && row) router.push(href(row));
  }
  function move(step: number) {
    const at = current === null ? -1 : keys.indexOf(current);
    const to = keys[Math.min(keys.length - 1, Math.max(0, at + step))];
    if (to === undefined) return;
    setActive(to);
    if (openKey && onOpen) onOpen(to);
  }
  function tick() {
    if (!selection || current === null) return;
    const next = new Set(selection.keys);
    if (!next.delete(current)) next.add(current);
    selection.set(next);
  }
  const disabled = rows.length === 0 || inPanel === true;
  const group = label;
  useShortcuts([
    { keys: 'j', label: t('next'), group, run: () => move(1), disabled, hidden: disabled },
    { keys: 'k', label: t('previous'), group, run: () => move(-1), disabled, hidden: disabled },
    { keys: 'ArrowDown', label: t('next'), group, run: () => move(1), disabled, hidden: true },
    { keys: 'ArrowUp', label: t('previous'), group, run: () => move(-1), disabled, hidden: true },
    {
      keys: 'Enter',
      label: t('open'),
      group,
      run: () => current && openRow(current),
      disabled,
      hidden: disabled,
    },
    {
      keys: 'x',
      label: t('tick'),
      group,
      run: tick,
      disabled: disabled || !selection,
      hidden: disabled || !selection,
    },
  ]);
  return { active: openKey ? null : active, setActive, openRow };
}
