import type { IndexColumn } from './kinds';

/** A name, quoted where PostgreSQL would otherwise read it differently. */
export const ident = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`;

/** PostgreSQL keeps 63 bytes of a name. */
const longest = 63;

/** `transactions_country_idx`, shortened in the middle where it is too long. */
export const indexName = (table: string, columns: readonly string[]): string => {
  const tail = `_${columns.join('_')}_idx`;
  return tail.length < longest - 8
    ? table.slice(0, longest - tail.length) + tail
    : `${table.slice(0, 20)}_${columns.join('_').slice(0, longest - 25)}_idx`;
};

/** The name of a part: the partition's own name in front of what follows the table's. */
export const partName = (index: string, table: string, partition: string): string => {
  const tail = index.startsWith(`${table}_`) ? index.slice(table.length) : `_${index}`;
  const name = partition + tail;
  if (name.length <= longest) return name;
  let hash = 5381;
  for (const letter of name) hash = (hash * 33 + letter.charCodeAt(0)) % 2 ** 32;
  return `${name.slice(0, longest - 8)}${hash.toString(16).padStart(8, '0')}`;
};

/** What follows USING: `btree (user_id, transaction_timestamp DESC)`. */
export const usingColumns = (columns: readonly IndexColumn[]): string =>
  `btree (${columns.map((column) => ident(column.name) + (column.descending ? ' DESC' : '')).join(', ')})`;

/** The part of a definition, as pg_get_indexdef() prints it, that does not name index and table. */
export const usingOf = (definition: string): { unique: boolean; using: string } => {
  const at = definition.indexOf(' USING ');
  if (at < 0) throw new Error(`not a definition of an index: ${definition}`);
  return { unique: definition.startsWith('CREATE UNIQUE '), using: definition.slice(at + 7) };
};

type IndexParts = { name: string; table: string; using: string; unique?: boolean };
const create = (how: string, only: string, { name, table, using, unique }: IndexParts): string =>
  `CREATE ${unique ? 'UNIQUE ' : ''}INDEX ${how}${ident(name)} ON ${only}${ident(table)} USING ${using}`;

/** The statements of index maintenance; the worker runs them and the page shows them. */
export const createConcurrently = (parts: IndexParts): string => create('CONCURRENTLY ', '', parts);
export const createOnParent = (parts: IndexParts): string => create('', 'ONLY ', parts);
export const attachIndex = (index: string, part: string): string =>
  `ALTER INDEX ${ident(index)} ATTACH PARTITION ${ident(part)}`;
export const rebuildIndexStatement = (index: string): string => `REINDEX INDEX CONCURRENTLY ${ident(index)}`;
export const dropConcurrently = (index: string): string => `DROP INDEX CONCURRENTLY ${ident(index)}`;
export const dropWhole = (index: string): string => `DROP INDEX ${ident(index)}`;
