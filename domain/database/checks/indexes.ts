import type { TransactionSql } from 'postgres';
import { group, quoted } from './group';
import type { Reading } from './judge';

type Index = {
  index: string;
  table: string;
  relation: number;
  bytes: number;
  leaves: number;
  invalidLeaves: number;
  incomplete: boolean;
  invalid: boolean;
  building: boolean;
  unused: boolean;
  duplicateOf: string | null;
  /** Seconds over which its reads were counted. */
  counted: number;
};

/**
 * Indexes as people know them: one of a partitioned table stands for those of its partitions. Without their definitions,
 * which open the table and would wait for a lock on it.
 */
const readIndexes = async (tx: TransactionSql): Promise<Index[]> => {
  const rows = await tx`
    select /* vigil:sample */ name as index, table_name as "table", relation::oid::int8::float8 as relation, bytes::float8, leaves,
      invalid_leaves as "invalidLeaves", incomplete, invalid, building, unused, duplicate_of as "duplicateOf",
      extract(epoch from clock_timestamp() - counted_since)::float8 as counted
    from v_index_usage order by bytes desc`;
  return rows as unknown as Index[];
};

const invalid = (indexes: Index[]): Reading => {
  const broken = indexes.filter((one) => one.invalid);
  return {
    value: broken.length,
    examined: indexes.length,
    facts: {
      object: broken[0]?.index ?? '',
      table: broken[0]?.table ?? '',
      building: indexes.filter((one) => one.building).length,
    },
    evidence: broken.map((one) => [
      one.index,
      one.table,
      one.bytes,
      one.incomplete ? 'incomplete' : 'broken_off',
    ]),
    sql: broken.map((one) =>
      one.incomplete
        ? `-- ${one.index} has no part on some partitions: make them on Storage.`
        : `REINDEX INDEX CONCURRENTLY ${quoted(one.index)}; -- or DROP INDEX${one.leaves > 1 ? '' : ' CONCURRENTLY'} ${quoted(one.index)};`,
    ),
  };
};

/** A shorter time without a read says nothing: some work comes once a month. */
const shortestCount = 7 * 86_400;
/** Smaller ones cost next to nothing. */
const smallestUnused = 1_000_000;

/** The statement that drops each, and the one that makes it again. */
const drops = async (tx: TransactionSql, indexes: Index[]): Promise<string[]> => {
  if (indexes.length === 0) return [];
  const few = indexes.slice(0, 10);
  const rows = await tx`
    select /* vigil:sample */ i.oid::int8::float8 as relation, pg_get_indexdef(i.oid) as definition
    from unnest(${few.map((one) => String(one.relation))}::oid[]) as i(oid)`;
  const definitions = new Map(rows.map((row) => [row.relation, row.definition]));
  return few.map(
    (one) =>
      // That of a partitioned table is dropped only as a whole, under a lock.
      `DROP INDEX ${one.leaves > 1 ? '' : 'CONCURRENTLY '}${quoted(one.index)}; -- back with: ${definitions.get(one.relation)}`,
  );
};

const unused = async (tx: TransactionSql, indexes: Index[]): Promise<Reading> => {
  const counted = Math.min(...indexes.map((one) => one.counted));
  if (indexes.length > 0 && counted < shortestCount)
    return {
      tooLittle: 'short_window',
      facts: { hours: Math.floor(counted / 3600), days: shortestCount / 86_400 },
    };
  const idle = indexes.filter((one) => one.unused && one.duplicateOf === null && one.bytes >= smallestUnused);
  return {
    value: idle.reduce((sum, one) => sum + one.bytes, 0),
    examined: indexes.length,
    facts: { object: idle[0]?.index ?? '', count: idle.length, counted: { value: counted, unit: 'seconds' } },
    evidence: idle.map((one) => [one.index, one.table, one.bytes, one.leaves]),
    sql: await drops(tx, idle),
  };
};

const duplicate = async (tx: TransactionSql, indexes: Index[]): Promise<Reading> => {
  const twice = indexes.filter((one) => one.duplicateOf !== null);
  return {
    value: twice.length,
    examined: indexes.length,
    facts: { object: twice[0]?.index ?? '', same: twice[0]?.duplicateOf ?? '', table: twice[0]?.table ?? '' },
    evidence: twice.map((one) => [one.index, one.table, one.duplicateOf, one.bytes]),
    sql: await drops(tx, twice),
  };
};

/** Indexes that serve nobody: broken off, never read, or there twice. */
export const indexChecks = group({
  name: 'indexes',
  timeoutMs: 5_000,
  slow: true,
  checks: ['invalidIndexes', 'unusedIndexes', 'duplicateIndexes'],
  read: async (tx) => {
    const indexes = await readIndexes(tx);
    return {
      invalidIndexes: invalid(indexes),
      unusedIndexes: await unused(tx, indexes),
      duplicateIndexes: await duplicate(tx, indexes),
    };
  },
});
