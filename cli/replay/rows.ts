import fs from 'node:fs';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { isGzip } from '../import/csv';
import { UsageError } from '../options';

export type Mapping = { map: Record<string, string>; set: Record<string, string>; prefix: string };
/** A payment without its moment. */
export type Row = Record<string, unknown> & { transaction_id: string };

const value = (field: string, text: string): unknown =>
  field === 'latitude' || field === 'longitude' ? Number(text) : text;

const put = (row: Record<string, unknown>, field: string, text: string): void => {
  if (text === '') return;
  if (!field.startsWith('metadata.')) {
    row[field] = value(field, text);
    return;
  }
  const metadata = (row.metadata ?? {}) as Record<string, string>;
  metadata[field.slice('metadata.'.length)] = text;
  row.metadata = metadata;
};

/** One line of the file as a payment. In a later round the id carries the round, so that no id is used twice. */
export const rowOf = (line: Record<string, string>, { map, set, prefix }: Mapping, round: number): Row => {
  const row: Record<string, unknown> = {};
  for (const [field, text] of Object.entries(set)) put(row, field, text);
  for (const [field, column] of Object.entries(map)) put(row, field, (line[column] ?? '').trim());
  const again = round > 1 ? `r${round}-` : '';
  return { ...row, transaction_id: `${prefix}${again}${row.transaction_id ?? ''}` };
};

/**
 * The lines of a CSV file from a row on, one at a time, without holding the file.
 * @throws UsageError when the file cannot be read or lacks a column of the mapping
 */
export async function* readRows(
  file: string,
  mapping: Mapping,
  from: { skip: number; round: number },
): AsyncGenerator<Row> {
  if (!fs.existsSync(file)) throw new UsageError(`${file} is not there.`);
  const source = fs.createReadStream(file);
  const text = isGzip(file) ? source.pipe(createGunzip()) : source;
  const lines = text.pipe(
    parse({ columns: true, bom: true, skip_empty_lines: true, relax_column_count: true }),
  );
  source.on('error', (error) => lines.destroy(error));
  text.on('error', (error: Error) => lines.destroy(error));
  let number = 0;
  for await (const line of lines as AsyncIterable<Record<string, string>>) {
    if (number === 0) assertColumns(line, mapping, file);
    number += 1;
    if (number > from.skip) yield rowOf(line, mapping, from.round);
  }
}

function assertColumns(line: Record<string, string>, { map }: Mapping, file: string): void {
  const missing = Object.values(map).filter((column) => !(column in line));
  if (missing.length > 0)
    throw new UsageError(
      `${file} has no column ${missing.join(', ')}. It has: ${Object.keys(line).join(', ')}.`,
    );
}
