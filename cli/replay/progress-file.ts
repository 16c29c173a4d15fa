import fs from 'node:fs';

/** How far a replay has come: rows of the round that are spoken for. */
export type Progress = { round: number; next: number };

/**
 * Remembers progress over a stop, a crash and a kill. Rows are written down as spoken for before the first of them is
 * sent: after a kill some may stay unsent, but none is sent a second time with another moment under the same id.
 */
export class ProgressFile {
  #kept: Progress;
  #reserved: Progress;

  constructor(
    private readonly file: string | null,
    first: Progress,
    private readonly block = 50,
  ) {
    this.#kept = this.#read() ?? first;
    this.#reserved = this.#kept;
  }

  /** Where to go on. */
  get from(): Progress {
    return this.#kept;
  }

  /** Call before sending row `row` (counted from 0) of a round. */
  reserve(round: number, row: number): void {
    this.#kept = { round, next: row + 1 };
    if (round === this.#reserved.round && row < this.#reserved.next) return;
    this.#reserved = { round, next: row + this.block };
    this.#write(this.#reserved);
  }

  /** Call at an orderly end, when all that was reserved and taken has been answered. */
  finish(): void {
    this.#write(this.#kept);
  }

  #read(): Progress | null {
    if (!this.file) return null;
    try {
      const { round, next } = JSON.parse(fs.readFileSync(this.file, 'utf8')) as Progress;
      return Number.isInteger(round) && Number.isInteger(next) ? { round, next } : null;
    } catch {
      return null;
    }
  }

  #write(progress: Progress): void {
    if (!this.file) return;
    const half = `${this.file}.${process.pid}`;
    fs.writeFileSync(half, `${JSON.stringify(progress)}\n`, { mode: 0o600 });
    fs.renameSync(half, this.file);
  }
}
