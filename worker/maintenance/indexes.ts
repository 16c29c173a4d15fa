import type { MaintenanceArguments } from '@/domain/maintenance/kinds';
import {
  attachIndex,
  dropConcurrently,
  dropWhole,
  ident,
  indexName,
  rebuildIndexStatement,
  usingColumns,
  usingOf,
} from '@/domain/maintenance/statements';
import { buildIndex, matchIndexes, partitionsOf, type Shape } from './build-index';
import { Stopped } from './session';
import type { Work } from './work';

type Index = {
  name: string;
  table: string;
  definition: string;
  partitioned: boolean;
  valid: boolean;
  incomplete: boolean;
  droppable: boolean;
};

const findIndex = async ({ session }: Work, name: string): Promise<Index | null> => {
  const [row] = await session.rows(
    `select u.name, coalesce(u.on_partition, u.table_name) as table, u.definition, c.relkind = 'I' as partitioned,
        not u.invalid as valid, u.incomplete, u.droppable
      from v_index_usage u join pg_class c on c.oid = u.relation where u.name = $1`,
    [name],
  );
  return (row as Index | undefined) ?? null;
};

const leavesOf = async ({ session }: Work, index: string): Promise<{ name: string; valid: boolean }[]> => {
  const rows = await session.rows(
    `with recursive parts as (
        select to_regclass(format('public.%I', $1::text))::oid as oid
        union all select h.inhrelid from parts p join pg_inherits h on h.inhparent = p.oid)
      select c.relname as name, i.indisvalid and i.indisready as valid
      from parts p join pg_class c on c.oid = p.oid join pg_index i on i.indexrelid = c.oid
      where c.relkind = 'i' order by c.relname desc`,
    [index],
  );
  return rows.map((row) => ({ name: String(row.name), valid: row.valid === true }));
};

const countLeaves = async ({ session }: Work, table: string): Promise<number> => {
  const [row] = await session.rows(
    `select count(*)::int as leaves from v_partitions where leaf
      and (parent = $1 or ($1 = 'transactions' and parent = 'transactions_archive'))`,
    [table],
  );
  return Math.max(1, Number(row?.leaves));
};

/** Builds an index over a table with all its partitions, archived months of payments too. */
const build = async (
  work: Work,
  name: string,
  table: string,
  shape: Shape,
): Promise<Record<string, unknown>> => {
  await work.progress({ done: 0, of: await countLeaves(work, table), now: table });
  await buildIndex(work, name, table, shape);
  if (table === 'transactions')
    for (const month of await partitionsOf(work, 'transactions_archive')) await matchIndexes(work, month);
  const made = await findIndex(work, name);
  if (!made?.valid) throw new Error(`${name} was made and is not valid`);
  return { index: name, table, definition: made.definition, undo: dropWhole(name) };
};

export const createIndex = async (work: Work, { table, columns }: MaintenanceArguments<'create-index'>) => {
  const rows = await work.session.rows(
    `select a.attname as name from pg_attribute a join pg_class c on c.oid = a.attrelid
      where c.oid = to_regclass(format('public.%I', $1::text)) and c.relkind in ('r', 'p') and not c.relispartition
        and a.attnum > 0 and not a.attisdropped`,
    [table],
  );
  const known = new Set(rows.map((row) => row.name as string));
  const unknown = columns.find((column) => !known.has(column.name));
  if (unknown) throw new Error(`${table} has no column ${unknown.name}`);
  const name = indexName(
    table,
    columns.map((column) => column.name),
  );
  return build(work, name, table, { using: usingColumns(columns), unique: false });
};

/** Makes again what a request has dropped, from the definition that the worker kept then. */
export const restoreIndex = async (work: Work, { request }: MaintenanceArguments<'restore-index'>) => {
  const [row] = await work.session.rows(
    `select result from maintenance_requests where id = $1::bigint and kind = 'drop-index' and status = 'ok'`,
    [String(request)],
  );
  const dropped = row?.result as { index?: string; table?: string; definition?: string } | undefined;
  if (!dropped?.index || !dropped.table || !dropped.definition)
    throw new Error(`request ${request} has dropped no index that is known`);
  return build(work, dropped.index, dropped.table, usingOf(dropped.definition));
};

/** Builds it anew beside its readers and writers, leaf by leaf; one that lacks parts gets those. */
export const rebuildIndex = async (work: Work, { index }: MaintenanceArguments<'rebuild-index'>) => {
  const found = await findIndex(work, index);
  if (!found) throw new Error(`there is no index ${index}`);
  if (found.incomplete) return build(work, index, found.table, usingOf(found.definition));
  await dropLeftovers(work, found.table);
  const leaves = await leavesOf(work, index);
  // Where parts are invalid, only they need it.
  const wanted = leaves.some((leaf) => !leaf.valid) ? leaves.filter((leaf) => !leaf.valid) : leaves;
  await work.progress({ done: 0, of: wanted.length });
  for (const leaf of wanted) {
    await work.progress({ now: leaf.name });
    await rebuildLeaf(work, leaf.name, found.table);
    await work.advance();
  }
  if (found.partitioned) await revalidate(work, index);
  return { index, table: found.table, rebuilt: wanted.length };
};

const rebuildLeaf = async (work: Work, leaf: string, table: string): Promise<void> => {
  try {
    await work.session.run(rebuildIndexStatement(leaf));
  } catch (error) {
    // A worker that ends has no time for it: the next one tidies up before it builds.
    if (!(error instanceof Stopped && error.by === 'worker'))
      await work.session.tidily(() => dropLeftovers(work, table));
    throw error;
  }
};

/** A whole whose part was invalid stays so until the part is attached again. */
const revalidate = async ({ session }: Work, index: string): Promise<void> => {
  const parts = await session.rows(
    `with recursive parts as (
        select null::oid as above, to_regclass(format('public.%I', $1::text))::oid as oid, 0 as level
        union all select p.oid, h.inhrelid, p.level + 1 from parts p join pg_inherits h on h.inhparent = p.oid)
      select a.relname as above, c.relname as name from parts p join pg_class a on a.oid = p.above join pg_class c on c.oid = p.oid
      join pg_index i on i.indexrelid = p.above where not i.indisvalid order by p.level desc`,
    [index],
  );
  for (const part of parts)
    await session.politely(() => session.run(attachIndex(String(part.above), String(part.name))));
};

/** What broken-off rebuilds have left: PostgreSQL names them `…_ccnew` and `…_ccold`, and they are not valid. */
const dropLeftovers = async ({ session }: Work, table: string): Promise<void> => {
  const rows = await session.rows(
    `select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
      where not i.indisvalid and c.relkind = 'i' and not c.relispartition and c.relname ~ '_cc(new|old)[0-9]*$'
        and (i.indrelid = to_regclass(format('public.%I', $1::text))
          or i.indrelid in (select relid from pg_partition_tree(to_regclass(format('public.%I', $1::text)))))`,
    [table],
  );
  for (const row of rows) await session.run(dropConcurrently(String(row.name)));
};

/** Drops an index and keeps its definition; archived months lose the part that would have come back with them. */
export const dropIndex = async (work: Work, { index }: MaintenanceArguments<'drop-index'>) => {
  const { session } = work;
  const found = await findIndex(work, index);
  if (!found) {
    // Dropped by an earlier attempt, which could not say so any more.
    if (work.kept) return work.kept;
    throw new Error(`there is no index ${index}`);
  }
  if (!found.droppable) throw new Error(`${index} is needed and is not dropped`);
  const result = { index, table: found.table, definition: found.definition, undo: found.definition };
  await work.keep(result);
  await work.progress({ done: 0, of: 1, now: index });
  const resting = found.table === 'transactions' ? await restingParts(work, index) : [];
  if (found.partitioned) await dropPartitioned(work, index, found.table);
  else await session.run(dropConcurrently(index));
  for (const part of resting) await dropPartitioned(work, part.name, part.table);
  return result;
};

/** The lock on the table is waited for, those on its partitions are had at once or not at all. */
const dropPartitioned = ({ session }: Work, index: string, table: string): Promise<void> =>
  session.politely(async () => {
    await session.run(`lock table only ${ident(table)} in access exclusive mode`);
    await session.run(`lock table ${ident(table)} in access exclusive mode nowait`);
    await session.run(dropWhole(index));
  });

const restingParts = async ({ session }: Work, index: string): Promise<{ name: string; table: string }[]> => {
  const rows = await session.rows(
    `select h.index_name as name, p.name as table from v_partitions p cross join lateral index_shapes(p.name) h
      join pg_class c on c.relname = h.index_name and c.relnamespace = 'public'::regnamespace
      where p.parent = 'transactions_archive' and p.level = 1 and not c.relispartition
        and h.shape = (select s.shape from index_shapes('transactions') s where s.index_name = $1)`,
    [index],
  );
  return rows.map((row) => ({ name: String(row.name), table: String(row.table) }));
};
