/** A label and when it becomes known (milliseconds). `open` until its payment is recorded, or turns out never to be. */
export type DueLabel = {
  row: number;
  transactionId: string;
  merchantId: string;
  /** ISO 8601. */
  at: string;
  knownMs: number;
  isFraud: boolean;
  payment: 'open' | 'recorded' | 'none';
};

/** Labels in the order in which they become known. */
export class DueLabels {
  #queue: DueLabel[] = [];
  #head = 0;
  /** Known by now, but their payment is not recorded yet. */
  #early: DueLabel[] = [];

  add(label: DueLabel): void {
    this.#queue.push(label);
  }

  /** Takes those that are known at `untilMs` and whose payments are recorded. */
  take(untilMs: number): DueLabel[] {
    const due = this.#early;
    for (
      let next = this.#queue[this.#head];
      next && next.knownMs <= untilMs;
      next = this.#queue[this.#head]
    ) {
      due.push(next);
      this.#head += 1;
    }
    if (this.#head > 100_000) {
      this.#queue = this.#queue.slice(this.#head);
      this.#head = 0;
    }
    this.#early = due.filter(({ payment }) => payment === 'open');
    return due.filter(({ payment }) => payment === 'recorded');
  }

  /** The row of the first label that waits, or null. */
  get firstRow(): number | null {
    const rows = [this.#early[0]?.row, this.#queue[this.#head]?.row].filter((row) => row !== undefined);
    return rows.length > 0 ? Math.min(...rows) : null;
  }
}
