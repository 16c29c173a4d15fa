import type { Sql } from 'postgres';
import type { AskedPayment } from '@/domain/transactions/decide';
import type { DecisionContext } from '@/domain/transactions/feature-values';
import { type Payment, plainAddress } from '@/domain/transactions/input';
import {
  cardSums,
  deviceSums,
  exactCents,
  firstFrom,
  floorHour,
  ipSums,
  labelReachMs,
  merchantSums,
  monthMs,
  type Past,
  type Sums,
  userSums,
} from './sums';

const columns = {
  user: 'user_id',
  card: 'card_token',
  device: 'device_id',
  ip: 'ip_address',
  merchant: 'merchant_id',
} as const;
type Entity = keyof typeof columns;
const entities = Object.keys(columns) as Entity[];

type Known = {
  rows: Past[];
  /** Of a merchant: what is labelled as fraud. */
  frauds: Past[];
  /** Read from the database at this moment of the clock, for moments of the file up to that one. */
  readMs: number;
  untilMs: number;
};

/** What others record of the same past is seen after so long. */
const keptMs = 600_000;
const mostEntities = 400_000;
/** Payments below the reach of every window are cut off when so many are in a row. */
const cutAt = 64;

type Row = Record<string, string | number | boolean | null>;

const pastOf = (row: Row): Past => ({
  ms: row.at as number,
  cents: Number(row.cents),
  user: String(row.user_id),
  merchant: String(row.merchant_id),
  country: row.country as string | null,
  device: row.device_id as string | null,
  ip: row.ip_address === null ? null : plainAddress(String(row.ip_address)),
  card: row.card_token as string | null,
  latitude: row.latitude as number | null,
  longitude: row.longitude as number | null,
  blocked: row.blocked === true,
  knownMs: row.known_at as number | null,
});

/**
 * The payments of the last months, by user, card, device, IP address and merchant, in memory: an import goes through time,
 * and would read the same rows again for every payment. What is not here is read when it is first asked for; what the
 * import records and labels is added. Gives what decision_context() gives (import.db.test.ts).
 */
export class RecentPayments {
  readonly #sql: Sql;
  readonly #known: Record<Entity, Map<string, Known>>;
  /** False once an amount is too large for sums of numbers to be exact. */
  #exact = true;

  constructor(sql: Sql) {
    this.#sql = sql;
    this.#known = { user: new Map(), card: new Map(), device: new Map(), ip: new Map(), merchant: new Map() };
  }

  /** Forgets everything: after an error nobody knows what was recorded. */
  clear(): void {
    for (const entity of entities) this.#known[entity].clear();
  }

  /**
   * What payments that share nothing are decided from, or null where sums would not be exact.
   * @param again another has changed something meanwhile: what is known of these entities counts no more
   */
  async read(asked: readonly AskedPayment[], again: boolean): Promise<DecisionContext[] | null> {
    if (again)
      for (const entity of entities)
        for (const payment of asked) this.#known[entity].delete(payment[columns[entity]] ?? '');
    const json = JSON.stringify(asked);
    const reading = this.#sql<DecisionContext[]>`select * from decision_heads(${json}::text::jsonb)`;
    // Heads first: what is recorded between the two reads makes them stale.
    const heads = await reading;
    // A label or another wave may have taken something out while this one waited.
    while (await this.#load(asked));
    if (!this.#exact) return null;
    const byPosition = new Map(asked.map((payment) => [payment.position, payment]));
    for (const head of heads)
      if (head.stream_answer === null)
        this.#fill(head, byPosition.get(head.position as number) as AskedPayment);
    return heads;
  }

  /** A payment of this import is recorded; `fraudMs`: since when it is known to be fraud. */
  add(payment: Payment, cents: number, decided: { blocked: boolean; fraudMs: number | null }): void {
    if (!exactCents(cents)) this.#exact = false;
    const past: Past = {
      ms: Date.parse(payment.transaction_timestamp),
      cents,
      user: payment.user_id,
      merchant: payment.merchant_id,
      country: payment.country,
      device: payment.device_id,
      ip: payment.ip_address,
      card: payment.card_token,
      latitude: payment.latitude,
      longitude: payment.longitude,
      blocked: decided.blocked,
      knownMs: decided.fraudMs,
    };
    for (const entity of entities) {
      const key = past[entity];
      const known = key === null ? undefined : this.#known[entity].get(key);
      if (known) append(known.rows, past);
    }
    if (past.knownMs !== null) {
      const known = this.#known.merchant.get(past.merchant);
      if (known) append(known.frauds, past);
    }
  }

  /** Labels of these payments, which were there before, are set. */
  labelled(payments: readonly Payment[]): void {
    for (const { merchant_id } of payments) this.#known.merchant.delete(merchant_id);
  }

  #fill(into: Sums, asked: AskedPayment): void {
    const at = Date.parse(asked.transaction_timestamp);
    const of = (entity: Entity) => {
      const known = this.#known[entity].get(asked[columns[entity]] as string) as Known;
      cutOff(known, at);
      return known;
    };
    into.merchant_cached = false;
    into.ip_cached = false;
    userSums(into, { rows: of('user').rows, at }, asked);
    if (asked.card_token !== null) cardSums(into, { rows: of('card').rows, at });
    if (asked.device_id !== null) deviceSums(into, { rows: of('device').rows, at });
    if (asked.ip_address !== null) ipSums(into, { rows: of('ip').rows, at });
    const merchant = of('merchant');
    merchantSums(into, { rows: merchant.rows, at }, merchant.frauds);
  }

  /** Reads what is asked about and not known. @returns whether something was not */
  async #load(asked: readonly AskedPayment[]): Promise<boolean> {
    const moments = asked.map(({ transaction_timestamp }) => Date.parse(transaction_timestamp));
    const oldest = Math.min(...moments);
    const newest = Math.max(...moments);
    const now = performance.now();
    let read = false;
    for (const entity of entities) {
      const known = this.#known[entity];
      const missing = new Set<string>();
      for (const payment of asked) {
        const key = payment[columns[entity]];
        if (key === null) continue;
        const there = known.get(key);
        if (!there || there.untilMs < newest || there.readMs + keptMs < now) missing.add(key);
      }
      if (missing.size === 0) continue;
      await this.#readEntity(entity, [...missing], oldest, newest);
      read = true;
    }
    return read;
  }

  async #readEntity(entity: Entity, keys: readonly string[], oldest: number, newest: number): Promise<void> {
    const map = this.#known[entity];
    const untilMs = newest + monthMs;
    const readMs = performance.now();
    const from = floorHour(oldest - monthMs);
    const [rows, frauds] = await Promise.all([
      this.#rows(entity, keys, from, untilMs, false),
      entity === 'merchant' ? this.#rows(entity, keys, from - labelReachMs, untilMs, true) : [],
    ]);
    const found = new Map<string, Known>(keys.map((key) => [key, { rows: [], frauds: [], readMs, untilMs }]));
    for (const row of rows) {
      const past = pastOf(row);
      if (!exactCents(past.cents)) this.#exact = false;
      found.get(String(row.key))?.rows.push(past);
    }
    for (const row of frauds) found.get(String(row.key))?.frauds.push(pastOf(row));
    for (const [key, known] of found) {
      map.delete(key);
      map.set(key, known);
    }
    // The first are those that were read longest ago.
    for (const key of map.keys()) {
      if (map.size <= mostEntities) break;
      if (!found.has(key)) map.delete(key);
    }
  }

  #rows(entity: Entity, keys: readonly string[], from: number, to: number, frauds: boolean): Promise<Row[]> {
    return this.#sql<
      Row[]
    >`select * from entity_payments(${columns[entity]}, ${JSON.stringify(keys)}::text::jsonb,
      ${new Date(from).toISOString()}::text::timestamptz, ${new Date(to).toISOString()}::text::timestamptz, ${frauds})`;
  }
}

/** In the order of time, then of recording. */
function append(rows: Past[], past: Past): void {
  if (rows.length === 0 || (rows[rows.length - 1] as Past).ms <= past.ms) rows.push(past);
  else rows.splice(firstFrom(rows, past.ms + 1), 0, past);
}

function cutOff(known: Known, at: number): void {
  const from = floorHour(at - monthMs);
  if (known.rows.length > cutAt && (known.rows[cutAt >> 1] as Past).ms < from)
    known.rows = known.rows.slice(firstFrom(known.rows, from));
  const first = known.frauds[0];
  if (first && first.ms < from - labelReachMs)
    known.frauds = known.frauds.filter(({ ms }) => ms >= from - labelReachMs);
}
