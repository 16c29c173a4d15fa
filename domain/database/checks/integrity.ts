import type { TransactionSql } from 'postgres';
import { group, quoted } from './group';
import type { Reading } from './judge';

type Sequence = {
  sequence: string;
  column: string | null;
  type: string;
  last: number;
  ends: number;
  share: number;
  examined: number;
};

/** How much of each sequence is used up: it ends with its own limit, or sooner with that of the column it feeds. */
const sequences = async (tx: TransactionSql): Promise<Reading> => {
  const rows = (await tx`
    with /* vigil:sample */ fed as materialized (
      select s.seqrelid, s.seqmax, s.seqstart, c.relname, n.nspname, t.relname as on_table, a.attname as on_column,
        coalesce(case a.atttypid when 'int2'::regtype then 32767 when 'int4'::regtype then 2147483647 end,
          s.seqmax)::numeric as ceiling, format_type(coalesce(a.atttypid, s.seqtypid), null) as type
      from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace
      left join pg_depend d on d.objid = s.seqrelid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        and d.refclassid = 'pg_class'::regclass and d.refobjsubid > 0
      left join pg_class t on t.oid = d.refobjid
      left join pg_attribute a on a.attrelid = d.refobjid and a.attnum = d.refobjsubid
      where s.seqincrement > 0 and not s.seqcycle and c.relpersistence <> 't'
        -- Asked of a sequence only: of anything else it is an error, whatever else is asked beside it.
        and case when c.relkind = 'S' then has_sequence_privilege(c.oid, 'SELECT,USAGE') else false end
    )
    select case when nspname = 'public' then '' else nspname || '.' end || relname as sequence,
      on_table || '.' || on_column as "column", type, coalesce(pg_sequence_last_value(seqrelid), 0)::float8 as last,
      least(seqmax, ceiling)::float8 as ends, (100.0 * (coalesce(pg_sequence_last_value(seqrelid), seqstart) - seqstart)
        / nullif(least(seqmax, ceiling) - seqstart, 0))::float8 as share, count(*) over ()::int as examined
    from fed order by 6 desc nulls last limit 20`) as unknown as Sequence[];
  const worst = rows[0];
  const near = rows.filter((row) => row.share >= 50);
  return {
    value: worst?.share ?? 0,
    examined: worst?.examined ?? 0,
    facts: {
      object: worst?.sequence ?? '',
      column: worst?.column ?? '',
      type: worst?.type ?? '',
      left: (worst?.ends ?? 0) - (worst?.last ?? 0),
    },
    evidence: near.map((row) => [row.sequence, row.column, row.type, row.last, row.ends, row.share]),
    sql: near.slice(0, 3).flatMap((row) => {
      const [table = '', column = ''] = (row.column ?? '').split('.');
      const sequence = row.sequence.split('.').map(quoted).join('.');
      const widen = `ALTER SEQUENCE ${sequence} AS bigint MAXVALUE 9223372036854775807;`;
      return row.column && row.type !== 'bigint'
        ? [
            `ALTER TABLE ${quoted(table)} ALTER COLUMN ${quoted(column)} TYPE bigint; -- writes the table anew under a lock`,
            widen,
          ]
        : [widen];
    }),
  };
};

const constraints = async (tx: TransactionSql): Promise<Reading> => {
  const [count] = await tx`
    select /* vigil:sample */ count(*)::int as examined from pg_constraint c
    where c.contype in ('c', 'f') and c.connamespace = 'public'::regnamespace and c.conparentid = 0`;
  const rows = await tx`
    select /* vigil:sample */ c.conname as name, c.conrelid::regclass::text as "table", pg_get_constraintdef(c.oid) as definition
    from pg_constraint c
    where not c.convalidated and c.contype in ('c', 'f') and c.conrelid <> 0
      and c.connamespace = 'public'::regnamespace and c.conparentid = 0
      -- From PostgreSQL 18 on: what is not enforced is not meant to hold.
      and coalesce((to_jsonb(c) ->> 'conenforced')::boolean, true)
    order by 2, 1 limit 20`;
  return {
    value: rows.length,
    examined: Number(count?.examined),
    facts: { object: rows[0]?.name ?? '', table: rows[0]?.table ?? '' },
    evidence: rows.map((row) => [row.name, row.table, row.definition]),
    sql: rows.map((row) => `ALTER TABLE ${row.table} VALIDATE CONSTRAINT ${quoted(row.name)};`),
  };
};

/** Collations whose order has changed under indexes that were built in the old one. */
const collations = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    with /* vigil:sample */ used as materialized (
      select c.oid, count(distinct i.indexrelid)::int as indexes
      from pg_index i cross join lateral unnest(i.indcollation::oid[]) as u(oid) join pg_collation c on c.oid = u.oid
      where c.collversion is not null group by c.oid
    )
    select c.collname as object, c.collversion as had, pg_collation_actual_version(c.oid) as has, u.indexes, true as own
    from used u join pg_collation c on c.oid = u.oid
    union all
    select d.datname, d.datcollversion, pg_database_collation_actual_version(d.oid), null, false
    from pg_database d where d.datname = current_database() and d.datcollversion is not null`;
  const changed = rows.filter((row) => row.has !== null && row.had !== row.has);
  return {
    value: changed.length,
    examined: rows.length,
    facts: { object: changed[0]?.object ?? '', had: changed[0]?.had ?? '', has: changed[0]?.has ?? '' },
    evidence: changed.map((row) => [row.object, row.had, row.has, row.indexes]),
    sql: changed.flatMap((row) =>
      row.own
        ? [
            '-- REINDEX INDEX CONCURRENTLY every index that uses it, then:',
            `ALTER COLLATION ${quoted(row.object)} REFRESH VERSION;`,
          ]
        : [
            `REINDEX (CONCURRENTLY) DATABASE ${quoted(row.object)};`,
            `ALTER DATABASE ${quoted(row.object)} REFRESH COLLATION VERSION;`,
          ],
    ),
  };
};

const checksums = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ coalesce(datname, '–') as database, checksum_failures::float8 as failures,
      extract(epoch from clock_timestamp() - checksum_last_failure)::float8 as age,
      current_setting('data_checksums')::boolean as "on"
    from pg_stat_database order by 2 desc nulls last limit 100`;
  if (!rows[0]?.on) return { skipped: 'switched_off' };
  const failed = rows.filter((row) => Number(row.failures) > 0);
  return {
    value: failed.reduce((sum, row) => sum + Number(row.failures), 0),
    examined: rows.length,
    facts: { object: failed[0]?.database ?? '' },
    evidence: failed.map((row) => [row.database, Number(row.failures), Math.round(row.age)]),
  };
};

const extensions = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    select /* vigil:sample */ e.extname as name, e.extversion as had, a.default_version as has
    from pg_extension e join pg_available_extensions() a on a.name = e.extname order by 1`;
  const old = rows.filter((row) => row.had !== row.has);
  return {
    value: old.length,
    examined: rows.length,
    facts: { object: old[0]?.name ?? '', had: old[0]?.had ?? '', has: old[0]?.has ?? '' },
    evidence: old.map((row) => [row.name, row.had, row.has]),
    sql: old.map((row) => `ALTER EXTENSION ${quoted(row.name)} UPDATE;`),
  };
};

/** Foreign keys of ours whose columns no index begins with: deleting what they point at reads the whole table. */
const foreignKeys = async (tx: TransactionSql): Promise<Reading> => {
  const rows = await tx`
    with /* vigil:sample */ keys as materialized (
      select c.oid, c.conname, c.conrelid, c.conkey, t.reltuples from pg_constraint c join pg_class t on t.oid = c.conrelid
      where c.contype = 'f' and c.conparentid = 0 and c.connamespace = 'public'::regnamespace)
    select k.conname as name, k.conrelid::regclass::text as "table", greatest(k.reltuples, 0)::float8 as rows,
      (select string_agg(a.attname, ', ' order by o.at) from unnest(k.conkey) with ordinality as o(num, at)
        join pg_attribute a on a.attrelid = k.conrelid and a.attnum = o.num) as columns,
      (select count(*) from keys)::int as examined,
      exists (select from pg_index i where i.indrelid = k.conrelid and i.indisvalid and i.indpred is null
        and (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)] @> k.conkey
        and k.conkey @> (string_to_array(i.indkey::text, ' ')::smallint[])[1:cardinality(k.conkey)]) as served
    from keys k order by 3 desc`;
  // A table of a few pages is read as quickly as its index.
  const bare = rows.filter((row) => !row.served && row.rows >= 1_000);
  return {
    value: bare.length,
    examined: rows.length,
    facts: { object: bare[0]?.name ?? '', table: bare[0]?.table ?? '' },
    evidence: bare.map((row) => [row.name, row.table, row.columns, row.rows]),
    sql: bare.map(
      (row) =>
        `CREATE INDEX CONCURRENTLY ON ${row.table} (${String(row.columns).split(', ').map(quoted).join(', ')});`,
    ),
  };
};

/** What is kept, and whether it can go on being kept: keys that run out, promises not checked, orders that changed. */
export const integrityChecks = group({
  name: 'integrity',
  timeoutMs: 5_000,
  slow: true,
  checks: [
    'sequences',
    'unvalidatedConstraints',
    'collationVersions',
    'checksumFailures',
    'extensionVersions',
    'foreignKeyIndexes',
  ],
  read: async (tx) => ({
    sequences: await sequences(tx),
    unvalidatedConstraints: await constraints(tx),
    collationVersions: await collations(tx),
    checksumFailures: await checksums(tx),
    extensionVersions: await extensions(tx),
    foreignKeyIndexes: await foreignKeys(tx),
  }),
});
