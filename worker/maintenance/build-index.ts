import {
  attachIndex,
  createConcurrently,
  createOnParent,
  dropConcurrently,
  partName,
  usingOf,
} from '@/domain/maintenance/statements';
import { Stopped } from './session';
import type { Work } from './work';

export type Shape = { using: string; unique: boolean };
type Found = { name: string; valid: boolean; table: string; attached: boolean };

const findIndex = async ({ session }: Work, name: string): Promise<Found | null> => {
  const [row] = await session.rows(
    `select c.relname as name, i.indisvalid and i.indisready as valid, t.relname as table, c.relispartition as attached
      from pg_class c join pg_index i on i.indexrelid = c.oid join pg_class t on t.oid = i.indrelid
      where c.relname = $1 and c.relnamespace = 'public'::regnamespace`,
    [name],
  );
  return (row as Found | undefined) ?? null;
};

/** The partitions of a table, newest first: they are the ones that queries read. */
export const partitionsOf = async ({ session }: Work, table: string): Promise<string[]> => {
  const rows = await session.rows(
    `select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = to_regclass(format('public.%I', $1::text)) order by c.relname desc`,
    [table],
  );
  return rows.map((row) => String(row.name));
};

const isPartitioned = async ({ session }: Work, table: string): Promise<boolean> => {
  const [row] = await session.rows(
    `select relkind = 'p' as partitioned from pg_class where oid = to_regclass(format('public.%I', $1::text))`,
    [table],
  );
  if (!row) throw new Error(`there is no table ${table}`);
  return row.partitioned === true;
};

/** The part that a partition already has of an index, by whatever name. */
const partOf = async ({ session }: Work, index: string, partition: string): Promise<Found | null> => {
  const [row] = await session.rows(
    `select c.relname as name, i.indisvalid and i.indisready as valid, $2::text as table, true as attached
      from pg_inherits h join pg_index i on i.indexrelid = h.inhrelid join pg_class c on c.oid = h.inhrelid
      where h.inhparent = to_regclass(format('public.%I', $1::text)) and i.indrelid = to_regclass(format('public.%I', $2::text))`,
    [index, partition],
  );
  return (row as Found | undefined) ?? null;
};

/** Builds one index beside writers. What a broken-off build has left under that name goes first. */
const buildLeaf = async (work: Work, name: string, table: string, shape: Shape): Promise<void> => {
  const { session } = work;
  const left = await findIndex(work, name);
  if (left?.table === table && left.valid) return;
  if (left?.table === table && !left.attached) await session.run(dropConcurrently(name));
  await work.progress({ now: table });
  try {
    await session.run(createConcurrently({ name, table, ...shape }));
  } catch (error) {
    // A worker that ends has no time for it: the next one tidies up before it builds.
    if (!(error instanceof Stopped && error.by === 'worker'))
      await session.tidily(() => dropHalf(work, name, table));
    throw error;
  }
};

const dropHalf = async (work: Work, name: string, table: string): Promise<void> => {
  const half = await findIndex(work, name);
  if (half?.table === table && !half.valid && !half.attached) await work.session.run(dropConcurrently(name));
};

/**
 * An index of a table and of all its partitions, without a lock that payments wait for longer than 200 ms: on the
 * parent alone, then CONCURRENTLY on each leaf, then attached. Goes on where an earlier try has stopped.
 */
export const buildIndex = async (work: Work, name: string, table: string, shape: Shape): Promise<void> => {
  const { session } = work;
  if (!(await isPartitioned(work, table))) {
    await buildLeaf(work, name, table, shape);
    await work.advance();
    return;
  }
  const there = await findIndex(work, name);
  if (there && there.table !== table) throw new Error(`${name} is an index of ${there.table}`);
  if (!there) await session.politely(() => session.run(createOnParent({ name, table, ...shape })));
  for (const partition of await partitionsOf(work, table)) {
    const part = await partOf(work, name, partition);
    const partIndex = part?.name ?? partName(name, table, partition);
    if (part?.valid) {
      await work.advance();
      continue;
    }
    await buildIndex(work, partIndex, partition, shape);
    // Also where it hangs there already: that is what makes the whole valid again.
    await session.politely(() => session.run(attachIndex(name, partIndex)));
  }
};

/** Gives an archived month each index of transactions that it lacks, so that bringing it back builds nothing. */
export const matchIndexes = async (work: Work, month: string): Promise<void> => {
  const lacking = await work.session.rows(
    `select u.index_name as name, pg_get_indexdef(to_regclass(format('public.%I', u.index_name))) as definition
      from unready_to_attach($1, 'transactions') u where u.problem = 'index'`,
    [month],
  );
  for (const { name, definition } of lacking)
    await buildIndex(work, partName(String(name), 'transactions', month), month, usingOf(String(definition)));
};
