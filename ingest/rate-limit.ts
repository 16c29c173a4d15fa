type Bucket = { tokens: number; at: number };

/**
 * A token bucket per key: `burst` calls at once, refilled at `ratePerSecond`. A call that turns out to weigh more than
 * one may leave a debt, which those after it wait for. Each process counts for itself.
 * `now` gives milliseconds that never go back.
 */
export class RateLimit {
  readonly #buckets = new Map<number, Bucket>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Takes one call of the key; 0 when it may go on, else the whole seconds after which the next one may. */
  take(key: { id: number; ratePerSecond: number; burst: number }): number {
    const now = this.now();
    const bucket = this.#buckets.get(key.id) ?? { tokens: key.burst, at: now };
    // Limits may have been changed since the last call.
    bucket.tokens = Math.min(key.burst, bucket.tokens + ((now - bucket.at) / 1000) * key.ratePerSecond);
    bucket.at = now;
    this.#buckets.set(key.id, bucket);
    // Sums of fractions may end just below a whole token.
    if (bucket.tokens < 1 - 1e-9) return Math.max(1, Math.ceil((1 - bucket.tokens) / key.ratePerSecond));
    bucket.tokens -= 1;
    return 0;
  }

  /** Counts so many calls more of a key whose call was let in. */
  charge(key: { id: number }, calls: number): void {
    const bucket = this.#buckets.get(key.id);
    if (bucket) bucket.tokens -= calls;
  }
}
