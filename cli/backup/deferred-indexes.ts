import type { Sql } from 'postgres';
import { quoted } from './catalog';

/** Statements that make again what was taken away, in an order that works; indexes by their table. */
export type Deferred = { keys: string[]; indexes: string[][]; references: string[]; triggers: string[] };

const own = `c.relnamespace = 'public'::regnamespace and not c.relispartition and c.relkind in ('r', 'p')
  and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')`;

/**
 * Takes the keys and indexes off what is partitioned, the large tables, so that rows are loaded without them, the
 * references off all, and stops triggers.
 */
export const deferIndexes = async (sql: Sql): Promise<Deferred> => {
  const constraints =
    await sql.unsafe(`select c.relname as table, x.conname as name, x.contype as type, pg_get_constraintdef(x.oid) as definition
    from pg_constraint x join pg_class c on c.oid = x.conrelid where (x.contype = 'f' or x.contype in ('p', 'u') and c.relkind = 'p') and ${own} order by x.contype = 'f' desc, 1, 2`);
  const indexes =
    await sql.unsafe(`select c.relname as table, i.relname as name, pg_get_indexdef(i.oid) as definition
    from pg_index x join pg_class i on i.oid = x.indexrelid join pg_class c on c.oid = x.indrelid
    where c.relkind = 'p' and ${own} and not exists (select from pg_constraint k where k.conindid = i.oid) order by 2`);
  const triggers =
    await sql.unsafe(`select distinct c.relname as table from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where not t.tgisinternal and ${own}`);
  for (const { table } of triggers) await sql.unsafe(`alter table ${quoted(table)} disable trigger user`);
  for (const { table, name } of constraints)
    await sql.unsafe(`alter table ${quoted(table)} drop constraint ${quoted(name)}`);
  for (const { name } of indexes) await sql.unsafe(`drop index ${quoted(name)}`);
  const add = (references: boolean) =>
    constraints
      .filter(({ type }) => (type === 'f') === references)
      .map(
        ({ table, name, definition }) =>
          `alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`,
      );
  const byTable = new Map<string, string[]>();
  for (const { table, definition } of indexes) {
    // Of a partitioned table the server says ONLY; without it the partitions get theirs.
    const statement = String(definition).replace(' ON ONLY ', ' ON ');
    byTable.set(table, [...(byTable.get(table) ?? []), statement]);
  }
  return {
    keys: add(false),
    indexes: [...byTable.values()],
    references: add(true),
    triggers: triggers.map(({ table }) => `alter table ${quoted(table)} enable trigger user`),
  };
};
