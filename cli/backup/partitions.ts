import type { Sql } from 'postgres';
import { quoted } from './catalog';
import type { BackedPartition } from './manifest';

const live = 'transactions';
const archive = 'transactions_archive';

/** Archived months begin as months of `transactions`, whose indexes they keep for the day they are brought back. */
const homeOf = (partition: BackedPartition): string =>
  partition.parent === archive ? live : partition.parent;

/** Makes the partitions of a backup in a database that has none, empty and without indexes. */
export const makePartitions = async (sql: Sql, partitions: readonly BackedPartition[]): Promise<void> => {
  for (const partition of partitions) {
    const home = homeOf(partition);
    const options = partition.options.length > 0 ? ` with (${partition.options.join(', ')})` : '';
    const divided = partition.key ? ` partition by ${partition.key}` : '';
    await sql.unsafe(
      `create table ${quoted(partition.name)} (like ${quoted(home)} including all excluding identity)${divided}${options}`,
    );
    const inherited =
      await sql`select conname from pg_constraint where conrelid = ${`public.${quoted(partition.name)}`}::regclass and contype = 'c'`;
    const has = new Set(inherited.map(({ conname }) => conname));
    for (const { name, definition } of partition.checks)
      if (!has.has(name))
        await sql.unsafe(
          `alter table ${quoted(partition.name)} add constraint ${quoted(name)} ${definition}`,
        );
    if (!partition.bound) continue;
    await sql.unsafe(
      `alter table ${quoted(home)} attach partition ${quoted(partition.name)} ${partition.bound}`,
    );
  }
};

/** Moves what was archived to where it was; its indexes are made by now. */
export const archivePartitions = async (sql: Sql, partitions: readonly BackedPartition[]): Promise<void> => {
  for (const { name, parent, bound } of partitions) {
    if (parent !== archive || !bound) continue;
    await sql.unsafe(`alter table ${live} detach partition ${quoted(name)}`);
    await sql.unsafe(`alter table ${archive} attach partition ${quoted(name)} ${bound}`);
  }
};
