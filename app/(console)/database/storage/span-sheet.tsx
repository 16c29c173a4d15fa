'use client';

import { Button } from '@mantine/core';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Details } from '@/components/details';
import { formatBytes, formatNumber } from '@/components/format';
import { useShortcuts } from '@/components/keyboard';
import { Note } from '@/components/note';
import { SideSheet } from '@/components/side-sheet';
import { Time } from '@/components/time';
import type { ArchivePreview } from '@/domain/storage/archive';
import type { Cell, LaneName, Span } from '@/domain/storage/timeline';
import { type MonthDialog, MonthDialogs } from './month-dialogs';
import styles from './storage.module.css';
import { spanWords } from './words';

type Props = {
  span: Span;
  spans: Span[];
  table: string;
  archive?: ArchivePreview;
  mayMove: boolean;
  mayHold: boolean;
  onOpen: (key: string | null) => void;
};

/** One month or day of a table: its partitions, its hold, and what may be done with a month of payments. */
export function SpanSheet({ span, spans, table, archive, mayMove, mayHold, onOpen }: Props) {
  const t = useTranslations('storage.sheet');
  const [asking, setAsking] = useState<MonthDialog | null>(null);
  const at = spans.indexOf(span);
  const go = (step: number) =>
    onOpen(spans[Math.min(spans.length - 1, Math.max(0, at + step))]?.key ?? span.key);
  const group = t('group');
  useShortcuts([
    { keys: 'j', label: t('later'), group, run: () => go(1) },
    { keys: 'k', label: t('earlier'), group, run: () => go(-1) },
  ]);
  const known = [...(archive?.movable ?? []), ...(archive?.archived ?? []), ...(archive?.due ?? [])];
  const sums = sumsOf(span);
  const month = known.find((one) => one.month === span.key) ?? { month: span.key, ...sums, openAlerts: 0 };
  const payments = table === 'transactions';
  const movable = archive?.movable.some((one) => one.month === span.key) ?? false;
  const there = Object.values(span.cells).every(
    (cell) => cell.state !== 'missing' && cell.state !== 'beside',
  );
  return (
    <SideSheet
      title={spanWords(span.key)}
      id={table}
      onClose={() => onOpen(null)}
      actions={
        payments && (
          <>
            {mayMove && span.archived && (
              <Button onClick={() => setAsking('bringBack')}>{t('bringBack')}</Button>
            )}
            {mayMove && movable && <Button onClick={() => setAsking('archive')}>{t('archive')}</Button>}
            {mayHold && !span.archived && there && (
              <Button variant="default" onClick={() => setAsking('hold')}>
                {t(span.hold ? 'changeHold' : 'hold')}
              </Button>
            )}
            {mayHold && span.hold && (
              <Button variant="default" onClick={() => setAsking('release')}>
                {t('release')}
              </Button>
            )}
          </>
        )
      }
    >
      <p>{t(span.archived ? 'archived' : there ? 'there' : 'gap', { table })}</p>
      {span.hold && <Hold hold={span.hold} />}
      <Details
        items={[
          [t('from'), <Time key="from" at={span.from} style="full" />],
          [t('to'), <Time key="to" at={span.to} style="full" />],
          [t('rows'), formatNumber(sums.rows)],
          [t('size'), formatBytes(sums.bytes)],
          payments && [t('alerts'), formatNumber(month.openAlerts)],
        ]}
      />
      {(['high', 'low', 'all'] as const).map((lane) => {
        const cell = span.cells[lane];
        return cell && <Lane key={lane} lane={lane} cell={cell} />;
      })}
      <MonthDialogs asking={asking} months={[month]} onClose={() => setAsking(null)} />
    </SideSheet>
  );
}

const sumsOf = (span: Span): { rows: number; bytes: number } => {
  const cells = Object.values(span.cells);
  return {
    rows: cells.reduce((sum, cell) => sum + cell.rows, 0),
    bytes: cells.reduce((sum, cell) => sum + cell.bytes, 0),
  };
};

function Hold({ hold }: { hold: NonNullable<Span['hold']> }) {
  const t = useTranslations('storage.sheet');
  return (
    <Note tone="locked" title={t('heldBy', { name: hold.by })}>
      {t('because', { reason: hold.reason })}{' '}
      {hold.until
        ? t.rich('heldUntil', { time: () => <Time at={hold.until} style="date" /> })
        : t('heldOpen')}
    </Note>
  );
}

function Lane({ lane, cell }: { lane: LaneName; cell: Cell }) {
  const t = useTranslations('storage');
  return (
    <section aria-label={t(`lanes.${lane}`)}>
      <h3 className={styles.heading}>{t(`lanes.${lane}`)}</h3>
      <Details
        items={[
          [t('state'), t(`states.${cell.state}`)],
          cell.name !== null && [
            t('partition'),
            <span key="name" className="vg-mono">
              {cell.name}
            </span>,
          ],
          [t('rows'), formatNumber(cell.rows)],
          [t('size'), formatBytes(cell.bytes)],
          cell.missing > 0 && [t('missing'), formatNumber(cell.missing)],
        ]}
      />
    </section>
  );
}
