'use client';

import { ActionIcon, Tooltip } from '@mantine/core';
import { IconChartBar, IconDownload, IconTable } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type ReactNode, useId, useState } from 'react';
import { type CsvValue, downloadCsv, toCsv } from './csv';
import { formatAge } from './format';
import type { LiveError } from './live';
import styles from './panel.module.css';
import { type PanelProblem, PanelState, problemOf } from './panel-state';
import { useNow } from './time';

/** What a chart shows, as rows: the panel's table view and its CSV. */
export type PanelTable = { head: string[]; rows: CsvValue[][] };

type Props = {
  title: ReactNode;
  /** The question it answers, text-3: "Is today like yesterday?" */
  question?: ReactNode;
  /** When the content was computed; shown as age. Without it the age of `live` is shown. */
  at?: Date | string | number | null;
  /** Older than this is shown as stale (seconds). */
  staleAfter?: number;
  /** Words before the age, e.g. "live". */
  meta?: ReactNode;
  /** Result of useLive: gives loading, failed, timed out and not allowed. */
  live?: UseQueryResult<unknown, LiveError>;
  /** Rows for "show as table" and CSV; the buttons appear with it. */
  table?: PanelTable;
  csvName?: string;
  /** Set when there is nothing to show: what to do about it. */
  empty?: { title: string; hint?: ReactNode; action?: ReactNode } | false;
  /** A problem known without `live`. */
  problem?: PanelProblem;
  actions?: ReactNode;
  /** Run the content to the edges (tables). */
  flush?: boolean;
  /** Height of skeleton and states, the same as the content's. */
  height?: number;
  children?: ReactNode;
};

/** The one panel: title, question, age, table and CSV buttons; every state of the content inside the same box. */
export function Panel(props: Props) {
  const { title, question, live, table, actions, flush, height = 120, children } = props;
  const t = useTranslations('panel');
  const id = useId();
  const [asTable, setAsTable] = useState(false);
  const problem = props.problem ?? problemOf(live);
  const waiting = live !== undefined && live.data === undefined && !problem;
  const at = props.at ?? (live?.dataUpdatedAt || null);
  return (
    <section className={styles.panel} aria-labelledby={id}>
      <header className={styles.head}>
        <h2 id={id} className={styles.title}>
          {title}
        </h2>
        {question && <span className={styles.question}>{question}</span>}
        <span className={styles.right}>
          {props.meta}
          {at !== null && !waiting && (
            <PanelAge at={at} staleAfter={props.staleAfter} failed={live?.isError ?? false} />
          )}
          {actions}
          {table && (
            <>
              <Tooltip label={asTable ? t('asChart') : t('asTable')}>
                <ActionIcon
                  size={24}
                  aria-label={asTable ? t('asChart') : t('asTable')}
                  aria-pressed={asTable}
                  onClick={() => setAsTable(!asTable)}
                >
                  {asTable ? <IconChartBar size={16} stroke={1.75} /> : <IconTable size={16} stroke={1.75} />}
                </ActionIcon>
              </Tooltip>
              <Tooltip label={t('csv')}>
                <ActionIcon
                  size={24}
                  aria-label={t('csv')}
                  onClick={() => downloadCsv(props.csvName ?? 'vigil', toCsv(table.head, table.rows))}
                >
                  <IconDownload size={16} stroke={1.75} />
                </ActionIcon>
              </Tooltip>
            </>
          )}
        </span>
      </header>
      <div className={flush && !problem && !waiting && !props.empty ? styles.flush : styles.body}>
        {problem || waiting || props.empty ? (
          <PanelState
            problem={problem}
            empty={props.empty}
            height={height}
            retry={live && (() => live.refetch())}
          />
        ) : asTable && table ? (
          <PlainTable table={table} />
        ) : (
          children
        )}
      </div>
    </section>
  );
}

function PanelAge({
  at,
  staleAfter,
  failed,
}: {
  at: Date | string | number;
  staleAfter?: number;
  failed: boolean;
}) {
  const t = useTranslations();
  const now = useNow();
  const age = formatAge(at, now);
  const stale = failed || (staleAfter !== undefined && now - new Date(at).getTime() > staleAfter * 1000);
  return (
    <span className={styles.age} data-stale={stale || undefined}>
      {stale ? t('panel.stale', { age }) : t('common.ago', { age })}
    </span>
  );
}

function PlainTable({ table }: { table: PanelTable }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section className={styles.scroll} tabIndex={0} aria-label={table.head.join(', ')}>
      <table className={styles.plain}>
        <thead>
          <tr>
            {table.head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, i) => (
            <tr key={i}>
              {row.map((value, j) => (
                <td key={j}>{value === null || value === undefined ? '–' : String(value)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
