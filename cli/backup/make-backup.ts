import { createHash, randomUUID } from 'node:crypto';
import { renameSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Sql, TransactionSql } from 'postgres';
import { connect } from '@/db/client';
import {
  type LiveTable,
  quoted,
  readMigrations,
  readPartitions,
  readRoots,
  readSequences,
  readTables,
} from './catalog';
import { type BackedTable, type Manifest, manifestMember, manifestSum, secretsMember } from './manifest';
import { sha256, TarWriter } from './tar-file';

const compress = promisify(gzip);
/** Text of a table that is compressed and written at a time. */
const chunkBytes = 8_000_000;
const readers = 2;
/** The same text from every version of the server, and back again without a loss. */
const asText = `set local datestyle = 'ISO, YMD'; set local intervalstyle = 'postgres'; set local timezone = 'UTC';
  set local extra_float_digits = 3; set local bytea_output = 'hex'; set local statement_timeout = 0;
  set local idle_in_transaction_session_timeout = 0; set local lock_timeout = '60s'`;

export type BackupProgress = { table: string; rows: number; share: number };
export type BackupOptions = {
  /** Put into the file on request: without them sensitive settings cannot be read after a loss. */
  secrets?: Record<string, string>;
  onProgress?: (progress: BackupProgress) => void;
  signal?: AbortSignal;
  /** Told the server's name of the moment, while other sessions can join it. */
  onSnapshot?: (snapshot: string) => Promise<void>;
};
export type Backup = { file: string; bytes: number; rows: number; manifest: Manifest };

/**
 * Writes everything that the database of `url` holds at one moment into a new file, while it goes on working. The file
 * has its name only when it is whole. @throws when there is a file of that name
 */
export const makeBackup = async (url: string, file: string, options: BackupOptions = {}): Promise<Backup> => {
  const half = `${file}.part`;
  rmSync(half, { force: true });
  await refuseExisting(file);
  const tar = await TarWriter.create(half);
  try {
    const manifest = await exportAll(url, tar, options);
    if (options.secrets) await tar.add(secretsMember, Buffer.from(JSON.stringify(options.secrets, null, 2)));
    const text = JSON.stringify(manifest, null, 1);
    await tar.add(manifestMember, Buffer.from(text));
    await tar.add(manifestSum, Buffer.from(`${sha256(text)}\n`));
    await tar.finish();
    await refuseExisting(file);
    renameSync(half, file);
    await syncFolder(path.dirname(file));
    const rows = manifest.tables.reduce((sum, table) => sum + table.rows, 0);
    return { file, bytes: tar.bytes, rows, manifest };
  } catch (error) {
    await tar.close();
    rmSync(half, { force: true });
    throw error;
  }
};

const refuseExisting = async (file: string): Promise<void> => {
  const there = await open(file, 'r').catch(() => null);
  await there?.close();
  if (there) throw new Error(`${file} is there already`);
};

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
};

/** One transaction holds the tables and the moment; the readers join its snapshot. */
const exportAll = async (url: string, tar: TarWriter, options: BackupOptions): Promise<Manifest> => {
  const sql = connect(url, { max: 1, name: 'backup', prepare: false, lasting: true });
  try {
    return await sql.begin('isolation level repeatable read read only', async (tx) => {
      await tx.unsafe(asText);
      // Locked before the snapshot is taken: a month that moves meanwhile would be missing in both places.
      for (const root of await rootsOutside(url))
        await tx.unsafe(`lock table ${quoted(root)} in access share mode`);
      const [moment] =
        await tx`select pg_export_snapshot() as snapshot, now() as at, current_database() as database,
        current_setting('server_version') as version, current_setting('server_version_num')::int as number`;
      const [live, partitions, migrations] = [
        await readTables(tx),
        await readPartitions(tx),
        await readMigrations(tx),
      ];
      await options.onSnapshot?.(String(moment!.snapshot));
      const tables = await exportTables(url, String(moment!.snapshot), live, tar, options);
      return {
        format: 1,
        id: randomUUID(),
        madeAt: new Date(moment!.at).toISOString(),
        database: String(moment!.database),
        server: { version: String(moment!.version), number: Number(moment!.number) },
        migrations,
        tables,
        partitions,
        // Read last: a sequence is never behind the rows of the snapshot.
        sequences: await readSequences(tx),
        hasSecrets: options.secrets !== undefined,
      };
    });
  } finally {
    await sql.end({ timeout: 1 });
  }
};

const rootsOutside = async (url: string): Promise<string[]> => {
  const sql = connect(url, { max: 1, name: 'backup', prepare: false, lasting: true });
  return readRoots(sql).finally(() => sql.end({ timeout: 1 }));
};

const exportTables = async (
  url: string,
  snapshot: string,
  live: readonly LiveTable[],
  tar: TarWriter,
  options: BackupOptions,
): Promise<BackedTable[]> => {
  const queue = [...live];
  const pages = live.reduce((sum, table) => sum + table.pages + 1, 0);
  const done: BackedTable[] = [];
  let read = 0;
  const failed = new AbortController();
  const signal = options.signal ? AbortSignal.any([options.signal, failed.signal]) : failed.signal;
  const reader = async (): Promise<void> => {
    const sql: Sql = connect(url, { max: 1, name: 'backup', prepare: false, lasting: true });
    // Rows that nobody reads any more would keep the transaction from ending.
    signal.addEventListener('abort', () => void sql.end({ timeout: 0 }), { once: true });
    try {
      await sql.begin('isolation level repeatable read read only', async (tx) => {
        await tx.unsafe(`set transaction snapshot '${snapshot}'`);
        await tx.unsafe(asText);
        for (let table = queue.shift(); table; table = queue.shift()) {
          const finished = read / pages;
          const share = table.pages / pages;
          const told = (rows: number, part: number) =>
            options.onProgress?.({ table: table!.name, rows, share: finished + share * Math.min(part, 1) });
          done.push(await exportTable(tx, table, tar, signal, told));
          read += table.pages + 1;
        }
      });
    } catch (error) {
      failed.abort(error);
      throw error;
    } finally {
      await sql.end({ timeout: 1 });
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: readers }, reader));
  signal.throwIfAborted();
  for (const end of ends) if (end.status === 'rejected') throw end.reason;
  return done.sort((a, b) => (a.name < b.name ? -1 : 1));
};

const newline = 10;

const exportTable = async (
  tx: TransactionSql,
  table: LiveTable,
  tar: TarWriter,
  signal: AbortSignal,
  told: (rows: number, part: number) => void,
): Promise<BackedTable> => {
  const hash = createHash('sha256');
  const chunks: BackedTable['chunks'] = [];
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let [rows, bytes] = [0, 0];
  const flush = async () => {
    if (pendingBytes === 0) return;
    const text = Buffer.concat(pending, pendingBytes);
    [pending, pendingBytes] = [[], 0];
    hash.update(text);
    const content = await compress(text, { level: 3 });
    const member = `tables/${table.name}/${String(chunks.length + 1).padStart(5, '0')}.copy.gz`;
    await tar.add(member, content);
    chunks.push({ member, size: content.length, sha256: sha256(content) });
    told(rows, bytes / (table.pages * 8192 + 1));
  };
  const columns = table.columns.map(quoted).join(', ');
  const stream = await tx.unsafe(`copy ${quoted(table.name)} (${columns}) to stdout`).readable();
  for await (const part of stream as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    // The client hands out views of what it reads into next.
    pending.push(Buffer.from(part));
    pendingBytes += part.length;
    bytes += part.length;
    for (let at = part.indexOf(newline); at >= 0; at = part.indexOf(newline, at + 1)) rows += 1;
    if (pendingBytes >= chunkBytes) await flush();
  }
  // The client lets its socket rest when the last rows fill its buffer, and only the next read would wake it.
  stream._read(0);
  await flush();
  signal.throwIfAborted();
  return { name: table.name, columns: table.columns, rows, bytes, sha256: hash.digest('hex'), chunks };
};
