import type { TransactionSql } from 'postgres';

export const publicationName = 'fraud_analytics';
/** What analysts subscribe to: `db/objects/180_publication.sql`. */
export const publishedTables = [
  'transactions',
  'users',
  'merchants',
  'ml_features',
  'fraud_patterns',
] as const;

/** Why a subscriber could not find a row of this table again; its updates and deletes fail here. */
export type NoIdentity = 'nothing' | 'no_key' | 'no_index';
export type Identity = { publication: string; root: string; table: string; why: NoIdentity | null };

/** Every table and partition that is published with its updates, with the root it stands under; those without an identity first. */
export const readIdentities = async (
  tx: TransactionSql,
  limit: number,
): Promise<{ examined: number; rows: Identity[] }> => {
  const rows = await tx`
    with recursive /* vigil:sample */ published as materialized (
      select distinct p.pubname, g.relid as oid from pg_publication p
      cross join lateral pg_get_publication_tables(p.pubname) as g where p.pubupdate or p.pubdelete
    ), tree as (
      select pubname, oid, oid as root from published
      union
      select t.pubname, i.inhrelid, t.root from tree t join pg_inherits i on i.inhparent = t.oid
    ), leaves as (
      -- What is checked is the identity of the partition that a row lies in.
      select t.pubname, c.oid, c.relname, c.relreplident, t.root from tree t join pg_class c on c.oid = t.oid where c.relkind = 'r'
    )
    select relname as "table", root::regclass::text as root, pubname as publication, count(*) over ()::int as examined,
      case when relreplident = 'n' then 'nothing'
           when relreplident = 'd' and not exists (select from pg_index i where i.indrelid = l.oid and i.indisprimary) then 'no_key'
           when relreplident = 'i' and not exists (select from pg_index i where i.indrelid = l.oid and i.indisreplident) then 'no_index'
      end as why
    from leaves l order by why nulls last, 1 limit ${limit}`;
  return {
    examined: Number(rows[0]?.examined ?? 0),
    rows: rows.map((row) => ({
      publication: String(row.publication),
      root: String(row.root),
      table: String(row.table),
      why: row.why as NoIdentity | null,
    })),
  };
};

export type PublishedTable = {
  name: string;
  partitioned: boolean;
  /** Partitions that hold rows; 0 for a plain table. */
  partitions: number;
  /** The plan publishes it, and the publication has it. */
  published: boolean;
  /** Partitions, or the table itself, in which a subscriber finds no row again. */
  withoutIdentity: number;
};

export type Publication = {
  name: string;
  /** Rows of a partition are published under their root: a subscriber may have other partitions. */
  viaRoot: boolean;
  /** What of insert, update, delete, truncate it does not publish. */
  leftOut: string[];
  tables: PublishedTable[];
};

/** The publication for analysts, table by table; null where it was never made. */
export const readPublication = async (tx: TransactionSql): Promise<Publication | null> => {
  const [row] = await tx`
    select /* vigil:sample */ p.oid, p.pubviaroot as via_root, p.pubinsert, p.pubupdate, p.pubdelete, p.pubtruncate
    from pg_publication p where p.pubname = ${publicationName}`;
  if (!row) return null;
  const tables = await tx`
    select /* vigil:sample */ c.relname as name, c.relkind = 'p' as partitioned, r.oid is not null as published,
      case when c.relkind = 'p' then (select count(*) from pg_partition_tree(c.oid) where isleaf)::int else 0 end as partitions
    from pg_class c
    left join pg_publication_rel r on r.prrelid = c.oid and r.prpubid = ${row.oid}
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p')
      and (r.oid is not null or c.relname in ${tx([...publishedTables])})
    order by 1 limit 50`;
  const { rows: bare } = await readIdentities(tx, 1_000);
  const lacking = bare.filter((one) => one.publication === publicationName && one.why !== null);
  const names = ['insert', 'update', 'delete', 'truncate'];
  return {
    name: publicationName,
    viaRoot: row.via_root === true,
    leftOut: names.filter((name) => row[`pub${name}`] !== true),
    tables: tables.map((table) => ({
      name: String(table.name),
      partitioned: table.partitioned === true,
      partitions: Number(table.partitions),
      published: table.published === true,
      withoutIdentity: lacking.filter((one) => one.root === table.name).length,
    })),
  };
};
