import type { RuleRow } from '@/domain/rules/fields';
import { getField } from '@/domain/rules/fields';
import type { Samples } from './samples';

/** A number of a payment's id, the same everywhere (FNV-1a). */
function hashOf(id: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < id.length; i += 1) hash = Math.imul(hash ^ id.charCodeAt(i), 0x01000193);
  return (hash ^ (hash >>> 15)) >>> 0;
}

/**
 * Gathers labelled payments column by column within bounded memory: every fraud, and of the genuine ones half, a
 * quarter, … by a hash of their id, as soon as there are too many. `share` says which part was kept, so that a model's
 * log-odds can be corrected by ln(share).
 */
export class SampleTable {
  readonly fields: readonly string[];
  readonly #most: number;
  #columns: Float32Array[];
  #labels: Uint8Array;
  #hashes: Uint32Array;
  #halvings = 0;
  rows = 0;
  frauds = 0;

  constructor(fields: readonly string[], most: number) {
    for (const field of fields)
      if (getField(field).type === 'text') throw new RangeError(`${field} is a text`);
    this.fields = fields;
    this.#most = most;
    this.#columns = fields.map(() => new Float32Array(1_024));
    this.#labels = new Uint8Array(1_024);
    this.#hashes = new Uint32Array(1_024);
  }

  get share(): number {
    return 1 / 2 ** this.#halvings;
  }

  add(id: string, row: RuleRow, fraud: boolean): void {
    const hash = hashOf(id);
    if (!fraud && !this.#keeps(hash)) return;
    if (this.rows === this.#labels.length) this.#grow();
    this.fields.forEach((field, f) => {
      const value = row[field];
      this.#columns[f]![this.rows] =
        typeof value === 'number' || typeof value === 'boolean' ? Number(value) : Number.NaN;
    });
    this.#labels[this.rows] = fraud ? 1 : 0;
    this.#hashes[this.rows] = hash;
    this.rows += 1;
    if (fraud) this.frauds += 1;
    if (this.rows > this.#most) this.#halve();
  }

  samples(): Samples {
    return {
      fields: this.fields,
      columns: this.#columns.map((column) => column.subarray(0, this.rows)),
      labels: this.#labels.subarray(0, this.rows),
    };
  }

  #keeps(hash: number): boolean {
    return hash % 2 ** this.#halvings === 0;
  }

  #grow(): void {
    const longer = <T extends Float32Array | Uint8Array | Uint32Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    const size = this.#labels.length * 2;
    this.#columns = this.#columns.map((column) => longer(column, new Float32Array(size)));
    this.#labels = longer(this.#labels, new Uint8Array(size));
    this.#hashes = longer(this.#hashes, new Uint32Array(size));
  }

  #halve(): void {
    // With more frauds than room nothing is gained by halving the rest.
    if (this.#halvings >= 30) return;
    this.#halvings += 1;
    let to = 0;
    for (let row = 0; row < this.rows; row += 1) {
      if (this.#labels[row] === 0 && !this.#keeps(this.#hashes[row]!)) continue;
      for (const column of this.#columns) column[to] = column[row]!;
      this.#labels[to] = this.#labels[row]!;
      this.#hashes[to] = this.#hashes[row]!;
      to += 1;
    }
    this.rows = to;
  }
}
