import type { Sql } from 'postgres';
import { log } from '@/domain/log';
import type { DecisionContext } from './feature-values';
import type { Payment } from './input';

/** From so many payments in 30 days on, a merchant or IP address is summed from closed hours. */
export const heavyPayments = 1_000;

const hourMs = 3_600_000;
const dayMs = 86_400_000;
/** Thirty days and the hour before reach into 32 UTC days. */
const keptDays = 32;

type Entity = 'merchant' | 'ip';
type Kept = {
  entity: Entity;
  key: string;
  hits: number;
  filledHour: number;
  filledDay: number;
  seenMs: number;
};

/**
 * Notices which merchants and IP addresses are busy and keeps their sums in `feature_cache`, off the hot path: what
 * is missing is filled once an hour, and reads are counted in batches. Without it, or after a DELETE of the whole
 * table, decisions are the same and only slower.
 */
export class FeatureCacheKeeper {
  /** Reads of busy entities since this process began: answered from kept sums, or counted from the payments. */
  readonly reads = { hits: 0, misses: 0 };
  readonly #kept = new Map<string, Kept>();
  readonly #sql: Sql;
  readonly #now: () => number;
  readonly #heavy: number;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | null = null;

  /** @param heavy payments in 30 days from which an entity is kept */
  constructor(sql: Sql, now: () => number = Date.now, heavy = heavyPayments) {
    this.#sql = sql;
    this.#now = now;
    this.#heavy = heavy;
  }

  /** Takes note of one read. */
  note(payment: Payment, context: DecisionContext): void {
    this.#note('merchant', payment.merchant_id, context.merchant_cached === true, context.merchant_count_30d);
    if (payment.ip_address)
      this.#note('ip', payment.ip_address, context.ip_cached === true, context.ip_count_30d);
  }

  #note(entity: Entity, key: string, cached: boolean, count: unknown): void {
    if (!cached && !(typeof count === 'number' && count >= this.#heavy)) return;
    this.reads[cached ? 'hits' : 'misses'] += 1;
    const id = `${entity}:${key}`;
    const kept = this.#kept.get(id) ?? { entity, key, hits: 0, filledHour: 0, filledDay: 0, seenMs: 0 };
    kept.seenMs = this.#now();
    if (cached) kept.hits += 1;
    this.#kept.set(id, kept);
  }

  /** Flushes every `everyMs` until `stop`. */
  start(everyMs = 10_000): void {
    this.#timer ??= setInterval(() => {
      this.flush().catch((error: unknown) => log.warn({ err: error }, 'feature cache was not refreshed'));
    }, everyMs);
    this.#timer.unref();
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#timer = undefined;
    await this.#flushing?.catch(() => {});
  }

  /** Fills the hours that closed since the last time, one day a transaction, and writes down the reads. */
  flush(): Promise<void> {
    this.#flushing ??= this.#flush().finally(() => {
      this.#flushing = null;
    });
    return this.#flushing;
  }

  async #flush(): Promise<void> {
    const now = this.#now();
    const ready: Kept[] = [];
    for (const [id, kept] of this.#kept) {
      // What nobody has paid at for a day is left to expire.
      if (now - kept.seenMs > dayMs) this.#kept.delete(id);
      else {
        const hour = Math.floor(now / hourMs);
        if (kept.filledHour < hour) await this.#fill(kept, now);
        kept.filledHour = hour;
        kept.filledDay = Math.floor(now / dayMs);
        ready.push(kept);
      }
    }
    if (ready.length === 0) return;
    const counted = ready.map(({ entity, key, hits }) => ({ entity, key, hits }));
    await this.#sql`select keep_feature_cache(${JSON.stringify(counted)}::text::jsonb)`;
    counted.forEach(({ hits }, i) => {
      (ready[i] as Kept).hits -= hits;
    });
  }

  /** All days once a day, which also mends what late payments took away; between, the hours that closed. */
  async #fill({ entity, key, filledDay }: Kept, now: number): Promise<void> {
    const days = filledDay < Math.floor(now / dayMs) ? keptDays : 1;
    for (let day = 0; day < days; day += 1) {
      const at = new Date(now - day * dayMs).toISOString();
      await this.#sql`select fill_feature_cache(${entity}, ${key}, ${at}::text::timestamptz)`;
    }
  }
}
