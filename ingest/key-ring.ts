import type { ApiScope } from '@/domain/access';
import { hashKey, looksLikeKey } from '@/domain/api-keys/secret';

/** A key as the API needs it; `expiresAt` in milliseconds since 1970. */
export type ApiKey = {
  id: number;
  name: string;
  ownerId: string;
  hash: string;
  scopes: readonly ApiScope[];
  ratePerSecond: number;
  burst: number;
  expiresAt: number | null;
};

type Snapshot = { keys: ReadonlyMap<string, ApiKey>; at: number };

/** A snapshot older than this is read again before it answers: so long may a revoked key still be taken. */
const longest = 1000;
/** From this age on it is read again while it still answers, so that no caller waits for it. */
const ageing = 500;
/** A key that is not there may have been made a moment ago, so keys are read again; guesses wait for one read together. */
const unknownAge = 100;

/**
 * All keys in force, read at most once in half a second and again at once after `forget()`. Keys are few, and with all
 * of them here a guessed one costs no query.
 */
export class KeyRing {
  #snapshot: Snapshot | null = null;
  #reading: Promise<Snapshot> | null = null;
  /** Counts forget(), so that a read which began before it is not kept. */
  #epoch = 0;

  constructor(
    private readonly read: () => Promise<ApiKey[]>,
    private readonly now: () => number = Date.now,
  ) {}

  /** What a bearer token opens, or null when it is unknown, revoked or expired. */
  async find(token: string): Promise<ApiKey | null> {
    if (!looksLikeKey(token)) return null;
    const hash = hashKey(token);
    let snapshot = await this.#fresh(longest);
    if (!snapshot.keys.has(hash)) {
      const age = this.now() - snapshot.at;
      if (age < unknownAge) await new Promise((resolve) => setTimeout(resolve, unknownAge - age));
      snapshot = await this.#fresh(unknownAge);
    }
    const key = snapshot.keys.get(hash);
    if (!key || (key.expiresAt !== null && key.expiresAt <= this.now())) return null;
    return key;
  }

  forget(): void {
    this.#epoch += 1;
    this.#snapshot = null;
    this.#reading = null;
  }

  async #fresh(oldest: number): Promise<Snapshot> {
    const age = this.#snapshot ? this.now() - this.#snapshot.at : Number.POSITIVE_INFINITY;
    if (this.#snapshot && age < Math.min(oldest, ageing)) return this.#snapshot;
    const reading = this.#read();
    if (this.#snapshot && age < oldest) {
      reading.catch(() => {});
      return this.#snapshot;
    }
    return reading;
  }

  #read(): Promise<Snapshot> {
    if (this.#reading) return this.#reading;
    const epoch = this.#epoch;
    const at = this.now();
    const reading = this.read()
      .then((keys) => {
        const snapshot = { keys: new Map(keys.map((key) => [key.hash, key])), at };
        if (epoch === this.#epoch) this.#snapshot = snapshot;
        return snapshot;
      })
      .finally(() => {
        if (this.#reading === reading) this.#reading = null;
      });
    this.#reading = reading;
    return reading;
  }
}
