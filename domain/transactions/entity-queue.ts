/**
 * Lets one task at a time work on each key within this process. Parallel payments of one card would otherwise all be
 * decided from the same past, and all but one would find themselves stale and start again.
 */
export class EntityQueue {
  readonly #last = new Map<string, Promise<void>>();

  /** Runs the task once all earlier tasks that share a key are over; queueing is atomic, so nothing can deadlock. */
  async run<T>(keys: readonly string[], task: () => Promise<T>): Promise<T> {
    const before = keys.flatMap((key) => this.#last.get(key) ?? []);
    let done!: () => void;
    const mine = new Promise<void>((resolve) => {
      done = resolve;
    });
    for (const key of keys) this.#last.set(key, mine);
    try {
      if (before.length > 0) await Promise.all(before);
      return await task();
    } finally {
      done();
      for (const key of keys) if (this.#last.get(key) === mine) this.#last.delete(key);
    }
  }

  /** How many keys are being worked on. */
  get size(): number {
    return this.#last.size;
  }
}
