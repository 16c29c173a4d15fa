/** What became of a row: `known` payments were there before. */
export type RowEnd = 'recorded' | 'known' | 'rejected';
export type RowCounts = Record<RowEnd, number>;

/**
 * Rows end in any order; what is written down is how far all of them have, and what became of those. Whoever goes on
 * from there counts every row once.
 */
export class Ledger {
  readonly #ended = new Map<number, RowEnd>();
  readonly counts: RowCounts;
  #next: number;

  constructor(next: number, counts: RowCounts) {
    this.#next = next;
    this.counts = { ...counts };
  }

  /** The first row that has not come to its end. */
  get next(): number {
    return this.#next;
  }

  end(row: number, as: RowEnd): void {
    this.#ended.set(row, as);
    for (let ended = this.#ended.get(this.#next); ended; ended = this.#ended.get(this.#next)) {
      this.counts[ended] += 1;
      this.#ended.delete(this.#next);
      this.#next += 1;
    }
  }
}
