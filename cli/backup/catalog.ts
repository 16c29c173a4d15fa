import type { Sql, TransactionSql } from 'postgres';
import type { BackedPartition, Manifest } from './manifest';

type Reader = Sql | TransactionSql;

export type LiveTable = { name: string; columns: string[]; pages: number };

/** Made anew by migrating: they describe the server, not the data. */
const describing = ['applied_objects', 'server_capabilities'];

const owned = `c.relnamespace = 'public'::regnamespace and not exists (select from pg_depend d
  where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/** Tables that hold rows, partitions among them, the largest first. Generated columns are computed again. */
export const readTables = async (sql: Reader): Promise<LiveTable[]> => {
  const rows = await sql.unsafe(`select c.relname as name, (pg_relation_size(c.oid) / 8192)::int as pages,
      array_to_json(array(select a.attname from pg_attribute a where a.attrelid = c.oid and a.attnum > 0
        and not a.attisdropped and a.attgenerated = '' order by a.attnum))::text as columns
    from pg_class c where c.relkind = 'r' and ${owned} order by pages desc, c.relname`);
  return rows
    .filter(({ name }) => !describing.includes(name))
    .map(({ name, pages, columns }) => ({ name, pages, columns: JSON.parse(columns) }));
};

/** Tables as people know them, partitioned ones as a whole: what must not change while a backup is made. */
export const readRoots = async (sql: Reader): Promise<string[]> =>
  (
    await sql.unsafe(
      `select c.relname as name from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and ${owned} order by 1`,
    )
  ).map(({ name }) => name as string);

/** Every partition, those nearer to the root first; also what was detached and stands beside, which has no bound. */
export const readPartitions = async (sql: Reader): Promise<BackedPartition[]> => {
  const rows =
    await sql.unsafe(`select c.relname as name, p.relname as parent, coalesce(pg_get_expr(c.relpartbound, c.oid), '') as bound,
      pg_get_partkeydef(c.oid) as key, to_json(coalesce(c.reloptions, '{}'))::text as options,
      (select coalesce(json_agg(json_build_object('name', x.conname, 'definition', pg_get_constraintdef(x.oid)) order by x.conname), '[]')
        from pg_constraint x where x.conrelid = c.oid and x.contype = 'c')::text as checks
    from pg_class c
    join pg_class p on p.oid = (select inhparent from pg_inherits where inhrelid = c.oid)
      or not c.relispartition and p.relkind = 'p' and not p.relispartition and c.relname ~ ('^' || p.relname || '_y\\d{4}')
    where c.relkind in ('r', 'p') and ${owned}
    order by (select count(*) from pg_partition_ancestors(c.oid)), c.relname`);
  return rows.map(({ name, parent, bound, key, options, checks }) => ({
    name,
    parent,
    bound,
    key,
    options: JSON.parse(options),
    checks: JSON.parse(checks),
  }));
};

export const readSequences = async (sql: Reader): Promise<Manifest['sequences']> => {
  const rows =
    await sql`select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public' order by 1`;
  return rows.map(({ name, last }) => ({ name, last }));
};

/** The migrations that a database has had; none where Vigil has never been. */
export const readMigrations = async (sql: Reader): Promise<string[]> => {
  const [there] = await sql`select to_regclass('drizzle.__drizzle_migrations') is not null as present`;
  if (!there?.present) return [];
  return (await sql`select hash from drizzle.__drizzle_migrations order by created_at, id`).map(
    ({ hash }) => hash as string,
  );
};

export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
