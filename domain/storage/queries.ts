import { sql } from 'drizzle-orm';
import { AppError } from '@/domain/errors';
import { noInput, query } from '@/domain/operation';
import { type ArchivePreview, readArchivePreview } from './archive';
import { iso, type LastRun, readCatalog, readLastRun } from './catalog';
import { type Disk, readDisk } from './disk';
import { type IndexRow, readIndexable, readIndexes } from './indexes';
import { getIndexInput, timelineInput } from './input';
import { readHolds, readParts } from './parts';
import { type PartitionedTable, readPartitionedTables, readTables, type TableRow } from './tables';
import { assembleSpans, type LaneName, lanesOf, type Span } from './timeline';
import { inView } from './views';

export type StorageOverview = {
  at: string;
  server: { version: string; database: string };
  tables: PartitionedTable[];
  unused: { count: number; bytes: number; since: string | null };
};

/** Every partitioned table with its size and its room ahead, and what indexes cost that nobody reads. */
export const storageOverview = query({
  name: 'storage.overview',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<StorageOverview> =>
    readCatalog(db, async (tx) => {
      const [server] = await tx.execute(
        sql`select current_setting('server_version') as version, current_database() as name`,
      );
      const tables = await readPartitionedTables(tx);
      const unused = (await readIndexes(tx, sql`unused`)).filter((index) => inView(index, 'unused'));
      return {
        at: new Date().toISOString(),
        server: { version: String(server?.version), database: String(server?.name) },
        tables,
        unused: {
          count: unused.length,
          bytes: unused.reduce((sum, index) => sum + index.bytes, 0),
          since: unused[0]?.countedSince ?? null,
        },
      };
    }),
});

export type Timeline = {
  at: string;
  table: string;
  step: 'month' | 'day';
  lanes: LaneName[];
  /** The greatest size of a cell in each lane: what "full" means there. */
  fullAt: Partial<Record<LaneName, number>>;
  spans: Span[];
};

/** A table over time: what each month or day holds, what is archived or held, and what is missing. */
export const storageTimeline = query({
  name: 'storage.timeline',
  can: 'database:read',
  input: timelineInput,
  live: true,
  run: async ({ db, input: { table } }): Promise<Timeline> =>
    readCatalog(db, async (tx) => {
      const [kind] = await tx.execute(
        sql`select step, split from partitioned_tables() where parent = ${table}`,
      );
      const step = kind?.step === 'day' ? 'day' : 'month';
      const split = (kind?.split ?? null) as string | null;
      const holds = table === 'transactions' ? await readHolds(tx) : new Map();
      const spans = assembleSpans(await readParts(tx, table), { step, split }, holds);
      const lanes = lanesOf(split);
      const fullAt = Object.fromEntries(
        lanes.map((lane) => [lane, Math.max(0, ...spans.map((span) => span.cells[lane]?.bytes ?? 0))]),
      );
      return { at: new Date().toISOString(), table, step, lanes, fullAt, spans };
    }),
});

export type MissingPartition = { name: string; table: string; within: string; from: string; beside: boolean };
export type MissingPartitions = {
  at: string;
  /** The first 200. */
  rows: MissingPartition[];
  count: number;
  /** What making them runs, statement by statement, of the first 20. */
  statements: string[];
  /** The last run of the job that makes them. */
  job: LastRun | null;
};

/** Partitions that should be there and are not, with the statements that make them. */
export const missingPartitions = query({
  name: 'storage.missing',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<MissingPartitions> =>
    readCatalog(db, async (tx) => {
      const rows = await tx.execute(sql`
        with missing as materialized (select m, row_number() over (order by (m).to_at <= now(), (m).from_at, (m).name) as place
          from v_missing_partitions m)
        select (m).name, (m).parent, (m).within, (m).from_at, (m).beside, (select count(*) from missing)::int as count,
          case when place <= 20 then array_to_json(array(select partition_statements(m))) end as statements
        from missing order by place limit 200`);
      return {
        at: new Date().toISOString(),
        rows: [...rows].map((row) => ({
          name: String(row.name),
          table: String(row.parent),
          within: String(row.within),
          from: iso(row.from_at) as string,
          beside: row.beside === true,
        })),
        count: Number(rows[0]?.count ?? 0),
        statements: [...rows].flatMap((row) => (row.statements as string[] | null) ?? []),
        job: await readLastRun(tx, 'ensure-partitions'),
      };
    }),
});

/** What the archive takes next, what may go by hand, what is held, and what is in the archive. */
export const archivePreview = query({
  name: 'storage.archive',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<ArchivePreview> => readCatalog(db, (tx) => readArchivePreview(tx, new Date())),
});

/** The size of the database over its history, and when its disk is full where that is known. */
export const diskUse = query({
  name: 'storage.disk',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<Disk> => readDisk(db, new Date()),
});

/** Every table with what its data, long values and indexes take; at most 500. */
export const listTables = query({
  name: 'storage.tables',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<{ at: string; rows: TableRow[] }> => ({
    at: new Date().toISOString(),
    rows: await readCatalog(db, readTables),
  }),
});

export type IndexList = { at: string; rows: IndexRow[]; indexable: { table: string; columns: string[] }[] };

/** Every index, rolled up over partitions; at most 1,000, biggest first. */
export const listIndexes = query({
  name: 'storage.indexes',
  can: 'database:read',
  input: noInput,
  live: true,
  run: async ({ db }): Promise<IndexList> =>
    readCatalog(db, async (tx) => ({
      at: new Date().toISOString(),
      rows: await readIndexes(tx),
      indexable: await readIndexable(tx),
    })),
});

/** One index. @throws AppError 'not_found' */
export const getIndex = query({
  name: 'storage.index',
  can: 'database:read',
  input: getIndexInput,
  live: true,
  run: async ({ db, input: { index } }): Promise<IndexRow> => {
    const [found] = await readCatalog(db, (tx) => readIndexes(tx, sql`name = ${index}`));
    if (!found)
      throw new AppError('not_found', { detail: 'index.not_there', field: 'index', values: { name: index } });
    return found;
  },
});
