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

const before = (one: DueLabel, other: DueLabel): boolean =>
  one.knownMs < other.knownMs || (one.knownMs === other.knownMs && one.row < other.row);

/** Labels in the order in which they become known. They come in the order of their rows. */
export class DueLabels {
  /** A heap: none becomes known before the one at half its place. */
  readonly #heap: DueLabel[] = [];
  /** Known by now, but their payment is not recorded yet. */
  #early: DueLabel[] = [];
  /** Those that wait, in the order of their rows; up to the head, and here and there behind it, they are over. */
  #rows: DueLabel[] = [];
  #head = 0;
  readonly #over = new Set<DueLabel>();

  add(label: DueLabel): void {
    this.#rows.push(label);
    const heap = this.#heap;
    let place = heap.push(label) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!before(label, heap[parent] as DueLabel)) break;
      heap[place] = heap[parent] as DueLabel;
      place = parent;
    }
    heap[place] = label;
  }

  /** Takes those that are known at `untilMs` and whose payments are recorded. */
  take(untilMs: number): DueLabel[] {
    const due = this.#early;
    for (let next = this.#heap[0]; next && next.knownMs <= untilMs; next = this.#heap[0]) {
      due.push(next);
      this.#dropFirst();
    }
    this.#early = due.filter(({ payment }) => payment === 'open');
    for (const label of due) if (label.payment !== 'open') this.#over.add(label);
    this.#advance();
    return due.filter(({ payment }) => payment === 'recorded');
  }

  /** The row of the first label that waits, or null. */
  get firstRow(): number | null {
    return this.#rows[this.#head]?.row ?? null;
  }

  #dropFirst(): void {
    const heap = this.#heap;
    const last = heap.pop() as DueLabel;
    if (heap.length === 0) return;
    let place = 0;
    for (;;) {
      const left = 2 * place + 1;
      if (left >= heap.length) break;
      const right = left + 1;
      const child =
        right < heap.length && before(heap[right] as DueLabel, heap[left] as DueLabel) ? right : left;
      if (!before(heap[child] as DueLabel, last)) break;
      heap[place] = heap[child] as DueLabel;
      place = child;
    }
    heap[place] = last;
  }

  #advance(): void {
    for (
      let label = this.#rows[this.#head];
      label && this.#over.delete(label);
      label = this.#rows[this.#head]
    )
      this.#head += 1;
    if (this.#head > 100_000) {
      this.#rows = this.#rows.slice(this.#head);
      this.#head = 0;
    }
  }
}
