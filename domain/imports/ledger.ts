/** What became of a row: `known` payments were there before. */
export type RowEnd = 'recorded' | 'known' | 'rejected';
/** `labels`: of how many of these rows a label was set. */
export type RowCounts = Record<RowEnd | 'labels', number>;

/**
 * Rows end in any order; what is written down is how far all of them have, and what became of those. Whoever goes on
 * from there counts every row once.
 */
export class Ledger {
  readonly #ended = new Map<number, { as: RowEnd; labelled: boolean }>();
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

  end(row: number, as: RowEnd, labelled = false): void {
    this.#ended.set(row, { as, labelled });
    for (let ended = this.#ended.get(this.#next); ended; ended = this.#ended.get(this.#next)) {
      this.counts[ended.as] += 1;
      if (ended.labelled) this.counts.labels += 1;
      this.#ended.delete(this.#next);
      this.#next += 1;
    }
  }
}
