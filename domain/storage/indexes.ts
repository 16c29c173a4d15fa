import { type SQL, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { iso } from './catalog';

/** An index as people know it: one row for an index of a partitioned table with all its parts. */
export type IndexRow = {
  name: string;
  table: string;
  /** Set where it is of one partition only. */
  onPartition: string | null;
  method: string;
  definition: string;
  unique: boolean;
  /** What it is needed for whether it is read or not: `primary key`, `unique`, `foreign key`, … */
  guards: string | null;
  leaves: number;
  invalidLeaves: number;
  bytes: number;
  scans: number;
  /** When it was last read; PostgreSQL 16 on. */
  lastScan: string | null;
  countedSince: string;
  unused: boolean;
  duplicateOf: string | null;
  coveredBy: string | null;
  incomplete: boolean;
  invalid: boolean;
  building: boolean;
  droppable: boolean;
};

const columns = sql`name, table_name, on_partition, method, definition, is_unique, guards, leaves, invalid_leaves,
  bytes::float8, scans::float8, last_scan, counted_since, unused, duplicate_of, covered_by, incomplete, invalid, building, droppable`;

const indexRow = (row: Record<string, unknown>): IndexRow => ({
  name: String(row.name),
  table: String(row.table_name),
  onPartition: row.on_partition as string | null,
  method: String(row.method),
  definition: String(row.definition),
  unique: row.is_unique === true,
  guards: row.guards as string | null,
  leaves: Number(row.leaves),
  invalidLeaves: Number(row.invalid_leaves),
  bytes: Number(row.bytes),
  scans: Number(row.scans),
  lastScan: iso(row.last_scan),
  countedSince: iso(row.counted_since) as string,
  unused: row.unused === true,
  duplicateOf: row.duplicate_of as string | null,
  coveredBy: row.covered_by as string | null,
  incomplete: row.incomplete === true,
  invalid: row.invalid === true,
  building: row.building === true,
  droppable: row.droppable === true,
});

/** At most 1,000 indexes, biggest first. */
export const readIndexes = async (tx: Tx, where: SQL = sql`true`): Promise<IndexRow[]> => {
  const rows = await tx.execute(
    sql`select ${columns} from v_index_usage where ${where} order by bytes desc, name limit 1000`,
  );
  return [...rows].map(indexRow);
};

/** Tables that an index can be made on, each with its columns in order. */
export const readIndexable = async (tx: Tx): Promise<{ table: string; columns: string[] }[]> => {
  const rows =
    await tx.execute(sql`select c.relname as name, array_to_json(array_agg(a.attname order by a.attnum)) as columns
    from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
    group by c.relname order by c.relname limit 500`);
  return rows.map((row) => ({ table: String(row.name), columns: row.columns as string[] }));
};
