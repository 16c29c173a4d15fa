import type { Writable } from 'node:stream';
import type { Sql, TransactionSql } from 'postgres';
import { quoted } from './catalog';
import type { BackedTable } from './manifest';
import type { OpenBackup } from './read-backup';

export type LoadProgress = { table: string; rows: number; share: number };

/**
 * Loads the tables of a backup, a connection each, the largest first.
 * @returns tables that this Vigil does not have: somebody else's, left out
 */
export const loadTables = async (
  hands: readonly Sql[],
  backup: OpenBackup,
  onProgress: (progress: LoadProgress) => void,
): Promise<string[]> => {
  const queue = [...backup.manifest.tables].sort((a, b) => b.bytes - a.bytes);
  const all = queue.reduce((sum, { bytes }) => sum + bytes, 0) + 1;
  const unknown: string[] = [];
  let loaded = 0;
  let failed = false;
  const load = async (sql: Sql): Promise<void> => {
    for (let table = queue.shift(); table && !failed; table = queue.shift()) {
      const [there] = await sql`select to_regclass(${`public.${quoted(table.name)}`}) is not null as present`;
      if (!there?.present) {
        unknown.push(table.name);
        continue;
      }
      await loadTable(sql, backup, table);
      loaded += table.bytes;
      onProgress({ table: table.name, rows: table.rows, share: loaded / all });
    }
  };
  const ends = await Promise.allSettled(
    hands.map((sql) =>
      load(sql).catch((error: unknown) => {
        failed = true;
        throw error;
      }),
    ),
  );
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return unknown.sort();
};

/** One table in one transaction, which may write its rows as already old enough for everybody. */
const loadTable = (sql: Sql, backup: OpenBackup, table: BackedTable): Promise<unknown> =>
  sql.begin(async (tx) => {
    await tx.unsafe(`set local datestyle = 'ISO, YMD'; set local timezone = 'UTC'; set local statement_timeout = 0;
      set local synchronous_commit = off`);
    if (table.rows === 0) return;
    await tx.unsafe(`truncate ${quoted(table.name)}`);
    await copyIn(tx, backup, table);
  });

const copyIn = async (tx: TransactionSql, backup: OpenBackup, table: BackedTable): Promise<void> => {
  const columns = table.columns.map(quoted).join(', ');
  const stream: Writable = await tx
    .unsafe(`copy ${quoted(table.name)} (${columns}) from stdin (freeze)`)
    .writable();
  let broken: Error | null = null;
  stream.on('error', (error) => {
    broken = error;
  });
  const refused = (cause: unknown) =>
    new Error(`${table.name} was not accepted: ${broken?.message ?? 'the log of the server says why'}`, {
      cause,
    });
  try {
    for await (const text of backup.rowsOf(table)) await written(stream, text);
  } catch (error) {
    stream.destroy(error as Error);
    throw broken ? refused(error) : error;
  }
  stream.end();
  await ended(stream);
  // Answered after the copy, whatever came of it: the client would wait for ever for one that is refused at its end.
  const [counted] = await tx
    .unsafe(`select count(*)::text as rows from ${quoted(table.name)}`)
    .catch((error: unknown) => {
      throw refused(error);
    });
  if (Number(counted!.rows) !== table.rows)
    throw new Error(`${table.name} has ${counted!.rows} rows instead of ${table.rows}`);
};

const written = (stream: Writable, text: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    stream.write(text, (error) => (error ? reject(error) : resolve()));
  });

/** The client ends the copy a turn after the stream's end, and takes no query before. */
const ended = (stream: Writable): Promise<void> =>
  new Promise((resolve) => (stream.destroyed ? resolve() : setImmediate(resolve)));
