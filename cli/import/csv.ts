import type { Hash } from 'node:crypto';
import fs from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { UsageError } from '../options';

/** A record of the file: its cells, numbered from 0 after the header, and the line on which it ends. */
export type Line = { row: number; line: number; cells: readonly string[] };

export const isGzip = (file: string): boolean => {
  const handle = fs.openSync(file, 'r');
  try {
    const head = Buffer.alloc(2);
    return fs.readSync(handle, head, 0, 2, 0) === 2 && head[0] === 0x1f && head[1] === 0x8b;
  } finally {
    fs.closeSync(handle);
  }
};

const longestRecord = 1_000_000;
const linesAtOnce = 500;

/**
 * Reads a CSV file, packed or not, without holding it: its records in blocks, the header first, as row −1.
 * @param hash is fed the file as it lies on the disk
 * @throws UsageError when it is empty, damaged, or a quote in it is never closed
 */
export async function* readCsv(
  file: string,
  options: { delimiter: string; hash?: Hash },
): AsyncGenerator<Line[]> {
  const source = fs.createReadStream(file, { highWaterMark: 1 << 18 });
  if (options.hash) source.on('data', (chunk) => options.hash?.update(chunk));
  const text = isGzip(file) ? source.pipe(createGunzip({ chunkSize: 1 << 18 })) : source;
  const lines = text.pipe(
    parse({
      bom: true,
      delimiter: options.delimiter,
      info: true,
      max_record_size: longestRecord,
      relax_column_count: true,
      relax_quotes: true,
      skip_empty_lines: true,
    }),
  );
  source.on('error', (error) => lines.destroy(error));
  text.on('error', (error: Error) => lines.destroy(new UsageError(`${file} is damaged: ${error.message}.`)));
  let block: Line[] = [];
  let row = -1;
  try {
    for await (const { record, info } of lines as AsyncIterable<{
      record: string[];
      info: { lines: number };
    }>) {
      block.push({ row, line: info.lines, cells: record });
      row += 1;
      if (block.length < linesAtOnce) continue;
      yield block;
      block = [];
    }
  } catch (error) {
    throw explained(error as Error, file);
  }
  if (row < 0) throw new UsageError(`${file} is empty: it has no header.`);
  if (block.length > 0) yield block;
}

const explained = (error: Error & { code?: string; lines?: number }, file: string): Error =>
  error.code === 'CSV_QUOTE_NOT_CLOSED' || error.code === 'CSV_MAX_RECORD_SIZE'
    ? new UsageError(`${file}: a quote is opened before line ${error.lines} and not closed again.`)
    : error;
