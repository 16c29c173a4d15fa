import { sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { iso } from './catalog';

export type PartitionedTable = {
  name: string;
  step: 'month' | 'day';
  split: 'risk' | 'hour' | null;
  parts: number;
  bytes: number;
  rows: number;
  /** The beginning of its oldest partition; null without one. */
  from: string | null;
  /** Until when every row has a place; null for the archive, which gets no rows. */
  coveredUntil: string | null;
  missing: number;
  /** Of the missing ones, those that stand beside their table, detached. */
  beside: number;
  /** Rows of the month or day in progress. */
  rowsNow: number;
  archive: boolean;
};

/** Every partitioned table with the sums of its partitions, biggest first. */
export const readPartitionedTables = async (tx: Tx): Promise<PartitionedTable[]> => {
  const rows = await tx.execute(sql`
    with parts as materialized (
      select parent, leaf, from_at, to_at, level, rows, bytes from v_partitions
    ), sums as (
      select parent, count(*) filter (where leaf) as parts, coalesce(sum(bytes), 0) as bytes, coalesce(sum(rows), 0) as rows,
        min(from_at) as from_at, max(to_at) filter (where level = 1) as last_end,
        coalesce(sum(rows) filter (where from_at <= now() and to_at > now()), 0) as rows_now
      from parts group by parent
    ), gaps as (
      select parent, count(*) as missing, count(*) filter (where beside) as beside,
        min(from_at) filter (where to_at > now()) as first_gap
      from v_missing_partitions group by parent
    )
    select t.parent as name, t.step, t.split, coalesce(s.parts, 0)::int as parts, coalesce(s.bytes, 0)::float8 as bytes,
      coalesce(s.rows, 0)::float8 as rows, s.from_at, least(g.first_gap, coalesce(s.last_end, now())) as covered_until,
      coalesce(g.missing, 0)::int as missing, coalesce(g.beside, 0)::int as beside,
      coalesce(s.rows_now, 0)::float8 as rows_now, false as archive
    from partitioned_tables() t left join sums s using (parent) left join gaps g using (parent)
    union all
    select 'transactions_archive', 'month', 'risk', coalesce(s.parts, 0)::int, coalesce(s.bytes, 0)::float8,
      coalesce(s.rows, 0)::float8, s.from_at, null, 0, 0, 0, true
    from (select 1) one left join sums s on s.parent = 'transactions_archive'
    order by bytes desc, name`);
  return rows.map((row) => ({
    name: String(row.name),
    step: row.step as PartitionedTable['step'],
    split: row.split as PartitionedTable['split'],
    parts: Number(row.parts),
    bytes: Number(row.bytes),
    rows: Number(row.rows),
    from: iso(row.from_at),
    coveredUntil: iso(row.covered_until),
    missing: Number(row.missing),
    beside: Number(row.beside),
    rowsNow: Number(row.rows_now),
    archive: row.archive === true,
  }));
};

export type TableRow = {
  name: string;
  kind: 'table' | 'partitioned' | 'materialized view';
  rows: number;
  heapBytes: number;
  toastBytes: number;
  indexBytes: number;
  bytes: number;
  indexes: number;
  /** Rows that vacuum has still to take away. */
  deadRows: number;
  lastVacuum: string | null;
  lastAnalyze: string | null;
};

/** Every table with what its data, its long values and its indexes take, partitions counted to theirs; biggest first. */
export const readTables = async (tx: Tx): Promise<TableRow[]> => {
  const rows = await tx.execute(sql`
    with recursive tree as (
      select c.oid as root, c.oid from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and not c.relispartition
      union all
      select t.root, i.inhrelid from tree t join pg_inherits i on i.inhparent = t.oid
    ), indexes as (
      select i.indrelid, sum(c.relpages) as pages, count(*) as indexes from pg_index i join pg_class c on c.oid = i.indexrelid
      group by i.indrelid
    ), leaves as (
      select t.root, c.oid, greatest(c.relpages, 0) as heap, coalesce(x.relpages, 0) + coalesce(xi.pages, 0) as toast,
        coalesce(i.pages, 0) as index, pg_stat_get_live_tuples(c.oid) as live, greatest(c.reltuples, 0) as known,
        pg_stat_get_dead_tuples(c.oid) as dead
      from tree t join pg_class c on c.oid = t.oid left join indexes i on i.indrelid = c.oid
        left join pg_class x on x.oid = c.reltoastrelid left join indexes xi on xi.indrelid = x.oid
      where c.relkind <> 'p'
    ), sums as (
      select root, sum(heap) as heap, sum(toast) as toast, sum(index) as index,
        sum(case when live > 0 then live else known end) as rows, sum(dead) as dead,
        -- Never vacuumed or analyzed and not empty: measured.
        sum(case when heap = 0 and live > 0 then pg_table_size(oid) else 0 end) as fresh_heap,
        sum(case when heap = 0 and live > 0 then pg_indexes_size(oid) else 0 end) as fresh_index,
        max(greatest(pg_stat_get_last_vacuum_time(oid), pg_stat_get_last_autovacuum_time(oid))) as last_vacuum,
        max(greatest(pg_stat_get_last_analyze_time(oid), pg_stat_get_last_autoanalyze_time(oid))) as last_analyze
      from leaves group by root
    )
    select c.relname as name, c.relkind as kind, coalesce(s.rows, 0)::float8 as rows,
      (coalesce(s.heap, 0) * b.size + coalesce(s.fresh_heap, 0))::float8 as heap_bytes,
      (coalesce(s.toast, 0) * b.size)::float8 as toast_bytes,
      (coalesce(s.index, 0) * b.size + greatest(coalesce(s.fresh_index, 0), 0))::float8 as index_bytes,
      coalesce((select indexes from indexes i where i.indrelid = c.oid), 0)::int as indexes,
      coalesce(s.dead, 0)::float8 as dead, s.last_vacuum, s.last_analyze
    from pg_class c left join sums s on s.root = c.oid cross join (select current_setting('block_size')::bigint as size) b
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and not c.relispartition
    order by coalesce(s.heap, 0) + coalesce(s.toast, 0) + coalesce(s.index, 0) desc, c.relname limit 500`);
  const kinds = { r: 'table', p: 'partitioned', m: 'materialized view' } as const;
  return rows.map((row) => ({
    name: String(row.name),
    kind: kinds[row.kind as keyof typeof kinds],
    rows: Number(row.rows),
    heapBytes: Number(row.heap_bytes),
    toastBytes: Number(row.toast_bytes),
    indexBytes: Number(row.index_bytes),
    bytes: Number(row.heap_bytes) + Number(row.toast_bytes) + Number(row.index_bytes),
    indexes: Number(row.indexes),
    deadRows: Number(row.dead),
    lastVacuum: iso(row.last_vacuum),
    lastAnalyze: iso(row.last_analyze),
  }));
};
