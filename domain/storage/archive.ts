import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { readSetting } from '@/domain/settings/read';
import { type LastRun, readLastRun } from './catalog';
import { readHolds, readOpenAlerts, readParts } from './parts';
import { assembleSpans, type Span } from './timeline';

export type ArchiveMonth = {
  /** `2024-11` */
  month: string;
  leaves: { name: string; rows: number; bytes: number }[];
  rows: number;
  bytes: number;
  /** Alerts that nobody has decided yet, on payments of this month. */
  openAlerts: number;
};
export type ArchivePreview = {
  at: string;
  /** Months that stay in `transactions`. */
  keepMonths: number;
  /** Past their retention and not held, oldest first: the next run takes the first. */
  due: ArchiveMonth[];
  /** The oldest month that stays, and when it has passed its retention; null where there is none. */
  next: (ArchiveMonth & { at: string }) | null;
  /** Months that may go by hand, oldest first. */
  movable: ArchiveMonth[];
  archived: ArchiveMonth[];
  held: { month: string; reason: string; by: string; until: string | null }[];
  job: LastRun | null;
};

const monthOf = (span: Span, openAlerts: ReadonlyMap<string, number>): ArchiveMonth => {
  const cells = [span.cells.high, span.cells.low, span.cells.all].filter((cell) => cell !== undefined);
  const leaves = cells.map(({ name, rows, bytes }) => ({ name: name ?? '', rows, bytes }));
  return {
    month: span.key,
    leaves,
    rows: leaves.reduce((sum, leaf) => sum + leaf.rows, 0),
    bytes: leaves.reduce((sum, leaf) => sum + leaf.bytes, 0),
    openAlerts: openAlerts.get(span.key) ?? 0,
  };
};

/** When a month that ends at `to` has passed its retention. */
const goesAt = (to: string, keepMonths: number): string => {
  const at = new Date(to);
  at.setUTCMonth(at.getUTCMonth() + keepMonths);
  return at.toISOString();
};

/** Two whole months after its end a month may go: payments may still come for the younger ones. */
const mayGo = (span: Span, now: Date): boolean =>
  span.to <= new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 2, 1)).toISOString();

/** What the archive takes next and what it holds; with the alerts that still point to what goes. */
export const readArchivePreview = async (tx: Tx, now: Date): Promise<ArchivePreview> => {
  const holds = await readHolds(tx);
  const spans = assembleSpans(await readParts(tx, 'transactions'), { step: 'month', split: 'risk' }, holds);
  const openAlerts = await readOpenAlerts(tx);
  const rows = await tx.execute(sql`select to_char(month, 'YYYY-MM') as month from months_to_archive()`);
  const due = new Set([...rows].map((row) => String(row.month)));
  const keepMonths = await readSetting(tx, 'retention.transactions_months');
  const there = spans.filter((span) => Object.values(span.cells).every((cell) => cell.state !== 'missing'));
  const online = there.filter((span) => !span.archived);
  const stays = online.find((span) => !due.has(span.key) && span.hold === null);
  const months = (list: Span[]) => list.map((span) => monthOf(span, openAlerts));
  return {
    at: now.toISOString(),
    keepMonths,
    due: months(online.filter((span) => due.has(span.key))),
    next: stays ? { ...monthOf(stays, openAlerts), at: goesAt(stays.to, keepMonths) } : null,
    movable: months(online.filter((span) => span.hold === null && mayGo(span, now))),
    archived: months(there.filter((span) => span.archived)),
    held: [...holds].map(([month, hold]) => ({ month, ...hold })),
    job: await readLastRun(tx, 'archive-old-transactions'),
  };
};
