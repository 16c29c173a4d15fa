'use client';

import { IconAlertCircle, IconAlertTriangle, IconPin } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Fragment, type KeyboardEvent, useEffect, useRef } from 'react';
import { formatBytes, formatNumber } from '@/components/format';
import type { LiveError } from '@/components/live';
import { Panel } from '@/components/panel';
import { useNow } from '@/components/time';
import type { PartitionedTableName } from '@/domain/storage/input';
import type { Timeline } from '@/domain/storage/queries';
import type { Cell, LaneName, Span } from '@/domain/storage/timeline';
import styles from './timeline.module.css';
import { daysTo, spanGroup, spanLabel, spanWords, urgentDays } from './words';

type Props = {
  timeline: UseQueryResult<Timeline, LiveError>;
  table: PartitionedTableName;
  open: string | null;
  onOpen: (key: string) => void;
};

/** Is there a place for every row? Each month or day of a table as a cell a lane, its fill the size. */
export function TimelinePanel({ timeline, table, open, onOpen }: Props) {
  const t = useTranslations('storage');
  const data = timeline.data?.table === table ? timeline.data : undefined;
  const spans = data?.spans ?? [];
  return (
    <Panel
      title={t(`timeline.title.${data && data.lanes.length > 1 ? 'risk' : (data?.step ?? 'month')}`, {
        table,
      })}
      question={t(`timeline.question.${table === 'transactions' ? 'payments' : 'rows'}`)}
      live={timeline}
      at={data?.at}
      meta={<TimelineLegend />}
      height={220}
      empty={data !== undefined && spans.length === 0 && { title: t('timeline.none') }}
      table={{
        head: [t('span'), t('lane'), t('state'), t('rows'), t('size'), t('partition')],
        rows: spans.flatMap((span) =>
          Object.entries(span.cells).map(([lane, cell]) => [
            span.key,
            lane,
            cell.state,
            cell.rows,
            cell.bytes,
            cell.name,
          ]),
        ),
      }}
      csvName={`partitions-${table}`}
    >
      {data && <Grid key={data.table} data={data} open={open} onOpen={onOpen} />}
    </Panel>
  );
}

function TimelineLegend() {
  const t = useTranslations('storage.legend');
  return (
    <span className={styles.legend}>
      {(['filled', 'empty', 'missing', 'archived'] as const).map((state) => (
        <span key={state}>
          <i data-state={state} /> {t(state)}
        </span>
      ))}
      <span>
        <IconPin size={12} stroke={2} aria-hidden /> {t('held')}
      </span>
    </span>
  );
}

function Grid({
  data,
  open,
  onOpen,
}: {
  data: Timeline;
  open: string | null;
  onOpen: (key: string) => void;
}) {
  const t = useTranslations('storage');
  const now = useNow();
  const box = useRef<HTMLElement>(null);
  const { spans, lanes } = data;
  const present = spans.findIndex((span) => new Date(span.to).getTime() > now);
  const focused = spans.some((span) => span.key === open) ? open : (spans[Math.max(0, present)]?.key ?? null);
  // The present is what people come for; a long history scrolls away to the left.
  useEffect(() => {
    if (box.current) box.current.scrollLeft = box.current.scrollWidth;
  }, []);
  function move(event: KeyboardEvent, at: number) {
    const step = { ArrowRight: 1, ArrowLeft: -1, Home: -spans.length, End: spans.length }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    const to = spans[Math.min(spans.length - 1, Math.max(0, at + step))];
    const lane = (event.target as HTMLElement).dataset.lane;
    box.current?.querySelector<HTMLElement>(`[data-span="${to?.key}"][data-lane="${lane}"]`)?.focus();
  }
  return (
    <section ref={box} className={styles.scroll} aria-label={t('timeline.label', { table: data.table })}>
      <div
        className={styles.grid}
        style={{
          gridTemplateColumns: `112px repeat(${spans.length}, minmax(0, 1fr))`,
          minWidth: 112 + spans.length * (spans.length > 60 ? 14 : 26),
          maxWidth: 112 + spans.length * 72,
        }}
      >
        <span className={styles.corner} style={{ gridArea: '1 / 1 / span 2' }} />
        {spans.map((span, i) => (
          <span key={span.key} className={styles.group} style={{ gridArea: `1 / ${i + 2}` }}>
            {isFirst(spans, i) && spanGroup(span.key)}
          </span>
        ))}
        {spans.map((span, i) => (
          <span key={span.key} className={styles.label} style={{ gridArea: `2 / ${i + 2}` }}>
            {spanLabel(span.key)}
            {span.hold && <IconPin size={12} stroke={2} aria-label={t('legend.held')} />}
          </span>
        ))}
        {lanes.map((lane, row) => (
          <Fragment key={lane}>
            <span className={styles.lane} style={{ gridArea: `${row + 3} / 1` }}>
              <strong>{t(`lanes.${lane}`)}</strong>
              <span>{t('fullAt', { size: formatBytes(data.fullAt[lane]) })}</span>
            </span>
            {spans.map((span, i) => (
              <SpanCell
                key={span.key}
                area={`${row + 3} / ${i + 2}`}
                span={span}
                lane={lane}
                full={data.fullAt[lane] ?? 0}
                now={now}
                open={open === span.key}
                focusable={focused === span.key && lane === lanes[0]}
                onOpen={() => onOpen(span.key)}
                onKey={(event) => move(event, i)}
              />
            ))}
          </Fragment>
        ))}
        <Brackets spans={spans} step={data.step} row={lanes.length + 3} now={now} />
        {present >= 0 && (
          <NowLine span={spans[present] as Span} column={present} lanes={lanes.length} now={now} />
        )}
      </div>
    </section>
  );
}

const isFirst = (spans: Span[], i: number): boolean =>
  i === 0 || spanGroup(spans[i - 1]?.key ?? '') !== spanGroup(spans[i]?.key ?? '');

type CellProps = {
  /** Its place in the grid. */
  area: string;
  span: Span;
  lane: LaneName;
  full: number;
  now: number;
  open: boolean;
  focusable: boolean;
  onOpen: () => void;
  onKey: (event: KeyboardEvent) => void;
};

function SpanCell({ area, span, lane, full, now, open, focusable, onOpen, onKey }: CellProps) {
  const t = useTranslations('storage');
  const cell = span.cells[lane];
  if (!cell) return null;
  const gone = cell.state === 'missing' || cell.state === 'beside';
  const urgent = gone && daysTo(span.from, now) < urgentDays;
  const words = t('cell', {
    span: spanWords(span.key),
    lane: t(`lanes.${lane}`),
    state: t(`states.${cell.state}`),
    size: formatBytes(cell.bytes),
    rows: formatNumber(cell.rows),
  });
  return (
    <button
      type="button"
      className={styles.cell}
      style={{ gridArea: area }}
      data-span={span.key}
      data-lane={lane}
      data-state={cell.state}
      data-urgent={urgent || undefined}
      data-open={open || undefined}
      aria-label={words}
      aria-pressed={open}
      title={words}
      tabIndex={focusable ? 0 : -1}
      onClick={onOpen}
      onKeyDown={onKey}
    >
      <Fill cell={cell} full={full} />
      {gone &&
        (urgent ? (
          <IconAlertCircle size={14} stroke={2} aria-hidden />
        ) : (
          <IconAlertTriangle size={14} stroke={2} aria-hidden />
        ))}
    </button>
  );
}

function Fill({ cell, full }: { cell: Cell; full: number }) {
  if (cell.state !== 'filled' || full === 0) return null;
  return <span className={styles.fill} style={{ height: `${Math.max(3, (100 * cell.bytes) / full)}%` }} />;
}

/** Where now is: a line through every lane, at its place within the month. */
function NowLine({ span, column, lanes, now }: { span: Span; column: number; lanes: number; now: number }) {
  const t = useTranslations('storage');
  const [from, to] = [new Date(span.from).getTime(), new Date(span.to).getTime()];
  const share = Math.min(1, Math.max(0, (now - from) / (to - from)));
  return (
    <span
      className={styles.now}
      role="img"
      aria-label={t('now')}
      style={{ gridColumn: column + 2, gridRow: `3 / span ${lanes}`, left: `${share * 100}%` }}
    />
  );
}

type Run = { kind: 'archived' | 'online' | 'ahead'; at: number; count: number; bytes: number };

const kindOf = (span: Span, now: number): Run['kind'] =>
  span.archived ? 'archived' : new Date(span.from).getTime() > now ? 'ahead' : 'online';

/** Spans that follow each other and are alike, with what they come to. */
const runsOf = (spans: Span[], now: number): Run[] => {
  const runs: Run[] = [];
  for (const [at, span] of spans.entries()) {
    const bytes = Object.values(span.cells).reduce((sum, cell) => sum + cell.bytes, 0);
    const last = runs.at(-1);
    if (last?.kind === kindOf(span, now)) {
      last.count += 1;
      last.bytes += bytes;
    } else runs.push({ kind: kindOf(span, now), at, count: 1, bytes });
  }
  return runs;
};

type BracketProps = { spans: Span[]; step: 'month' | 'day'; row: number; now: number };

function Brackets({ spans, step, row, now }: BracketProps) {
  const t = useTranslations('storage.brackets');
  const words = (run: Run) => t(`${run.kind}.${step}`, { count: run.count, size: formatBytes(run.bytes) });
  return runsOf(spans, now).map((run) => (
    <span
      key={run.at}
      className={styles.bracket}
      title={words(run)}
      style={{ gridArea: `${row} / ${run.at + 2} / auto / span ${run.count}` }}
    >
      {run.count > 2 && <span>{words(run)}</span>}
    </span>
  ));
}
