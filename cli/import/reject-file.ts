import fs from 'node:fs';
import { parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { Rejection } from '@/domain/imports/run';
import { holdsCardNumber } from '@/domain/transactions/card-number';
import type { Line } from './csv';

const ours = ['line', 'field', 'reason'];

/**
 * Rows that are no payments: the line on which each ends, the field and why, then its cells as they were, but for card
 * numbers. Made when there is a first one; ours alone to read.
 */
export class RejectFile {
  readonly #file: string;
  readonly #header: readonly string[];
  readonly #lines = new Set<number>();
  #handle: number | null = null;

  /** @param goesOn keeps what an earlier run of the same import has written; else the file begins anew */
  constructor(file: string, header: readonly string[], goesOn: boolean) {
    this.#file = file;
    this.#header = header;
    const written = goesOn && fs.existsSync(file) ? fs.readFileSync(file, 'utf8') : '';
    // A kill may have cut the last line.
    const whole = written.slice(0, written.lastIndexOf('\n') + 1);
    if (whole === '') {
      fs.rmSync(file, { force: true });
      return;
    }
    const [, ...rows] = parse(whole, { relax_column_count: true, relax_quotes: true }) as string[][];
    for (const [line] of rows) this.#lines.add(Number(line));
    this.#handle = fs.openSync(file, 'a', 0o600);
    fs.ftruncateSync(this.#handle, Buffer.byteLength(whole));
  }

  add({ line, cells }: Omit<Line, 'row'>, { field, reason }: Rejection): void {
    if (this.#lines.has(line)) return;
    this.#lines.add(line);
    if (this.#handle === null) {
      this.#handle = fs.openSync(this.#file, 'w', 0o600);
      fs.writeSync(this.#handle, stringify([[...ours, ...this.#header]]));
    }
    const shown = cells.map((cell) => (holdsCardNumber(cell) ? '' : cell));
    fs.writeSync(this.#handle, stringify([[String(line), field ?? '', reason, ...shown]]));
  }

  close(): void {
    if (this.#handle !== null) fs.closeSync(this.#handle);
    this.#handle = null;
  }
}
