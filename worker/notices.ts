import type { Sql } from 'postgres';
import { notifyChannel, type Topic } from '@/domain/operation';

/**
 * Tells consoles which topics changed, at most once per `everyMs`: what comes in between goes out together.
 * A notice that cannot be sent is kept for the next time.
 */
export class Notices {
  readonly #sql: Sql;
  readonly #everyMs: number;
  readonly #waiting = new Set<Topic>();
  #timer: NodeJS.Timeout | undefined;
  #sentAt = 0;

  constructor(sql: Sql, everyMs = 250) {
    this.#sql = sql;
    this.#everyMs = everyMs;
  }

  add(topics: readonly Topic[]): void {
    for (const topic of topics) this.#waiting.add(topic);
    if (this.#waiting.size === 0 || this.#timer) return;
    const wait = Math.max(0, this.#sentAt + this.#everyMs - Date.now());
    this.#timer = setTimeout(() => void this.flush(), wait);
  }

  /** Sends what waits now. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const topics = [...this.#waiting];
    if (topics.length === 0) return;
    this.#waiting.clear();
    this.#sentAt = Date.now();
    try {
      await this.#sql`select pg_notify(${notifyChannel}, ${JSON.stringify(topics)})`;
    } catch {
      for (const topic of topics) this.#waiting.add(topic);
    }
  }
}
