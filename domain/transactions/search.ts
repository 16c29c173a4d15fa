import { type SQL, sql } from 'drizzle-orm';
import { z } from 'zod';
import type { Db } from '@/db/client';
import { decodeCursor, encodeCursor, type Page } from '@/domain/cursor';
import type { TransactionFilters } from './list-input';
import { iso, type TransactionRow, transactionColumns, transactionNames, transactionRow } from './rows';

/** A search that no index serves stops after this long and says how far it looked. */
export const searchBudgetMs = 2000;
const day = 86_400_000;
const widest = 31 * day;
const narrowest = day / 24;

/** How far back a search went: all the way, or to a moment from which `next` continues. */
export type Searched = { complete: boolean; backTo: string | null };
export type TransactionPage = Page<TransactionRow> & { searched: Searched };

type Table = 'transactions' | 'transactions_archive';
type Position = { at: string; id: string };

const position = z.tuple([
  z
    .string()
    .max(40)
    .regex(/^\d{4}-\d\d-\d\d[ T][\d:.]+(Z|[+-][\d:]+)$/),
  z.string().max(100),
]);

const anyOf = (column: SQL, values: readonly string[]): SQL =>
  sql`${column} in (${sql.join(
    values.map((value) => sql`${value}`),
    sql`, `,
  )})`;

const labelled = (values: readonly string[]): SQL =>
  sql`(${sql.join(
    values.map((value) =>
      value === 'fraud'
        ? sql`x.is_fraud`
        : value === 'genuine'
          ? sql`not x.is_fraud`
          : sql`x.is_fraud is null`,
    ),
    sql` or `,
  )})`;

/** Conditions that some index finds by itself, and those for which rows must be looked at. */
const conditions = (f: TransactionFilters): { narrow: SQL[]; served: SQL[]; looked: SQL[] } => {
  const narrow: SQL[] = [];
  const served: SQL[] = [];
  const looked: SQL[] = [];
  if (f.id) narrow.push(sql`x.transaction_id = ${f.id}`);
  if (f.user) narrow.push(sql`x.user_id = ${f.user}`);
  if (f.card && f.card.length > 4) narrow.push(sql`x.card_token = ${f.card}`);
  if (f.card && f.card.length <= 4)
    looked.push(sql`right(x.card_token, ${f.card.length}::integer) = ${f.card}`);
  if (f.merchant) served.push(sql`x.merchant_id = ${f.merchant}`);
  if (f.device) served.push(sql`x.device_id = ${f.device}`);
  if (f.ip) served.push(sql`x.ip_address = ${f.ip}::inet`);
  if (f.decision?.length && f.decision.length < 3) {
    // Named twice, so that the partial index on what was not allowed fits; what was allowed is most of everything.
    if (!f.decision.includes('ALLOW')) served.push(sql`x.decision <> 'ALLOW'`);
    served.push(anyOf(sql`x.decision`, f.decision));
  }
  if (f.label?.length) (f.label.join() === 'fraud' ? served : looked).push(labelled(f.label));
  if (f.risk?.length) looked.push(anyOf(sql`x.risk_level`, f.risk));
  if (f.country) looked.push(sql`x.country = ${f.country}`);
  if (f.channel?.length) looked.push(anyOf(sql`x.channel`, f.channel));
  if (f.amountFrom !== undefined) looked.push(sql`x.amount_base >= ${f.amountFrom}::numeric`);
  if (f.amountTo !== undefined) looked.push(sql`x.amount_base <= ${f.amountTo}::numeric`);
  if (f.scoreFrom !== undefined) looked.push(sql`x.fraud_score >= ${f.scoreFrom}::numeric`);
  if (f.scoreTo !== undefined) looked.push(sql`x.fraud_score <= ${f.scoreTo}::numeric`);
  return { narrow, served, looked };
};

type Range = { from: string | null; to: string | null; after: Position | null };

const read = async (
  db: Db,
  table: Table,
  where: readonly SQL[],
  range: Range,
  limit: number,
): Promise<Record<string, unknown>[]> => {
  const all = [...where];
  if (range.from) all.push(sql`x.transaction_timestamp >= ${range.from}::timestamptz`);
  if (range.to) all.push(sql`x.transaction_timestamp < ${range.to}::timestamptz`);
  if (range.after)
    all.push(
      sql`(x.transaction_timestamp, x.transaction_id) < (${range.after.at}::timestamptz, ${range.after.id})`,
      // Said again alone, because only a comparison of the column itself leaves partitions out.
      sql`x.transaction_timestamp <= ${range.after.at}::timestamptz`,
    );
  const matching = all.length > 0 ? sql.join(all, sql` and `) : sql`true`;
  return db.execute<Record<string, unknown>>(sql`select ${transactionColumns}, x.exact_at
    from (select x.*, x.transaction_timestamp::text as exact_at from ${sql.identifier(table)} x where ${matching}
      order by x.transaction_timestamp desc, x.transaction_id desc limit ${limit}) x
    ${transactionNames} order by x.transaction_timestamp desc, x.transaction_id desc`);
};

const extent = async (db: Db, table: Table): Promise<{ first: number; last: number } | null> => {
  const [row] = await db.execute<{ first: string | null; last: string | null }>(sql`select
    (select transaction_timestamp from ${sql.identifier(table)} order by transaction_timestamp limit 1) as first,
    (select transaction_timestamp from ${sql.identifier(table)} order by transaction_timestamp desc limit 1) as last`);
  const [first, last] = [iso(row?.first), iso(row?.last)];
  return first && last ? { first: Date.parse(first), last: Date.parse(last) + 1 } : null;
};

type Found = { rows: Record<string, unknown>[]; stoppedAt: string | null };

/**
 * Looks at one stretch of time after another, back from the newest: a day first, wider while that is quick, at most a
 * month. Stops with enough rows, at the end, or when the time is used up (`stoppedAt`).
 */
const walk = async (
  db: Db,
  table: Table,
  where: readonly SQL[],
  range: Range,
  limit: number,
  until: number,
): Promise<Found> => {
  const bounds = await extent(db, table);
  if (!bounds) return { rows: [], stoppedAt: null };
  const oldest = Math.max(bounds.first, range.from ? Date.parse(range.from) : -Infinity);
  const newest = [bounds.last, range.to ? Date.parse(range.to) : Infinity];
  // The position itself may lie within a millisecond: the stretch ends just after it.
  if (range.after) newest.push(Date.parse(range.after.at) + 1);
  let end = Math.min(...newest);
  let width = day;
  const rows: Record<string, unknown>[] = [];
  while (end > oldest && rows.length < limit) {
    const began = performance.now();
    if (began > until) return { rows, stoppedAt: new Date(end).toISOString() };
    const start = Math.max(oldest, end - width);
    const stretch = { ...range, from: new Date(start).toISOString(), to: new Date(end).toISOString() };
    rows.push(...(await read(db, table, where, stretch, limit - rows.length)));
    end = start;
    const took = performance.now() - began;
    width = took < 100 ? Math.min(width * 2, widest) : took > 400 ? Math.max(width / 2, narrowest) : width;
  }
  return { rows, stoppedAt: null };
};

const cursorOf = (row: Record<string, unknown>): string =>
  encodeCursor([String(row.exact_at), String(row.transaction_id)]);

/** True when nobody asked for a time that only the archive may have. */
const archiveIsOut = async (db: Db, f: TransactionFilters): Promise<boolean> => {
  const archived = await extent(db, 'transactions_archive');
  return !archived || (f.from !== undefined && Date.parse(f.from) >= archived.last);
};

/**
 * Payments by filter, the newest first. What an index serves is one read. Everything else is looked for back from the
 * newest in stretches of time, for at most `budgetMs`; `next` then continues from where it stopped. Archived months are
 * read only after the live ones and only where the filters reach them.
 */
export const searchPayments = async (
  db: Db,
  f: TransactionFilters,
  budgetMs = searchBudgetMs,
): Promise<TransactionPage> => {
  const until = performance.now() + budgetMs;
  const { narrow, served, looked } = conditions(f);
  const where = [...narrow, ...served, ...looked];
  const cursor = f.cursor ? decodeCursor(position, f.cursor) : null;
  const range: Range = {
    from: f.from ?? null,
    to: f.to ?? null,
    after: cursor ? { at: cursor[0], id: cursor[1] } : null,
  };
  const direct = narrow.length > 0 || looked.length === 0;
  const rows: Record<string, unknown>[] = [];
  for (const table of ['transactions', 'transactions_archive'] as const) {
    if (table === 'transactions_archive' && (rows.length > f.limit || (await archiveIsOut(db, f)))) break;
    const wanted = f.limit + 1 - rows.length;
    const indexed = table === 'transactions' ? direct : narrow.length > 0 && (f.id || f.user);
    const found: Found = indexed
      ? { rows: await read(db, table, where, range, wanted), stoppedAt: null }
      : await walk(db, table, where, range, wanted, until);
    rows.push(...found.rows);
    if (found.stoppedAt)
      return {
        rows: rows.slice(0, f.limit).map(transactionRow),
        next: encodeCursor([found.stoppedAt, '']),
        searched: { complete: false, backTo: found.stoppedAt },
      };
  }
  const shown = rows.slice(0, f.limit);
  const last = shown.at(-1);
  const more = rows.length > f.limit && last !== undefined;
  return {
    rows: shown.map(transactionRow),
    next: more ? cursorOf(last) : null,
    searched: { complete: !more, backTo: last ? iso(last.exact_at) : null },
  };
};

/** Entities that payments share; the columns are indexed with the time. */
export const sharedColumns = {
  user: sql`x.user_id`,
  card: sql`x.card_token`,
  device: sql`x.device_id`,
  ip: sql`x.ip_address`,
  merchant: sql`x.merchant_id`,
} as const;
export type Shared = keyof typeof sharedColumns;

/**
 * Payments that share an entity with one payment, the newest first, that one among them. Empty where it has none.
 * `found` is false when there is no such payment. Live months only.
 */
export const paymentsSharing = async (
  db: Db,
  shared: Shared,
  of: { id: string; at?: string; cursor?: string; limit: number },
): Promise<Page<TransactionRow> & { found: boolean }> => {
  const column = sharedColumns[shared];
  const when = of.at ? sql`and x.transaction_timestamp = ${of.at}::timestamptz` : sql``;
  const [row] = await db.execute<{
    value: string | null;
  }>(sql`select ${column}::text as value from transactions_all x
    where x.transaction_id = ${of.id} ${when} order by x.transaction_timestamp desc limit 1`);
  if (!row?.value) return { rows: [], next: null, found: row !== undefined };
  const cursor = of.cursor ? decodeCursor(position, of.cursor) : null;
  const value = shared === 'ip' ? sql`${row.value}::inet` : sql`${row.value}`;
  const range = { from: null, to: null, after: cursor ? { at: cursor[0], id: cursor[1] } : null };
  const rows = await read(db, 'transactions', [sql`${column} = ${value}`], range, of.limit + 1);
  const last = rows.length > of.limit ? rows[of.limit - 1] : undefined;
  return {
    rows: rows.slice(0, of.limit).map(transactionRow),
    next: last ? cursorOf(last) : null,
    found: true,
  };
};
