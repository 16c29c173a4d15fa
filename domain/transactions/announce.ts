import type { Sql } from 'postgres';
import { log } from '@/domain/log';

/**
 * Tells the consoles which topics changed, at most four times a second whatever the traffic: a NOTIFY in each
 * decision would make all commits wait for each other.
 */
export class Announcer {
  readonly #sql: Sql;
  readonly #everyMs: number;
  readonly #waiting = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(sql: Sql, everyMs = 250) {
    this.#sql = sql;
    this.#everyMs = everyMs;
  }

  /** Sends the topics with the next NOTIFY. */
  announce(...topics: string[]): void {
    for (const topic of topics) this.#waiting.add(topic);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#sending = this.#send();
    }, this.#everyMs);
  }

  async #send(): Promise<void> {
    const topics = [...this.#waiting];
    this.#waiting.clear();
    try {
      await this.#sql`select pg_notify('vigil', ${JSON.stringify(topics)})`;
    } catch (error) {
      log.warn({ err: error }, 'topics were not announced');
    }
  }

  /** Sends what waits and ends. */
  async stop(): Promise<void> {
    if (this.#timer) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#sending = this.#send();
    }
    await this.#sending;
  }
}
