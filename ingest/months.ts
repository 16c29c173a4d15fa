import type { Sql } from 'postgres';

const refreshAfter = 60_000;
const retryAfter = 2_000;
const aheadMs = 10 * 60_000;

const monthOf = (at: Date): number => at.getUTCFullYear() * 12 + at.getUTCMonth();

export type DoorProblem = 'in_future' | 'outside_partitions';

/** Which months have a place in `transactions`, so that a payment without one is refused without a write. */
export class Months {
  #known: ReadonlySet<number> = new Set();
  #at = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly sql: Sql,
    private readonly now: () => number = Date.now,
  ) {}

  /** Why a payment of that moment (ISO 8601) cannot be decided, or null. */
  async problem(timestamp: string): Promise<DoorProblem | null> {
    const at = new Date(timestamp);
    if (at.getTime() > this.now() + aheadMs) return 'in_future';
    const month = monthOf(at);
    const distance = monthOf(new Date(this.now())) - month;
    // These are always there, or are made by the first payment of the month.
    if (distance <= 2) return null;
    const age = this.now() - this.#at;
    if (age > (this.#known.has(month) ? refreshAfter : retryAfter)) await this.#read();
    return this.#known.has(month) ? null : 'outside_partitions';
  }

  async #read(): Promise<void> {
    const rows = await this.sql<{ year: number; month: number }[]>`
      select substring(c.relname from '_y(\\d{4})m')::int as year, substring(c.relname from 'm(\\d{2})$')::int as month
      from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'transactions'::regclass and c.relname ~ '_y\\d{4}m\\d{2}$'`;
    this.#known = new Set(rows.map(({ year, month }) => year * 12 + month - 1));
    this.#at = this.now();
  }
}
